import type { Env, Socket } from './env';
import type { HelloOK } from './wire';

export interface Frame {
  id?: number;
  cmd: string;
  key?: string;
  body: Record<string, unknown>;
}

/** One connection as the server of a test sees it. */
export class Peer {
  readonly frames: Frame[] = [];
  closed: number | null = null;
  #socket: FakeSocket;

  constructor(socket: FakeSocket) {
    this.#socket = socket;
  }

  heard(frame: Frame): void {
    this.frames.push(frame);
  }

  of(cmd: string): Frame[] {
    return this.frames.filter((f) => f.cmd === cmd);
  }

  say(frame: object): void {
    this.#socket.onmessage?.({ data: JSON.stringify(frame) });
  }

  ok(frame: Frame, ok: object = {}): void {
    this.say({ re: frame.id, ok });
  }

  refuse(frame: Frame, code: string, retry_after_ms?: number): void {
    this.say({ re: frame.id, error: { code, message: code, retry_after_ms } });
  }

  drop(code = 1006): void {
    this.#socket.onclose?.({ code, reason: '' });
  }
}

class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  peer = new Peer(this);

  send(text: string): void {
    this.peer.heard(JSON.parse(text) as Frame);
  }

  close(code = 1000): void {
    this.peer.closed = code;
  }
}

/** A world for tests: time moves only by `pass`, sockets open only by `open`. */
export class World implements Env {
  time = 1_000_000;
  readonly peers: Peer[] = [];
  #sockets: FakeSocket[] = [];
  #timers: { at: number; run: () => void }[] = [];
  #dice = 1;

  now(): number {
    return this.time;
  }

  random(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      this.#dice = (this.#dice * 1_103_515_245 + 12_345) % 2 ** 31;
      bytes[i] = this.#dice >> 16;
    }
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((t) => t !== timer));
  }

  open(): Socket {
    const socket = new FakeSocket();
    this.#sockets.push(socket);
    this.peers.push(socket.peer);
    return socket;
  }

  get peer(): Peer {
    return this.peers.at(-1)!;
  }

  /** Opens the newest socket and answers its hello. */
  async connect(ok: Partial<HelloOK> = {}): Promise<Peer> {
    this.#sockets.at(-1)!.onopen!();
    this.peer.ok(this.peer.of('hello')[0]!, { now: this.time, session: 's', self: {}, limits: {}, ...ok });
    await settle();
    return this.peer;
  }

  async pass(ms: number): Promise<void> {
    await settle();
    const until = this.time + ms;
    for (;;) {
      const next = this.#timers.filter((t) => t.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((t) => t !== next);
      this.time = next.at;
      next.run();
      await settle();
    }
    this.time = until;
    await settle();
  }
}

/** Lets promises that are due run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
