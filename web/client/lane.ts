import type { Connection } from './connection';

/** Typing is told again this often while it goes on; receivers forget it after 10 s. */
export const TYPING_MS = 3_000;
/** No key for this long means that typing has stopped. */
export const IDLE_MS = 6_000;
/** At most one peek in this time; the newest text wins. */
export const PEEK_MS = 250;
/** Marks wait this long, so that a burst of lines makes one frame. */
export const MARKS_MS = 200;

/**
 * What may be lost: typing, the text being written, how far one has received and
 * read. Newest wins, nothing is queued while there is no connection; marks are told
 * again after a reconnect, because the server may have forgotten them.
 */
export class Lane {
  #connection: Connection;
  #typing: { conv: string; at: number; note: boolean } | null = null;
  #stopTyping = () => {};
  #peek: { conv: string; text: string } | null = null;
  #peekSent = '';
  #peekTimer: (() => void) | null = null;
  #marks = new Map<string, { delivered: number; seen: number }>();
  #dirty = new Set<string>();
  #marksTimer: (() => void) | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.on('hello', () => {
      for (const conv of this.#marks.keys()) this.#dirty.add(conv);
      this.#tellMarks();
    });
  }

  /** Called on each key. text is the whole of what stands in the composer; peek false keeps it here. */
  typed(conv: string, text: string, peek: boolean, note = false): void {
    if (text === '') return this.quiet();
    const { env } = this.#connection;
    // Another conversation, or from an answer to a note: who saw the one is told that it is over.
    if (this.#typing && (this.#typing.conv !== conv || this.#typing.note !== note)) this.quiet();
    if (this.#typing?.conv !== conv || env.now() - this.#typing.at >= TYPING_MS) {
      this.#typing = { conv, at: env.now(), note };
      this.#connection.tell('typing', { conv, on: true, ...(note ? { note } : {}) });
    }
    this.#stopTyping();
    this.#stopTyping = env.after(IDLE_MS, () => this.quiet());
    if (peek) this.#show(conv, text);
  }

  /** Composer empty, left, or sent. */
  quiet(): void {
    this.#stopTyping();
    // The end of a note is nobody's business either: customers would hear that one was written.
    if (this.#typing) this.#connection.tell('typing', { conv: this.#typing.conv, on: false, ...(this.#typing.note ? { note: true } : {}) });
    this.#typing = null;
    this.#peekTimer?.();
    this.#peekTimer = null;
    if (this.#peek && this.#peekSent !== '') this.#connection.tell('peek', { conv: this.#peek.conv, text: '' });
    this.#peek = null;
    this.#peekSent = '';
  }

  /** Watermarks only rise; seen implies delivered. */
  mark(conv: string, delivered: number, seen = 0): void {
    const old = this.#marks.get(conv) ?? { delivered: 0, seen: 0 };
    const next = { delivered: Math.max(old.delivered, delivered, seen), seen: Math.max(old.seen, seen) };
    if (next.delivered === old.delivered && next.seen === old.seen) return;
    this.#marks.set(conv, next);
    this.#dirty.add(conv);
    this.#marksTimer ??= this.#connection.env.after(MARKS_MS, () => this.#tellMarks());
  }

  forget(conv: string): void {
    this.#marks.delete(conv);
    this.#dirty.delete(conv);
  }

  #tellMarks(): void {
    this.#marksTimer?.();
    this.#marksTimer = null;
    if (!this.#connection.online) return;
    for (const conv of this.#dirty) this.#connection.tell('marks', { conv, ...this.#marks.get(conv) });
    this.#dirty.clear();
  }

  #show(conv: string, text: string): void {
    this.#peek = { conv, text };
    if (this.#peekTimer) return;
    this.#tellPeek();
    this.#peekTimer = this.#connection.env.after(PEEK_MS, () => {
      this.#peekTimer = null;
      if (this.#peek && this.#peek.text !== this.#peekSent) this.#show(this.#peek.conv, this.#peek.text);
    });
  }

  #tellPeek(): void {
    if (!this.#peek) return;
    this.#peekSent = this.#peek.text;
    this.#connection.tell('peek', this.#peek);
  }
}
