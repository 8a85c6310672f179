import type { Centre, Item, Limits, Named, Role, Row, State as Net } from '@parley/client';
import { useSyncExternalStore } from 'react';
import type { AgentView, Me, QueueView } from './me';
import type { OfferCard } from './offers';

export interface Toast {
  id: number;
  words: string;
  bad?: boolean;
  action?: { name: string; run: () => void };
}

/** Everything the pages show. Parts are replaced, never changed in place: a selector's answer can be compared. */
export interface State {
  net: Net;
  /** Lines that arrived with the last reconnect, shown for a moment. */
  back: { lines: number; at: number } | null;
  self: (Named & { role: Role }) | null;
  centre: Centre | null;
  limits: Limits;
  me: Me | null;
  rows: ReadonlyMap<string, Row>;
  /** Customer lines not seen yet, by conversation. */
  unread: ReadonlyMap<string, number>;
  /** Who is typing where; until = server's time after which it no longer counts. */
  typing: ReadonlyMap<string, { name: string; kind: string; until: number }>;
  peek: ReadonlyMap<string, { text: string; until: number }>;
  /** Rises when the loaded lines of a conversation change. */
  lines: ReadonlyMap<string, number>;
  offers: readonly OfferCard[];
  outbox: readonly Item[];
  notes: readonly Item[];
  queues: readonly QueueView[] | null;
  agents: ReadonlyMap<string, AgentView> | null;
  /** Server's time of the newest figures. */
  figuresAt: number;
  toast: Toast | null;
}

export const DEFAULT_LIMITS: Limits = { text: 10_000, file_bytes: 26_214_400, files: 10, ping_ms: 25_000, frame_bytes: 65_536 };

export function empty(): State {
  return {
    net: { kind: 'idle' },
    back: null,
    self: null,
    centre: null,
    limits: DEFAULT_LIMITS,
    me: null,
    rows: new Map(),
    unread: new Map(),
    typing: new Map(),
    peek: new Map(),
    lines: new Map(),
    offers: [],
    outbox: [],
    notes: [],
    queues: null,
    agents: null,
    figuresAt: 0,
    toast: null,
  };
}

export class Store {
  state: State = empty();
  #listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** Replaces one entry of a map; undefined takes it out. */
  put<K extends 'rows' | 'unread' | 'typing' | 'peek' | 'lines'>(name: K, key: string, value: ValueOf<State[K]> | undefined): void {
    const old = this.state[name] as ReadonlyMap<string, unknown>;
    if (old.get(key) === value) return;
    const next = new Map(old);
    if (value === undefined) next.delete(key);
    else next.set(key, value);
    this.set({ [name]: next } as Partial<State>);
  }
}

type ValueOf<M> = M extends ReadonlyMap<string, infer V> ? V : never;

/** Reads a part of the store; select must answer the same object while nothing changed. */
export function useStore<T>(store: Store, select: (state: State) => T): T {
  return useSyncExternalStore(store.subscribe, () => select(store.state));
}
