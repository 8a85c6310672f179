import {
  Connection, type Env, type Event, type HelloOK, type Item, Lane, type MessageBody, Outbox, type Push, type Row, type Store as Kept, system, Thread, type Who,
} from '@parley/client';
import { Drafts } from './drafts';
import { mine } from './groups';
import type { AgentView, Me, QueueView } from './me';
import { type OfferAct, reduceOffers } from './offers';
import { asNotes } from './notes';
import { reduceRow } from './rows';
import type { Session } from './session';
import { Bell } from './sound';
import { Store } from './store';
import { unread } from './unread';

/** Typing and peek that nobody renewed for this long are over. */
const SILENCE_MS = 10_000;

/** One agent's live picture: what the server says goes into the store, what the person does goes out. */
export class Live {
  readonly session: Session;
  readonly connection: Connection;
  readonly lane: Lane;
  readonly outbox: Outbox;
  readonly notes: Outbox;
  readonly drafts: Drafts;
  readonly store = new Store();
  readonly bell = new Bell();

  #kept: Kept;
  #threads = new Map<string, Thread>();
  #seen = new Map<string, number>();
  /** Conversations that are not one's own and are being looked at, with how many panes look. */
  #opened = new Map<string, number>();
  #watched = new Map<string, number>();
  #asking = new Set<string>();
  #caughtUp = 0;
  #wasOnline = false;
  #timers: ReturnType<typeof setInterval>[] = [];
  #toasts = 0;

  constructor(session: Session, kept: Kept, url: string, env: Env = system()) {
    this.session = session;
    this.#kept = kept;
    this.bell.muted = kept.get('parley.mute') === '1';
    this.connection = new Connection({ url, hello: () => ({ role: 'agent', token: session.token }), env });
    this.lane = new Lane(this.connection);
    this.outbox = new Outbox(this.connection, kept, `parley.line.${session.agent.id}.`);
    this.notes = new Outbox(asNotes(this.connection), kept, `parley.note.${session.agent.id}.`);
    this.drafts = new Drafts(kept, session.agent.id);
    this.store.set({ self: session.agent, outbox: [...this.outbox.items], notes: [...this.notes.items] });
    this.#listen();
  }

  now(): number {
    return this.connection.now();
  }

  start(): void {
    this.connection.start();
    this.#timers.push(setInterval(() => this.#sweep(), 1_000));
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.bell.ring(false);
    this.connection.stop();
  }

  // What the person does; each answers when the server has.

  command(cmd: string, body: object): Promise<unknown> {
    return this.connection.call(cmd, body);
  }

  thread(conv: string): Thread {
    let thread = this.#threads.get(conv);
    if (!thread) {
      thread = new Thread(this.connection, conv);
      this.#threads.set(conv, thread);
    }
    return thread;
  }

  /** Loads the newest page, or the page before what is loaded. */
  async older(conv: string): Promise<void> {
    const thread = this.thread(conv);
    await thread.older();
    this.#changed(conv);
  }

