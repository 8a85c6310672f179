import { Refusal } from './errors';
import type { FileRef, WireError } from './wire';

/** Where and as whom files go up and down. */
export interface FileAccess {
  /** Origin of the gateway, without a slash at the end. */
  origin: string;
  /** Value of the Authorization header. A token never stands in an address. */
  authorization: () => string;
}

/** Stores a file for a conversation; it is shown once a message names it, and expires after an hour otherwise. Errors: Refusal. */
export async function upload(access: FileAccess, conv: string, name: string, content: Blob, abort?: AbortSignal): Promise<FileRef> {
  const form = new FormData();
  form.append('conv', conv);
  form.append('file', content, name);
  const answer = await ask(access, `/api/v1/files`, { method: 'POST', body: form, signal: abort });
  return ((await answer.json()) as { file: FileRef }).file;
}

/** Fetches a file. Errors: Refusal. */
export async function download(access: FileAccess, conv: string, file: FileRef, abort?: AbortSignal): Promise<Blob> {
  const answer = await ask(access, `/api/v1/files/${conv}/${file.hash}`, { signal: abort });
  return answer.blob();
}

async function ask(access: FileAccess, path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(access.origin + path, { ...init, headers: { Authorization: access.authorization() } });
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new Refusal({ code: 'disconnected', message: 'No connection' });
  }
  if (answer.ok) return answer;
  // problem+json carries the code of the one table.
  const problem = (await answer.json().catch(() => ({}))) as Partial<WireError> & { detail?: string; title?: string };
  throw new Refusal({
    code: problem.code ?? `http_${answer.status}`,
    message: problem.detail ?? problem.title ?? problem.message ?? 'Not stored',
    retry_after_ms: problem.retry_after_ms,
  });
}
