import { CODES } from './codes';
import type { WireError } from './wire';

/** What a client does about an error: correct the request, send it again with the same key, sign in again, or give up. */
export type Do = 'fix' | 'retry' | 'sign_in' | 'stop';

/** Codes of this client itself; they never come from a server. */
export const OFFLINE = 'no_connection';
export const DISCONNECTED = 'disconnected';
export const NO_ANSWER = 'no_answer';

const RETRY = new Set([OFFLINE, DISCONNECTED, NO_ANSWER]);

/** An error answer, or the lack of an answer. */
export class Refusal extends Error {
  readonly code: string;
  /** Wait this long before the next try; 0 when the server said nothing. */
  readonly retryAfter: number;
  readonly details: Record<string, unknown>;

  constructor(error: WireError) {
    super(error.message);
    this.name = 'Refusal';
    this.code = error.code;
    this.retryAfter = error.retry_after_ms ?? 0;
    this.details = error.details ?? {};
  }

  /** An unknown code is final, unless it names a delay. */
  get do(): Do {
    return RETRY.has(this.code) ? 'retry' : (CODES[this.code] ?? (this.retryAfter > 0 ? 'retry' : 'stop'));
  }
}

/** What a close code asks for (PROTOCOL.md, "Close codes"). */
export function afterClose(code: number): Do {
  if (code === 4401) return 'sign_in';
  if (code === 4403) return 'stop';
  if (code === 4400 || code === 1007 || code === 1009) return 'fix';
  return 'retry';
}
