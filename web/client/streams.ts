import type { Event, HistoryOK } from './wire';

interface Stream {
  /** Last seq handed on; everything up to it was. */
  cursor: number;
  /** Events beyond a gap, by seq, until the gap is filled. */
  ahead: Map<number, Event>;
  filling: boolean;
}

/** Asks the server for what lies after a cursor, at most 200 events. */
export type Fill = (conv: string, after: number) => Promise<HistoryOK>;

/**
 * Makes of what arrives, per conversation, each event once, in order, without a
 * gap: after a reconnect the same event may come twice, once by resume and once
 * live, and a frame may be missing where the server let go of a full buffer.
 */
export class Streams {
  #streams = new Map<string, Stream>();
  #fill: Fill;
  #deliver: (event: Event) => void;

  constructor(fill: Fill, deliver: (event: Event) => void) {
    this.#fill = fill;
    this.#deliver = deliver;
  }

  /** Resumes conv after seq from now on. An older cursor than the present one changes nothing. */
  follow(conv: string, seq: number): void {
    const s = this.#streams.get(conv);
    if (!s) this.#streams.set(conv, { cursor: seq, ahead: new Map(), filling: false });
    else if (seq > s.cursor) {
      s.cursor = seq;
      this.#drain(conv, s);
    }
  }

  forget(conv: string): void {
    this.#streams.delete(conv);
  }

  cursor(conv: string): number | undefined {
    return this.#streams.get(conv)?.cursor;
  }

  /** What hello resumes. */
  cursors(): { conv: string; seq: number }[] {
    return [...this.#streams].map(([conv, s]) => ({ conv, seq: s.cursor }));
  }

  accept(event: Event): void {
    const { conv, seq } = event;
    let s = this.#streams.get(conv);
    if (!s) {
      // A conversation nobody named before begins where its first frame stands.
      s = { cursor: seq - 1, ahead: new Map(), filling: false };
      this.#streams.set(conv, s);
    }
    if (seq <= s.cursor) return;
    s.ahead.set(seq, event);
    this.#drain(conv, s);
  }

  #drain(conv: string, s: Stream): void {
    for (const seq of s.ahead.keys()) if (seq <= s.cursor) s.ahead.delete(seq);
    for (let next = s.ahead.get(s.cursor + 1); next; next = s.ahead.get(s.cursor + 1)) {
      s.ahead.delete(next.seq);
      s.cursor = next.seq;
      this.#deliver(next);
    }
    if (s.ahead.size > 0) void this.#close(conv, s);
  }

  /** Fills the gap by history. A failure leaves the events waiting: the next one, or the next hello, tries again. */
  async #close(conv: string, s: Stream): Promise<void> {
    if (s.filling) return;
    s.filling = true;
    try {
      const { events } = await this.#fill(conv, s.cursor);
      for (const event of events) if (event.seq > s.cursor) s.ahead.set(event.seq, event);
      const before = s.cursor;
      s.filling = false;
      if (events.some((event) => event.seq === before + 1)) this.#drain(conv, s);
    } catch {
      s.filling = false;
    }
  }
}
