import type { Connection } from './connection';
import { Emitter } from './emitter';
import type { Store } from './env';
import { Refusal } from './errors';
import type { FileRef } from './wire';

export interface Draft {
  text: string;
  files?: FileRef[];
  /** Form answers; only the first line of a new conversation has them. */
  start?: { name?: string; email?: string; page?: string; language?: string };
}

export interface Item extends Draft {
  /** The command's key; the same for every try, so that no try can double the message. */
  key: string;
  /** Conversation, or NEW while the first line has not been answered. */
  conv: string;
  /** Server's time at which it was written. */
  at: number;
  state: 'waiting' | 'sending' | 'failed';
  /** Has left at least once: a key that is now too old may have been done. */
  tried: boolean;
  /** field is what the server says it is about, if it says. */
  error?: { code: string; message: string; field?: string };
}

export interface Sent {
  item: Item;
  conv: string;
  seq: number;
  at: number;
  /** The line went into this new conversation because the old one was closed. */
  moved?: { conv: string; number: number };
}

/** Stands for the conversation that the line before is about to start. */
export const NEW = 'new';

interface Heard {
  change: Item[];
  sent: Sent;
}

type Answer = { conv?: string; seq: number; at: number; moved?: { conv: string; number: number } };

/**
 * Lines on their way to the server. A line is kept, also over a reload, until the
 * server has answered it; tries go on by themselves while the answer may still be
 * yes, with pauses the server asks for. One line of a conversation is on its way at
 * a time: were two sent at once and the first refused as busy, they would change
 * places.
 */
export class Outbox extends Emitter<Heard> {
  #connection: Connection;
  #store: Store;
  #prefix: string;
  #items: Item[] = [];
  /** Conversations with a line on its way, or in a pause before the next try. */
  #busy = new Set<string>();

  /** prefix keeps the lines of one visitor apart from another's in the same store. */
  constructor(connection: Connection, store: Store, prefix: string) {
    super();
    this.#connection = connection;
    this.#store = store;
    this.#prefix = prefix;
    this.#items = load(store, prefix);
    connection.on('state', (state) => state.kind === 'online' && this.#run());
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  of(conv: string): Item[] {
    return this.#items.filter((item) => item.conv === conv);
  }

  /** Queues a line; conv is NEW for the first line and those before its answer. */
  post(conv: string, draft: Draft): Item {
    const item: Item = { ...draft, conv, key: this.#connection.key(), at: this.#connection.now(), state: 'waiting', tried: false };
    this.#items = [...this.#items, item];
    this.#keep(item);
    this.#changed();
    this.#run();
    return item;
  }

  /** "Try again": the same key, so a line that did arrive is not doubled. */
  retry(key: string): void {
    const item = this.#items.find((i) => i.key === key && i.state === 'failed');
    if (!item) return;
    this.#put(item, { state: 'waiting', error: undefined });
    this.#run();
  }

  discard(key: string): void {
    this.#remove(key);
    this.#changed();
  }

  /** Forgets everything, for a visitor who logs out. */
  clear(): void {
    for (const { key } of this.#items) this.#remove(key);
    this.#changed();
  }

  #run(): void {
    if (!this.#connection.online) return;
    const first = new Map<string, Item>();
    // A failed line does not hold back the ones behind it: its person decides later.
    for (const item of this.#items) if (item.state === 'waiting' && !first.has(item.conv)) first.set(item.conv, item);
    for (const item of first.values()) if (!this.#busy.has(item.conv)) void this.#send(item);
  }

  async #send(item: Item): Promise<void> {
    const lane = item.conv;
    this.#busy.add(lane);
    this.#put(item, { state: 'sending', tried: true });
    // A line may have got its number of the conversation while it waited.
    const { key, text, files, start } = item;
    const fresh = item.conv === NEW;
    const body = fresh ? { ...start, text, files } : { conv: item.conv, text, files };
    let pause = 0;
    try {
      const ok = await this.#connection.request<Answer>(fresh ? 'start' : 'send', body, key);
      this.#done(item, ok);
    } catch (error) {
      pause = this.#refused(item, error as Refusal);
    }
    if (pause > 0) await new Promise<void>((resolve) => void this.#connection.env.after(pause, resolve));
    this.#busy.delete(lane);
    this.#run();
  }

  #done(item: Item, ok: Answer): void {
    const conv = ok.moved?.conv ?? ok.conv ?? item.conv;
    this.#remove(item.key);
    // The rest of what was written for it belongs where its first line went.
    if (conv !== item.conv) {
      for (const later of this.#items.filter((i) => i.conv === item.conv)) this.#put(later, { conv, start: undefined });
    }
    this.emit('sent', { item, conv, seq: ok.seq, at: ok.at, moved: ok.moved });
    this.#changed();
  }

  /** Decides what a refusal means; the answer is the pause before the next try in ms. */
  #refused(item: Item, refusal: Refusal): number {
    if (!this.#items.some((i) => i.key === item.key)) return 0;
    if (refusal.do === 'retry') {
      this.#put(item, { state: 'waiting' });
      return this.#connection.online ? Math.max(refusal.retryAfter, 500) : 0;
    }
    if (refusal.code === 'key_in_future') {
      // Made before hello told the server's time, and refused for that alone: never done.
      this.#remove(item.key);
      this.post(item.conv, { text: item.text, files: item.files, start: item.start });
      return 0;
    }
    const { field } = refusal.details;
    const error = { code: refusal.code, message: refusal.message, ...(typeof field === 'string' && { field }) };
    this.#put(item, { state: 'failed', error });
    return 0;
  }

  #put(item: Item, change: Partial<Item>): void {
    const next = { ...item, ...change };
    Object.assign(item, change);
    this.#items = this.#items.map((i) => (i.key === item.key ? next : i));
    this.#keep(next);
    this.#changed();
  }

  #keep(item: Item): void {
    this.#store.set(this.#prefix + item.key, JSON.stringify(item));
  }

  #remove(key: string): void {
    this.#items = this.#items.filter((i) => i.key !== key);
    this.#store.remove(this.#prefix + key);
  }

  #changed(): void {
    this.emit('change', this.#items);
  }
}

/** What an earlier page left behind, in the order of writing: UUIDv7 sort by time. */
function load(store: Store, prefix: string): Item[] {
  const items: Item[] = [];
  for (const name of store.names(prefix).sort()) {
    try {
      const item = JSON.parse(store.get(name) ?? '') as Item;
      if (typeof item.key !== 'string' || typeof item.text !== 'string') throw new Error('not a line');
      // What was on its way when the page went is unknown: the same key asks again.
      items.push({ ...item, state: item.state === 'failed' ? 'failed' : 'waiting' });
    } catch {
      store.remove(name);
    }
  }
  return items;
}
