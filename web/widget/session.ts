import {
  type Conv, Connection, Emitter, type Env, type Event, type FileAccess, type FileRef, type HelloOK, type Inbox, type Item, Lane, type Limits,
  type MessageBody, NEW, Outbox, type Push, reduceConv, type Score, type Sent, type State, type Store, system, Thread, type Who,
  makeSecret, ended,
} from '@parley/client';
import type { Host } from './host';

/** Typing that nobody has renewed for this long is over. */
const TYPING_ENDS_MS = 10_000;
/** An outage shorter than this is nobody's business. */
export const OUTAGE_MS = 2000;
/** How long the end of one is told. */
const BACK_MS = 3000;
/** Used until hello tells the real ones. */
const LIMITS: Limits = { text: 10_000, file_bytes: 25 * 2 ** 20, files: 10, ping_ms: 25_000, frame_bytes: 65_536 };

export interface Place {
  /** Where the customer stands; only goes down while it is on screen. 0 = not known yet. */
  shown: number;
  /** Somebody who comes back was let in before: why the figure stands still. */
  overtaken: boolean;
  waitMs?: number;
}

export interface Identity {
  name: string;
  email: string;
}

interface Options {
  /** Inbox, from the loader's data-key. */
  key: string;
  /** Address of the gateway without a slash at the end. */
  origin: string;
  host: Host;
  store: Store;
  env?: Env;
}

/**
 * Everything the widget shows, from one visitor's connection. Screens read it and
 * call its verbs; each change is told once, however many frames made it.
 */
export class Session extends Emitter<{ change: null; say: string }> {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly lane: Lane;
  readonly access: FileAccess;
  readonly host: Host;

  inbox: Inbox | null = null;
  limits = LIMITS;
  /** Newest first. */
  convs: Conv[] = [];
  /** The conversation on screen, NEW for one that begins, null for the list or the form. */
  current: string | null = null;
  /** Messages that came since an outage ended; null hides the strip. */
  caughtUp: number | null = null;
  /** Why the form was not taken; its words stand in the form again. */
  formFault: Item['error'] | null = null;

  #store: Store;
  #prefix: string;
  #secret: string;
  #threads = new Map<string, Thread>();
  #typing = new Map<string, { who: Who; end: () => void }>();
  #places = new Map<string, Place>();
  /** Answered lines whose event has not come yet: they must not vanish in between. */
  #echoes: (Sent & { key: string })[] = [];
  #told = false;
  /** Device's time since when there was no connection; 0 = there is. */
  #lostAt = 0;
  #started = false;

