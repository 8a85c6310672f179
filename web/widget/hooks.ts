import { useEffect, useReducer, useState } from 'preact/hooks';
import type { Emitter } from '@parley/client';

/** Draws again on each change of a session. */
export function useChanges(source: Emitter<{ change: null; say: string }>): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => source.on('change', () => again(0)), [source]);
}

/** The device's time, told anew each ms while wanted. */
export function useClock(ms: number, wanted: boolean): number {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    if (!wanted) return;
    set(Date.now());
    const timer = setInterval(() => set(Date.now()), ms);
    return () => clearInterval(timer);
  }, [ms, wanted]);
  return now;
}
