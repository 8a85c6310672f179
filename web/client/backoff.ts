import { type Env, fraction } from './env';

export const FIRST_MS = 500;
export const LONGEST_MS = 30_000;

/**
 * How long to wait before reconnecting after `tries` failures in a row, in ms.
 * Doubles up to LONGEST_MS; the upper half is random, so that ten thousand clients
 * of a node that died do not come back in one instant.
 */
export function backoff(env: Env, tries: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
  return Math.round(full / 2 + (fraction(env) * full) / 2);
}
