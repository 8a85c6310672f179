import { backoff, LONGEST_MS } from './backoff';
import { Emitter } from './emitter';
import { type Env, fraction, type Socket, system } from './env';
import { afterClose, DISCONNECTED, NO_ANSWER, OFFLINE, Refusal } from './errors';
import { makeKey } from './key';
import { Streams } from './streams';
import type { Event, HelloBody, HelloOK, HistoryOK, Push, WireError } from './wire';

export const PROTOCOL = 'parley.v1';

/** An answer that takes longer than this means that the connection is dead. */
export const ANSWER_MS = 15_000;
/** How long `call` goes on trying with one key. */
export const PATIENCE_MS = 20_000;
/** Frames that the server calls broken this often in a row are a fault of ours: reconnecting will not mend them. */
const BROKEN_LIMIT = 3;

export type State =
  | { kind: 'idle' }
  | { kind: 'connecting'; since: number }
  | { kind: 'online' }
  /** Not connected since `since`; the next try is at retryAt (device's clock). */
  | { kind: 'waiting'; since: number; retryAt: number }
  /** Will not try again by itself. code `sign_in_again` asks for a new token. */
  | { kind: 'stopped'; error: WireError };

export interface Options {
  /** ws: or wss: address of the gateway's socket. */
  url: string;
  /** The first frame, asked for at each connect; resume is filled in here. */
  hello: () => Omit<HelloBody, 'resume'>;
  env?: Env;
}

interface Heard {
  state: State;
  /** Signed in; what was missed follows as ordinary events. */
  hello: HelloOK;
  /** Each event of a followed conversation once, in order, without a gap. */
  event: Event;
  push: Push;
  /** The past of this conversation is too far behind to be sent: load it again. */
  reset: { conv: string };
}

interface Asked {
  resolve: (ok: never) => void;
  reject: (refusal: Refusal) => void;
  cancel: () => void;
}

/** One signed-in session over one socket after another. */
export class Connection extends Emitter<Heard> {
  readonly env: Env;
  readonly streams: Streams;
  state: State = { kind: 'idle' };
  /** Server's clock minus this device's, in ms; 0 until the first hello. */
  offset = 0;

  #options: Options;
  #socket: Socket | null = null;
  #asked = new Map<number, Asked>();
  #nextId = 1;
  #tries = 0;
  #broken = 0;
  #lostAt = 0;
  #heardAt = 0;
  #byeMs = 0;
  #cancelRetry = () => {};

  constructor(options: Options) {
    super();
    this.#options = options;
    this.env = options.env ?? system();
    this.streams = new Streams(
      (conv, after) => this.request<HistoryOK>('history', { conv, after, limit: 200 }),
      (event) => this.emit('event', event),
    );
  }

  get online(): boolean {
    return this.state.kind === 'online';
  }

  /** The server's time as far as this client knows. */
  now(): number {
    return this.env.now() + this.offset;
  }

  /** A new key for a command. */
  key(): string {
    return makeKey(this.env, this.now());
  }

  start(): void {
    if (this.state.kind === 'idle' || this.state.kind === 'stopped') this.#connect();
  }

  /** Closes and stays closed until start. */
  stop(): void {
    this.#cancelRetry();
    this.#drop(1000);
    this.#set({ kind: 'idle' });
  }

  /** Tries at once instead of at retryAt. */
  retry(): void {
    if (this.state.kind === 'waiting') this.#connect();
  }

