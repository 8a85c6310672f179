/** Tells listeners by name. A listener that throws does not keep the others from hearing. */
export class Emitter<Map> {
  #listeners = new globalThis.Map<keyof Map, Set<(value: never) => void>>();

  /** Adds a listener; the answer removes it. */
  on<K extends keyof Map>(name: K, listener: (value: Map[K]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set);
    set.add(listener as (value: never) => void);
    return () => void set.delete(listener as (value: never) => void);
  }

  emit<K extends keyof Map>(name: K, value: Map[K]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        (listener as (value: Map[K]) => void)(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
