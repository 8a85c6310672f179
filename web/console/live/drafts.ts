import type { Store } from '@parley/client';

export type Mode = 'reply' | 'note';

/** Drafts of one agent, per conversation and mode, in a store that survives a reload. */
export class Drafts {
  #store: Store;
  #prefix: string;

  constructor(store: Store, agent: string) {
    this.#store = store;
    this.#prefix = `parley.draft.${agent}.`;
  }

  get(conv: string, mode: Mode): string {
    return this.#store.get(`${this.#prefix}${conv}.${mode}`) ?? '';
  }

  /** Keeps text; white space alone is no draft. */
  set(conv: string, mode: Mode, text: string): void {
    const name = `${this.#prefix}${conv}.${mode}`;
    if (text.trim() === '') this.#store.remove(name);
    else this.#store.set(name, text);
  }
}