  /**
   * Asks whether a connection that looks alive is: for the moment a tab comes back
   * to the front or the device says it is online again. Browsers hide the server's
   * pings, so silence alone proves nothing.
   */
  probe(): void {
    this.retry();
    if (!this.online || this.env.now() - this.#heardAt < 5_000) return;
    const conv = this.streams.cursors()[0];
    if (conv) void this.request('history', { conv: conv.conv, limit: 1 }).catch(() => {});
  }

  /**
   * Sends one command over the present connection and waits for its answer.
   * Errors: Refusal; with code no_connection, disconnected or no_answer nobody knows
   * whether it was done, and the same key may be sent again.
   */
  request<T = Record<string, never>>(cmd: string, body: object, key?: string): Promise<T> {
    if (!this.online) return Promise.reject(refused(OFFLINE, 'No connection'));
    return this.#ask<T>(cmd, body, key);
  }

  /**
   * Does one command, over reconnects and "busy" alike, under one key, until it is
   * answered or patience (ms) has passed. Errors: Refusal.
   */
  async call<T = Record<string, never>>(cmd: string, body: object, patience = PATIENCE_MS, key = this.key()): Promise<T> {
    const until = this.env.now() + patience;
    for (;;) {
      try {
        return await this.request<T>(cmd, body, key);
      } catch (error) {
        const refusal = error as Refusal;
        const wait = Math.max(refusal.retryAfter, 250);
        if (refusal.do !== 'retry' || this.state.kind === 'stopped' || this.env.now() + wait > until) throw refusal;
        await new Promise<void>((resolve) => void this.env.after(wait, resolve));
      }
    }
  }

  /** Sends a volatile command: no answer, no second try, dropped when not connected. */
  tell(cmd: string, body: object): void {
    if (this.online) this.#socket?.send(JSON.stringify({ cmd, body }));
  }

  #ask<T>(cmd: string, body: object, key?: string): Promise<T> {
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      const cancel = this.env.after(ANSWER_MS, () => {
        this.#asked.delete(id);
        reject(refused(NO_ANSWER, 'No answer'));
        this.#lost(4408, 'no answer');
      });
      this.#asked.set(id, { resolve: resolve as (ok: never) => void, reject, cancel });
      this.#socket?.send(JSON.stringify({ id, cmd, key, body }));
    });
  }

  #connect(): void {
    this.#cancelRetry();
    this.#drop(1000);
    this.#lostAt ||= this.env.now();
    this.#set({ kind: 'connecting', since: this.#lostAt });
    const socket = this.env.open(this.#options.url, PROTOCOL);
    this.#socket = socket;
    // A host that swallows packets never says no: give up waiting ourselves.
    const cancel = this.env.after(ANSWER_MS, () => this.#socket === socket && this.#lost(4408, 'no connection'));
    this.#cancelRetry = cancel;
    socket.onopen = () => {
      if (this.#socket !== socket) return;
      cancel();
      this.#hello(socket);
    };
    socket.onmessage = ({ data }) => {
      if (this.#socket === socket && typeof data === 'string') this.#frame(data);
    };
    socket.onclose = ({ code, reason }) => {
      if (this.#socket === socket) this.#lost(code, reason);
    };
  }

  #hello(socket: Socket): void {
    const body: HelloBody = { ...this.#options.hello(), resume: this.streams.cursors() };
    this.#ask<HelloOK>('hello', body).then(
      (ok) => {
        if (this.#socket !== socket) return;
        this.#tries = 0;
        this.#broken = 0;
        this.#lostAt = 0;
        this.offset = ok.now - this.env.now();
        this.#set({ kind: 'online' });
        for (const { conv, too_old } of ok.resumed ?? []) {
          if (!too_old) continue;
          this.streams.forget(conv);
          this.emit('reset', { conv });
        }
        // Those not resumed go on from their present end; their past is history's.
        for (const { conv, seq } of ok.conversations ?? []) {
          if (this.streams.cursor(conv) === undefined) this.streams.follow(conv, seq);
        }
        this.emit('hello', ok);
      },
      (refusal: Refusal) => {
        if (this.#socket !== socket) return;
        if (refusal.do === 'retry') this.#lost(4408, refusal.message, refusal.retryAfter);
        else this.#halt({ code: refusal.code, message: refusal.message, details: refusal.details });
      },
    );
  }

  #frame(text: string): void {
    this.#heardAt = this.env.now();
    let frame: { re?: number; ok?: never; error?: WireError; ev?: string; seq?: number; body?: unknown };
    try {
      frame = JSON.parse(text);
    } catch {
      return this.#lost(4400, 'not JSON');
    }
    if (frame.re !== undefined) {
      const asked = this.#asked.get(frame.re);
      this.#asked.delete(frame.re);
      asked?.cancel();
      if (frame.error) asked?.reject(new Refusal(frame.error));
      else asked?.resolve((frame.ok ?? {}) as never);
    } else if (typeof frame.ev === 'string') {
      if (typeof frame.seq === 'number') this.streams.accept(frame as Event);
      else this.#push(frame as Push);
    }
  }

  #push(push: Push): void {
    if (push.ev === 'bye') this.#byeMs = Number((push.body as { reconnect_ms?: number })?.reconnect_ms ?? 0);
    this.emit('push', push);
  }

  /** The present socket is of no more use. */
  #lost(code: number, reason: string, wait = 0): void {
    this.#drop(code >= 4000 ? code : 1000);
    const what = afterClose(code);
    if (what === 'fix') this.#broken++;
    if (what === 'sign_in') return this.#halt({ code: 'sign_in_again', message: reason });
    if (what === 'stop') return this.#halt({ code: 'not_allowed', message: reason });
    if (this.#broken >= BROKEN_LIMIT) return this.#halt({ code: 'broken_frames', message: reason });
    this.#lostAt ||= this.env.now();
    let delay = backoff(this.env, this.#tries++);
    if (code === 4429) delay = Math.max(delay, LONGEST_MS / 6);
    if (wait > 0) delay = Math.max(delay, wait);
    // The server says when it expects to be back; spread out, or all come at once.
    if (this.#byeMs > 0) delay = Math.min(LONGEST_MS, Math.round(this.#byeMs * (1 + fraction(this.env) / 2)));
    this.#byeMs = 0;
    const retryAt = this.env.now() + delay;
    this.#cancelRetry = this.env.after(delay, () => this.#connect());
    this.#set({ kind: 'waiting', since: this.#lostAt, retryAt });
  }

  #halt(error: WireError): void {
    this.#cancelRetry();
    this.#drop(1000);
    this.#set({ kind: 'stopped', error });
  }

  #drop(code: number): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      // Browsers throw for codes outside 1000 and 3000-4999; close of a closed one is harmless.
      socket.close(code);
    }
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const { reject, cancel } of asked) {
      cancel();
      reject(refused(DISCONNECTED, 'The connection was lost'));
    }
  }

  #set(state: State): void {
    this.state = state;
    this.emit('state', state);
  }
}

function refused(code: string, message: string): Refusal {
  return new Refusal({ code, message });
}
