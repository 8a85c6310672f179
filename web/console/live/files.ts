import { download, type FileAccess, type FileRef, upload } from '@parley/client';

function access(token: string): FileAccess {
  return { origin: '', authorization: () => `Bearer ${token}` };
}

/** Addresses of loaded files, the oldest let go first. */
const urls = new Map<string, string>();
const loading = new Map<string, Promise<string>>();
const MOST = 200;

function nameOf(conv: string, file: FileRef): string {
  return `${conv}/${file.hash}`;
}

/** The file's address in this page if it was loaded before. */
export function blobOf(conv: string, file: FileRef): string {
  return urls.get(nameOf(conv, file)) ?? '';
}

/** Loads a file once and answers its address in this page. Errors: Refusal. */
export function fetchBlob(token: string, conv: string, file: FileRef): Promise<string> {
  const name = nameOf(conv, file);
  const have = urls.get(name);
  if (have) return Promise.resolve(have);
  const running = loading.get(name) ?? load(token, conv, file, name);
  loading.set(name, running);
  return running;
}

async function load(token: string, conv: string, file: FileRef, name: string): Promise<string> {
  try {
    const url = URL.createObjectURL(await download(access(token), conv, file));
    urls.set(name, url);
    for (const [old, address] of urls) {
      if (urls.size <= MOST) break;
      urls.delete(old);
      URL.revokeObjectURL(address);
    }
    return url;
  } finally {
    loading.delete(name);
  }
}

export function send(token: string, conv: string, file: File, abort: AbortSignal): Promise<FileRef> {
  return upload(access(token), conv, file.name, file, abort);
}