  constructor({ key, origin, host, store, env = system() }: Options) {
    super();
    this.host = host;
    this.#store = store;
    this.#prefix = `parley:${key}:`;
    this.#secret = store.get(`${this.#prefix}secret`) ?? makeSecret(env);
    store.set(`${this.#prefix}secret`, this.#secret);
    this.access = { origin, authorization: () => `Visitor ${key}:${this.#secret}` };
    this.connection = new Connection({
      url: `${origin.replace(/^http/, 'ws')}/ws`,
      hello: () => ({ role: 'customer', inbox: key, secret: this.#secret }),
      env,
    });
    this.outbox = new Outbox(this.connection, store, `${this.#prefix}out:`);
    this.lane = new Lane(this.connection);
    if (this.outbox.of(NEW).length > 0) this.current = NEW;
    this.#listen();
  }

  start(): void {
    this.connection.start();
  }

  get state(): State {
    return this.connection.state;
  }

  get conv(): Conv | null {
    return this.convs.find((c) => c.conv === this.current) ?? null;
  }

  get thread(): Thread | null {
    return this.current && this.current !== NEW ? this.#thread(this.current) : null;
  }

  get typing(): Who | null {
    return (this.current && this.#typing.get(this.current)?.who) || null;
  }

  get place(): Place | null {
    return (this.current && this.#places.get(this.current)) || null;
  }

  get unread(): number {
    return this.convs.reduce((sum, c) => sum + (c.unread ?? 0), 0);
  }

  /** Lines of the current conversation that the server has, or may have, but whose event is not here. */
  get pending(): { echoes: Sent[]; items: Item[] } {
    const events = this.thread?.events ?? [];
    const have = new Set(events.filter((e) => e.ev === 'message').map((e) => (e.body as unknown as MessageBody).key));
    return {
      echoes: this.#echoes.filter((e) => e.conv === this.current && !have.has(e.key)),
      items: this.current ? this.outbox.of(this.current).filter((i) => !have.has(i.key)) : [],
    };
  }

  /** Name and e-mail given before, to fill the form with. */
  get identity(): Identity {
    try {
      return { name: '', email: '', ...(JSON.parse(this.#store.get(`${this.#prefix}who`) ?? '{}') as object) };
    } catch {
      return { name: '', email: '' };
    }
  }

  draft(conv: string): string {
    return this.#store.get(`${this.#prefix}draft:${conv}`) ?? '';
  }

  keepDraft(conv: string, text: string): void {
    const name = `${this.#prefix}draft:${conv}`;
    if (text) this.#store.set(name, text);
    else this.#store.remove(name);
  }

  /** Opens a conversation, the list (null), or a new one's form (NEW). */
  show(conv: string | null): void {
    this.lane.quiet();
    this.current = conv;
    if (conv && conv !== NEW) this.#load(conv);
    this.#seen();
    this.#change();
  }

  begin(who: Identity, text: string): void {
    this.formFault = null;
    this.#store.set(`${this.#prefix}who`, JSON.stringify(who));
    this.current = NEW;
    this.outbox.post(NEW, {
      text,
      start: {
        ...(who.name && { name: who.name }),
        ...(who.email && { email: who.email }),
        ...(this.host.mode.page && { page: this.host.mode.page }),
        language: navigator.language,
      },
    });
    this.host.say({ parley: 'event', type: 'form_submitted', data: {} });
  }

  send(text: string, files: FileRef[]): void {
    if (!this.current) return;
    this.lane.quiet();
    this.outbox.post(this.current, { text, ...(files.length > 0 && { files }) });
  }

  typed(text: string): void {
    if (this.conv) this.lane.typed(this.conv.conv, text, this.inbox?.peek === true);
  }

  async end(): Promise<void> {
    if (this.conv) await this.connection.call('end', { conv: this.conv.conv });
  }

  async rate(score: Score, comment: string): Promise<void> {
    if (!this.conv) return;
    await this.connection.call('rate', { conv: this.conv.conv, score, ...(comment && { comment }) });
    this.host.say({ parley: 'event', type: 'rating_submitted', data: { score } });
  }

  /** Loads what lies before; errors are shown by the strip of the connection. */
  older(): void {
    const thread = this.thread;
    if (thread?.more && !thread.loading) void thread.older().then(() => this.#change(), () => this.#change());
  }

  /** The customer looks at the current conversation: what is in it counts as read. */
  looked(): void {
    this.#seen();
  }

  #listen(): void {
    const { connection, outbox, host } = this;
    connection.on('hello', (ok) => this.#hello(ok));
    connection.on('event', (event) => this.#event(event));
    connection.on('push', (push) => this.#push(push));
    connection.on('reset', ({ conv }) => {
      this.#thread(conv).clear();
      if (conv === this.current) this.#load(conv);
    });
    connection.on('state', (state) => {
      if (state.kind === 'waiting' && this.#started) this.#lostAt = state.since;
      this.#change();
    });
    outbox.on('change', () => {
      this.#refused();
      this.#change();
    });
    outbox.on('sent', (sent) => this.#sent(sent));
    host.on('mode', () => {
      this.#seen();
      this.#tellHost();
      this.#change();
    });
  }

  #hello(ok: HelloOK): void {
    this.#started = true;
    this.inbox = ok.inbox ?? this.inbox;
    this.limits = ok.limits?.text ? ok.limits : LIMITS;
    const before = new Map(this.convs.map((c) => [c.conv, c]));
    this.convs = (ok.conversations ?? []).map((c) => {
      const resumed = this.connection.streams.cursor(c.conv);
      const old = before.get(c.conv);
      // What is missed comes as events after this: counting them is theirs.
      if (old && resumed !== undefined && resumed < c.seq) return { ...old, delivered: c.delivered, seen: c.seen };
      return { ...c, unread: c.last && c.last.from !== 'customer' ? (c.unread ?? 0) : 0 };
    });
    const { env } = this.connection;
    if (this.#lostAt > 0 && env.now() - this.#lostAt >= OUTAGE_MS) {
      this.caughtUp = 0;
      env.after(BACK_MS, () => this.#strip());
    }
    this.#lostAt = 0;
    const [only] = this.convs;
    // Somebody who comes back sees the talk that goes on, or the list of what was.
    if (this.current === null && only && (this.convs.length === 1 || !ended(only))) this.current = only.conv;
    if (this.current && this.current !== NEW) this.#load(this.current);
    for (const { conv, position } of this.convs) if (position) this.#queue(conv, position);
    this.#tellHost();
    this.#seen();
    this.#change();
  }

  #strip(): void {
    this.caughtUp = null;
    this.#change();
  }

  #event(event: Event): void {
    const known = this.convs.find((c) => c.conv === event.conv);
    const conv = known ?? fresh(event);
    const next = reduceConv(conv, event);
    this.convs = [next, ...this.convs.filter((c) => c.conv !== event.conv)].sort((a, b) => b.started_at - a.started_at);
    // Also before its first page is here: that page is then the one before this event.
    this.#thread(event.conv).add(event);
    if (event.ev === 'assigned') this.#places.delete(event.conv);
    if (event.ev === 'message') this.#message(event);
    this.#spoken(event, next);
    this.host.say({ parley: 'event', type: 'new_event', data: { kind: event.ev, conversation: event.conv } });
    this.#seen();
    this.#tellHost();
    this.#change();
  }

  #message(event: Event): void {
    const { from, key } = event.body as unknown as MessageBody;
    this.#echoes = this.#echoes.filter((e) => e.key !== key);
    if (from.kind === 'customer') return;
    this.lane.mark(event.conv, event.seq);
    this.#stopTyping(event.conv);
    if (this.caughtUp !== null) this.caughtUp++;
  }

  #push({ ev, conv, body }: Push): void {
    if (!conv) return;
    if (ev === 'queue') {
      const { position, wait_ms } = body as { position: number; wait_ms?: number };
      if (position > 0) {
        this.#queue(conv, position, wait_ms);
        // Whoever has a place waits, also after a return whose agent is away.
        this.convs = this.convs.map((c) => (c.conv === conv && c.status === 'open' ? { ...c, status: 'new', agent: undefined } : c));
      } else this.#places.delete(conv);
    } else if (ev === 'typing') {
      const { who, on } = body as unknown as { who: Who; on: boolean };
      this.#stopTyping(conv);
      if (on) {
        const end = this.connection.env.after(TYPING_ENDS_MS, () => {
          this.#typing.delete(conv);
          this.#change();
        });
        this.#typing.set(conv, { who, end });
      }
    } else if (ev === 'marks') {
      const { of, delivered, seen } = body as { of: string; delivered: number; seen: number };
      if (of === 'customer') return;
      this.convs = this.convs.map((c) =>
        c.conv === conv ? { ...c, delivered: Math.max(c.delivered ?? 0, delivered, seen), seen: Math.max(c.seen ?? 0, seen) } : c,
      );
    }
    this.#change();
  }

  #queue(conv: string, position: number, waitMs?: number): void {
    const old = this.#places.get(conv);
    const shown = old?.shown ? Math.min(old.shown, position) : position;
    this.#places.set(conv, { shown, overtaken: position > shown, waitMs: waitMs ?? old?.waitMs });
    this.host.say({ parley: 'event', type: 'queue:changed', data: { position: shown, wait_ms: waitMs ?? null } });
  }

  #sent(sent: Sent): void {
    const { item, conv } = sent;
    this.#echoes = [...this.#echoes, { ...sent, key: item.key }];
    if (conv !== item.conv && (this.current === item.conv || this.current === NEW)) {
      this.current = conv;
      this.#load(conv);
    }
    this.#tellHost();
  }

  /** A conversation that could not begin: back into the form with it, or into the one that another tab began. */
  #refused(): void {
    const item = this.outbox.of(NEW).find((i) => i.state === 'failed' && i.start);
    if (!item?.error) return;
    // Lines written behind the first would begin the conversation in its place, without the form's answers.
    const texts = this.outbox.of(NEW).map((i) => i.text);
    for (const { key } of this.outbox.of(NEW)) this.outbox.discard(key);
    const open = this.convs.find((c) => !ended(c));
    if (item.error.code === 'conversation_open' && open) {
      for (const text of texts) this.outbox.post(open.conv, { text });
      return this.show(open.conv);
    }
    const begun = this.draft(NEW);
    this.keepDraft(NEW, [...texts, ...(begun ? [begun] : [])].join('\n'));
    this.formFault = item.error;
  }

  #thread(conv: string): Thread {
    let thread = this.#threads.get(conv);
    if (!thread) this.#threads.set(conv, (thread = new Thread(this.connection, conv)));
    return thread;
  }

  /** The newest page, unless a piece up to the present is there already. */
  #load(conv: string): void {
    const thread = this.#thread(conv);
    if (thread.loaded || !this.connection.online) return;
    const done = () => {
      this.#seen();
      this.#change();
    };
    void thread.older().then(done, done);
  }

  #stopTyping(conv: string): void {
    this.#typing.get(conv)?.end();
    this.#typing.delete(conv);
  }

  /** Marks the current conversation as read, if somebody can see it. */
  #seen(): void {
    const conv = this.conv;
    if (!conv || !this.host.mode.open || document.visibilityState === 'hidden') return;
    this.lane.mark(conv.conv, conv.seq, conv.seq);
    if (!conv.unread) return;
    this.convs = this.convs.map((c) => (c.conv === conv.conv ? { ...c, unread: 0 } : c));
    this.#tellHost();
  }

  /** For those who hear the chat: new lines of the other side, and what happened to the talk. */
  #spoken(event: Event, conv: Conv): void {
    if (event.ev === 'message') {
      const { from, text, files } = event.body as unknown as MessageBody;
      if (from.kind !== 'customer') this.emit('say', `${from.name}: ${text || `${files?.length ?? 0} files`}`);
    } else if (event.ev === 'assigned' && conv.agent) this.emit('say', `${conv.agent.name} is here`);
    else if (event.ev === 'resolved' || event.ev === 'closed') this.emit('say', 'This chat has ended');
  }

  #tellHost(): void {
    this.host.say({ parley: 'unread', count: this.host.mode.open ? 0 : this.unread });
    this.host.say({ parley: 'known', known: this.convs.some((c) => c.status !== 'closed'), brand: this.inbox?.brand });
  }

  #change(): void {
    if (this.#told) return;
    this.#told = true;
    queueMicrotask(() => {
      this.#told = false;
      this.emit('change', null);
    });
  }
}

/** A conversation this page has not heard of: begun here a moment ago, or in another tab. */
function fresh(event: Event): Conv {
  return {
    conv: event.conv,
    number: Number((event.body as { number?: number }).number ?? 0),
    status: 'new',
    seq: 0,
    started_at: event.at,
    delivered: 0,
    seen: 0,
    unread: 0,
  };
}
