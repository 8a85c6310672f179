import { type FileRef, Refusal, upload } from '@parley/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { bytes } from './format';
import type { Session } from './session';

export interface Upload {
  id: number;
  name: string;
  content: Blob;
  state: 'going' | 'done' | 'failed';
  file?: FileRef;
  fault?: string;
  abort: AbortController;
}

/** Files on their way into the line that is being written. They go up at once, so that sending does not wait for them. */
export function useUploads(session: Session) {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const next = useRef(1);
  const { limits } = session;
  const put = (id: number, change: Partial<Upload>) => setUploads((all) => all.map((u) => (u.id === id ? { ...u, ...change } : u)));
  useEffect(() => () => uploads.forEach((u) => u.abort.abort()), []);

  async function go(one: Upload): Promise<void> {
    put(one.id, { state: 'going', fault: undefined });
    try {
      const conv = session.conv?.conv ?? '';
      put(one.id, { state: 'done', file: await upload(session.access, conv, one.name, one.content, one.abort.signal) });
    } catch (error) {
      if (!one.abort.signal.aborted) put(one.id, { state: 'failed', fault: error instanceof Refusal ? error.message : 'Not stored' });
    }
  }

  return {
    uploads,
    add(files: Iterable<File>): void {
      for (const file of files) {
        const one: Upload = { id: next.current++, name: file.name || 'picture.png', content: file, state: 'going', abort: new AbortController() };
        if (file.size > limits.file_bytes) {
          one.state = 'failed';
          one.fault = `Larger than ${bytes(limits.file_bytes)}`;
        }
        setUploads((all) => [...all, one]);
        if (one.state === 'going') void go(one);
      }
    },
    retry: (one: Upload) => void go(one),
    remove(one: Upload): void {
      one.abort.abort();
      setUploads((all) => all.filter((u) => u.id !== one.id));
    },
    clear: () => setUploads([]),
  };
}
