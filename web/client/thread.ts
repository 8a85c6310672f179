import type { Connection } from './connection';
import type { Event, HistoryOK } from './wire';

/** One page of history. */
export const PAGE = 50;

/**
 * The events of one conversation as far as they are loaded: a piece without a gap
 * that ends at the newest known one and grows at both ends. Live events may arrive
 * while a page is on its way; each stands here once, by its seq.
 */
export class Thread {
  readonly conv: string;
  /** Ascending by seq. A new array on each change, so that renderers can compare it. */
  events: readonly Event[] = [];
  /** There is more before the first. True until the server said otherwise. */
  more = true;
  loading = false;
  /** The newest page has been here: what is missing is only older. */
  loaded = false;

  #connection: Connection;
  #waiting: Promise<void> | null = null;

  constructor(connection: Connection, conv: string) {
    this.#connection = connection;
    this.conv = conv;
  }

  get first(): number {
    return this.events[0]?.seq ?? 0;
  }

  get last(): number {
    return this.events.at(-1)?.seq ?? 0;
  }

  /** Adds events, known ones change nothing; answers whether anything was new. */
  add(...events: Event[]): boolean {
    const have = new Set(this.events.map((e) => e.seq));
    const fresh = events.filter((e) => !have.has(e.seq));
    if (fresh.length === 0) return false;
    const all = [...this.events, ...fresh];
    // Live events come in order at the end: sorting is only for pages of the past.
    if (fresh.some((e, i) => e.seq < (all[this.events.length + i - 1]?.seq ?? 0))) all.sort((a, b) => a.seq - b.seq);
    this.events = all;
    if (this.first === 1) {
      this.more = false;
      this.loaded = true;
    }
    return true;
  }

  /** Loads the newest page, or the page before what is loaded. Errors: Refusal. */
  older(): Promise<void> {
    if (!this.more) return Promise.resolve();
    this.#waiting ??= this.#load().finally(() => (this.#waiting = null));
    return this.#waiting;
  }

  /** Starts anew: the piece that is loaded no longer joins the live end. */
  clear(): void {
    this.events = [];
    this.more = true;
    this.loaded = false;
  }

  async #load(): Promise<void> {
    this.loading = true;
    const before = this.first || undefined;
    try {
      const page = await this.#connection.request<HistoryOK>('history', { conv: this.conv, before, limit: PAGE });
      this.more = page.more;
      this.add(...page.events);
      this.loaded = true;
    } finally {
      this.loading = false;
    }
  }
}
