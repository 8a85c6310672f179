/** What a page may call as window.$parley. */
interface Verbs {
  open(): void;
  close(): void;
  toggle(): void;
}

interface Told {
  id: string;
  /** Unix milliseconds. */
  at: number;
  type: string;
  data: object;
}

type Listener = (told: Told) => void;

/**
 * Puts window.$parley up and answers the function that tells its listeners. Calls
 * that the page queued before this script came (`$parley = $parley || []`, then
 * `$parley.push(['open'])`) are carried out now, in order; none is lost.
 */
export function api(verbs: Verbs): (type: string, data: object) => void {
  const page = window as unknown as { $parley?: unknown };
  const early = Array.isArray(page.$parley) ? (page.$parley as [string, ...unknown[]][]) : [];
  const listeners = new Map<string, Set<Listener>>();
  let count = 0;
  const parley = {
    ...verbs,
    /** Listens to one kind of event, or to all with '*'. The answer stops it. */
    on(type: string, listener: Listener): () => void {
      if (!listeners.has(type)) listeners.set(type, new Set());
      listeners.get(type)!.add(listener);
      return () => void listeners.get(type)!.delete(listener);
    },
    push(call: [string, ...unknown[]]): void {
      const verb = (parley as unknown as Record<string, unknown>)[call[0]];
      if (typeof verb === 'function') verb(...call.slice(1));
    },
  };
  page.$parley = parley;
  queueMicrotask(() => early.forEach(parley.push));
  return (type, data) => {
    const told = { id: String(++count), at: Date.now(), type, data };
    for (const name of [type, '*']) {
      listeners.get(name)?.forEach((listener) => {
        try {
          listener(told);
        } catch (error) {
          console.error(error); // the page's own fault must not stop the chat
        }
      });
    }
    window.dispatchEvent(new CustomEvent(`parley:${type}`, { detail: told }));
  };
}
