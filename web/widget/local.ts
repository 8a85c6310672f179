import { memory, type Store } from '@parley/client';

/**
 * The frame's own localStorage. Where the browser keeps nothing for frames of
 * another site, the visitor is somebody new after a reload and the chat works.
 */
export function local(): Store {
  try {
    const probe = 'parley:probe';
    localStorage.setItem(probe, '1');
    localStorage.removeItem(probe);
  } catch {
    return memory();
  }
  return {
    get: (name) => localStorage.getItem(name),
    set: (name, value) => {
      try {
        localStorage.setItem(name, value);
      } catch {
        // Full: the line still goes out, it only would not survive a reload.
      }
    },
    remove: (name) => localStorage.removeItem(name),
    names: (prefix) => Object.keys(localStorage).filter((name) => name.startsWith(prefix)),
  };
}
