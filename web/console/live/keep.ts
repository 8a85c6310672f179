import { memory, type Store } from '@parley/client';

/** localStorage as a Store. A full or forbidden storage keeps nothing and breaks nothing. */
export function local(): Store {
  let storage: Storage;
  try {
    storage = window.localStorage;
    storage.getItem('parley');
  } catch {
    return memory();
  }
  const spare = memory();
  return {
    get: (name) => spare.get(name) ?? storage.getItem(name),
    set: (name, value) => {
      try {
        storage.setItem(name, value);
        spare.remove(name);
      } catch {
        // Full: this page still knows it.
        spare.set(name, value);
      }
    },
    remove: (name) => {
      spare.remove(name);
      storage.removeItem(name);
    },
    names: (prefix) => [...new Set([...Object.keys(storage), ...spare.names('')])].filter((n) => n.startsWith(prefix)),
  };
}
