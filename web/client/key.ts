import type { Env } from './env';

/**
 * Makes a UUIDv7 (RFC 9562, section 5.7): 48 bits of unix milliseconds, then
 * randomness. at is the server's time: the engine refuses keys far from its own
 * clock, and a customer's clock may be off by years.
 */
export function makeKey(env: Env, at: number): string {
  const b = new Uint8Array(16);
  env.random(b);
  const view = new DataView(b.buffer);
  view.setUint16(0, Math.floor(at / 2 ** 32));
  view.setUint32(2, at >>> 0);
  b[6] = (b[6]! & 0x0f) | 0x70;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const hex = [...b].map((x) => x.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Makes a visitor's secret: 32 random bytes as 43 characters of base64url. */
export function makeSecret(env: Env): string {
  const b = new Uint8Array(32);
  env.random(b);
  return btoa(String.fromCharCode(...b))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