  /** Fetches a row that no push has brought. */
  async view(conv: string): Promise<Row | undefined> {
    if (this.#asking.has(conv)) return undefined;
    this.#asking.add(conv);
    try {
      const { row } = await this.connection.request<{ row: Row }>('view', { conv });
      this.#row(row);
      return this.store.state.rows.get(conv);
    } finally {
      this.#asking.delete(conv);
    }
  }

  /** Follows a conversation that is not one's own while a pane shows it; the answer ends it. */
  follow(conv: string): () => void {
    const n = this.#opened.get(conv) ?? 0;
    this.#opened.set(conv, n + 1);
    if (n === 0) this.#open(conv);
    return () => {
      const left = (this.#opened.get(conv) ?? 1) - 1;
      if (left > 0) return void this.#opened.set(conv, left);
      this.#opened.delete(conv);
      const row = this.store.state.rows.get(conv);
      if (row && mine(row, this.session.agent.id)) return;
      if (this.connection.online) void this.connection.request('close', { conv }).catch(() => {});
      // Its lines go on without this page: what is loaded would have a gap.
      this.connection.streams.forget(conv);
      this.#threads.delete(conv);
    };
  }

  watch(view: 'queues' | 'agents'): () => void {
    const n = this.#watched.get(view) ?? 0;
    this.#watched.set(view, n + 1);
    if (n === 0 && this.connection.online) void this.connection.request('watch', { view }).catch(() => {});
    return () => {
      const left = (this.#watched.get(view) ?? 1) - 1;
      if (left > 0) return void this.#watched.set(view, left);
      this.#watched.delete(view);
      if (this.connection.online) void this.connection.request('unwatch', { view }).catch(() => {});
    };
  }

  /** The person has read up to seq. */
  saw(conv: string, seq: number): void {
    if (seq <= (this.#seen.get(conv) ?? 0)) return;
    this.#seen.set(conv, seq);
    this.lane.mark(conv, seq, seq);
    this.#count(conv);
  }

  /** Up to which seq this person has read. */
  seen(conv: string): number {
    return Math.max(this.#seen.get(conv) ?? 0, this.store.state.rows.get(conv)?.my_seen ?? 0);
  }

  offers(act: OfferAct): void {
    const offers = reduceOffers(this.store.state.offers as never, act);
    if (offers === this.store.state.offers) return;
    this.store.set({ offers });
    this.#ring();
  }

  /** While an offer waits for an answer that can still come in time. */
  #ring(): void {
    this.bell.ring(this.store.state.offers.some((c) => c.state === 'open' && c.until > this.now()));
  }

  /** Silences the bell on this device. */
  mute(off: boolean): void {
    this.bell.muted = off;
    if (off) this.#kept.set('parley.mute', '1');
    else this.#kept.remove('parley.mute');
  }

  toast(words: string, more: { bad?: boolean; action?: { name: string; run: () => void } } = {}): void {
    this.store.set({ toast: { id: ++this.#toasts, words, ...more } });
  }

  // What the server says.

  #listen(): void {
    const { connection, store } = this;
    connection.on('state', (net) => {
      if (net.kind !== 'online' && this.#wasOnline) this.#caughtUp = 0;
      if (net.kind === 'connecting') this.#prune();
      store.set({ net });
    });
    connection.on('hello', (ok) => this.#hello(ok));
    connection.on('event', (event) => this.#event(event));
    connection.on('push', (push) => this.#push(push));
    connection.on('reset', ({ conv }) => {
      this.thread(conv).clear();
      this.#changed(conv);
      void this.older(conv).catch(() => {});
      void this.view(conv).catch(() => {});
    });
    const put = (name: 'outbox' | 'notes') => (items: Item[]) => store.set({ [name]: items });
    this.outbox.on('change', put('outbox'));
    this.notes.on('change', put('notes'));
  }

  #hello(ok: HelloOK): void {
    this.store.set({ self: ok.self, centre: ok.centre ?? null, limits: { ...this.store.state.limits, ...ok.limits } });
    for (const conv of this.#opened.keys()) this.#open(conv);
    for (const view of this.#watched.keys()) void this.connection.request('watch', { view }).catch(() => {});
    if (this.#wasOnline) {
      // What was missed follows at once; a moment later it can be counted.
      setTimeout(() => this.store.set({ back: { lines: this.#caughtUp, at: this.now() } }), 600);
    }
    this.#wasOnline = true;
  }

  #open(conv: string): void {
    if (!this.connection.online) return;
    this.connection
      .request<{ row: Row }>('open', { conv })
      .then(({ row }) => this.#row(row))
      .catch(() => void this.view(conv).catch(() => {}));
  }

  #event(event: Event): void {
    const { conv } = event;
    this.#caughtUp += event.ev === 'message' ? 1 : 0;
    const thread = this.thread(conv);
    // Loaded earlier for reading beside, and not followed since: it no longer joins the live end.
    if (thread.last > 0 && event.seq > thread.last + 1) thread.clear();
    thread.add(event);
    const row = this.store.state.rows.get(conv);
    if (row) this.store.put('rows', conv, reduceRow(row, event));
    else void this.view(conv).catch(() => {});
    this.lane.mark(conv, event.seq);
    this.#offerEvent(event);
    if (event.ev === 'message') this.#message(conv, event.body as unknown as MessageBody);
    this.#changed(conv);
  }

  #message(conv: string, { from }: MessageBody): void {
    if (from.kind === 'customer') {
      this.store.put('peek', conv, undefined);
      const row = this.store.state.rows.get(conv);
      if (row && mine(row, this.session.agent.id) && globalThis.document?.visibilityState === 'hidden') this.bell.tick();
    }
    if (this.store.state.typing.get(conv)?.kind === from.kind) this.store.put('typing', conv, undefined);
  }

  #offerEvent({ ev, conv, body }: Event): void {
    const self = this.session.agent.id;
    const now = this.now();
    const agent = body.agent as { id: string; name: string } | undefined;
    if (ev === 'offered' && agent?.id === self && (body.until as number) > now) {
      this.offers({ type: 'appear', conv, offer: body.offer as string, until: body.until as number, now });
    } else if (ev === 'offer_ended' && agent?.id === self) {
      // me brings the number of misses a moment later; the one that has just happened counts.
      const misses = body.why === 'lapsed' ? (this.store.state.me?.misses ?? 0) : 0;
      this.offers({ type: 'offer_ended', offer: body.offer as string, why: body.why as string, misses, now });
    } else if (ev === 'assigned' && agent) {
      this.offers({ type: 'assigned', conv, agent, self, now });
    }
  }

  #push(push: Push): void {
    const { ev, conv } = push;
    if (ev === 'me') this.#me(push.body as unknown as Me);
    else if (ev === 'row') this.#row((push.body as { row: Row }).row);
    else if (ev === 'queues') this.store.set({ queues: (push.body as { queues: QueueView[] }).queues, figuresAt: this.now() });
    else if (ev === 'agents') this.#agents((push.body as { agents: AgentView[] }).agents);
    else if (conv) this.#volatile(conv, ev, push.body);
  }

  #volatile(conv: string, ev: string, body: Record<string, unknown>): void {
    const until = this.now() + SILENCE_MS;
    if (ev === 'typing') {
      const who = body.who as Who | undefined;
      if (who?.id === this.session.agent.id) return;
      this.store.put('typing', conv, body.on ? { name: who?.name ?? '', kind: who?.kind ?? 'customer', until } : undefined);
    } else if (ev === 'peek') {
      const text = (body.text as string) ?? '';
      this.store.put('peek', conv, text === '' ? undefined : { text, until });
    } else {
      const row = this.store.state.rows.get(conv);
      if (!row) return;
      if (ev === 'online') this.store.put('rows', conv, { ...row, customer_online: body.on === true });
      if (ev === 'marks') this.#marks(row, body as { of: string; delivered?: number; seen?: number });
    }
  }

  #marks(row: Row, { of, delivered = 0, seen = 0 }: { of: string; delivered?: number; seen?: number }): void {
    if (of === 'customer') {
      const next = { ...row, delivered: Math.max(row.delivered ?? 0, delivered, seen), seen: Math.max(row.seen ?? 0, seen) };
      this.store.put('rows', row.conv, next);
    } else if (of === this.session.agent.id) {
      // Another device of the same person.
      this.store.put('rows', row.conv, { ...row, my_seen: Math.max(row.my_seen ?? 0, seen) });
      this.#count(row.conv);
    }
  }

  #me(me: Me): void {
    const now = this.now();
    const before = this.store.state.me;
    this.store.set({ me });
    for (const { conv, offer, until } of me.offers ?? []) {
      this.offers({ type: 'appear', conv, offer, until, now });
    }
    this.offers({ type: 'standing', offers: (me.offers ?? []).map((o) => o.offer), now });
    const { rows } = this.store.state;
    for (const { conv } of [...(me.offers ?? []), ...(me.work ?? []), ...(me.done ?? [])]) {
      if (!rows.has(conv)) setTimeout(() => this.store.state.rows.has(conv) || void this.view(conv).catch(() => {}), 250);
    }
    // Held by me in the last picture, and no longer by the server's: what became of it?
    const work = new Set((me.work ?? []).map((w) => w.conv));
    for (const { conv } of before?.work ?? []) {
      const row = rows.get(conv);
      if (row && !work.has(conv) && mine(row, this.session.agent.id)) setTimeout(() => void this.view(conv).catch(() => {}), 500);
    }
  }

  #agents(changed: AgentView[]): void {
    const agents = new Map(this.store.state.agents ?? []);
    for (const a of changed) agents.set(a.id, a);
    this.store.set({ agents, figuresAt: this.now() });
  }

  #row(row: Row): void {
    const old = this.store.state.rows.get(row.conv);
    const thread = this.thread(row.conv);
    let next = row;
    // The push may be older than the events that have come meanwhile.
    for (const event of thread.events) if (event.seq > next.seq) next = reduceRow(next, event);
    if (old && old.seq > next.seq) return;
    next = { ...next, delivered: Math.max(next.delivered ?? 0, old?.delivered ?? 0), seen: Math.max(next.seen ?? 0, old?.seen ?? 0) };
    this.store.put('rows', row.conv, next);
    const current = this.#current(next);
    if (current) this.lane.mark(row.conv, next.seq);
    if (current || this.#opened.has(row.conv)) this.#begin(row, thread);
    this.#count(row.conv);
  }

  /** In this person's hands, or offered to them: its events come by themselves. */
  #current(row: Row): boolean {
    return mine(row, this.session.agent.id) || row.offered_to?.id === this.session.agent.id;
  }

  /**
   * Follows a conversation from its row on. One that is followed already keeps its
   * cursor: a row may overtake events that are still to come. Its lines are loaded,
   * so that they are at hand when it is opened and the unread ones can be counted.
   */
  #begin(row: Row, thread: Thread): void {
    if (this.connection.streams.cursor(row.conv) === undefined) {
      this.connection.streams.follow(row.conv, row.seq);
      // Loaded earlier for reading beside: it no longer joins the live end.
      if (thread.last > 0 && thread.last < row.seq) thread.clear();
    }
    if (thread.events.length === 0) void this.older(row.conv).catch(() => {});
  }

  /** What hello resumes is one's own work, what is open and what was done today; the rest is let go before it. */
  #prune(): void {
    const done = new Set((this.store.state.me?.done ?? []).map((d) => d.conv));
    for (const { conv } of this.connection.streams.cursors()) {
      const row = this.store.state.rows.get(conv);
      if (this.#opened.has(conv) || done.has(conv) || (row && this.#current(row))) continue;
      this.connection.streams.forget(conv);
      this.#threads.delete(conv);
    }
  }

  #changed(conv: string): void {
    this.store.put('lines', conv, (this.store.state.lines.get(conv) ?? 0) + 1);
    this.#count(conv);
  }

  #count(conv: string): void {
    const n = unread(this.store.state.rows.get(conv), this.thread(conv).events, this.seen(conv));
    this.store.put('unread', conv, n || undefined);
  }

  #sweep(): void {
    const now = this.now();
    this.offers({ type: 'sweep', now });
    this.#ring();
    for (const name of ['typing', 'peek'] as const) {
      for (const [conv, { until }] of this.store.state[name]) if (until < now) this.store.put(name, conv, undefined);
    }
    const { back } = this.store.state;
    if (back && now - back.at > 3_000) this.store.set({ back: null });
  }
}
