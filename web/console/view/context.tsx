import { createContext, useContext, useEffect, useState } from 'react';
import type { Live } from '../live/live';
import { type State, useStore } from '../live/store';

const Context = createContext<Live | null>(null);
export const LiveProvider = Context.Provider;

export function useLive(): Live {
  const live = useContext(Context);
  if (!live) throw new Error('outside of a session');
  return live;
}

/** A part of the live picture. select must answer the same object while nothing changed. */
export function useLiveState<T>(select: (state: State) => T): T {
  return useStore(useLive().store, select);
}

/** The server's time, again every `every` ms on the full step, so that clocks tick together. */
export function useNow(every = 1_000): number {
  const live = useContext(Context);
  const read = () => (live ? live.now() : Date.now());
  const [now, set] = useState(read);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      set(read());
      timer = setTimeout(tick, every - (read() % every) + 5);
    };
    tick();
    return () => clearTimeout(timer);
  }, [live, every]);
  return now;
}
