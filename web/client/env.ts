/** What a connection needs from its surroundings; tests hand in their own. */
export interface Env {
  /** Unix milliseconds of this device; it may be wrong, hello corrects it. */
  now(): number;
  /** Fills bytes with randomness good enough for keys and jitter. */
  random(bytes: Uint8Array): void;
  /** Calls run once after ms; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
  open(url: string, protocol: string): Socket;
}

/** The part of a WebSocket that is used. */
export interface Socket {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
}

/** A place that survives a reload, such as localStorage; it may refuse to keep anything. */
export interface Store {
  get(name: string): string | null;
  set(name: string, value: string): void;
  remove(name: string): void;
  /** Names that start with prefix, in no order. */
  names(prefix: string): string[];
}

/** The device's own clock, randomness, timers and sockets. */
export function system(): Env {
  return {
    now: () => Date.now(),
    random: (bytes) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    open: (url, protocol) => new WebSocket(url, protocol) as unknown as Socket,
  };
}

/** A Store that forgets on reload: for tests, and where the browser keeps nothing for us. */
export function memory(): Store {
  const kept = new Map<string, string>();
  return {
    get: (name) => kept.get(name) ?? null,
    set: (name, value) => void kept.set(name, value),
    remove: (name) => void kept.delete(name),
    names: (prefix) => [...kept.keys()].filter((name) => name.startsWith(prefix)),
  };
}

/** A number from 0 up to but without 1. */
export function fraction(env: Env): number {
  const bytes = new Uint8Array(4);
  env.random(bytes);
  return new DataView(bytes.buffer).getUint32(0) / 2 ** 32;
}
