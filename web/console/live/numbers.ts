/** Which conversation a number of an address stands for: numbers are for people, the protocol speaks identifiers. */
const NAME = 'parley.numbers';
const MOST = 300;

function load(): [number, string][] {
  try {
    const list = JSON.parse(localStorage.getItem(NAME) ?? '[]') as [number, string][];
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** Keeps the last 300, over a reload. */
export function remember(number: number, conv: string): void {
  const list = load();
  if (list.some(([n, c]) => n === number && c === conv)) return;
  try {
    localStorage.setItem(NAME, JSON.stringify([...list.filter(([n]) => n !== number), [number, conv]].slice(-MOST)));
  } catch {
    // Full: after a reload this address asks to be opened from a list again.
  }
}

export function convOf(number: number): string | undefined {
  return load().find(([n]) => n === number)?.[1];
}
