import { expect, test } from 'vitest';
import go from '../../gateway/protocol/codes.go?raw';
import { CODES } from './codes';

// The one table is Go's. A code that retries there and fails here would show
// "Not sent" for a line that only needed a moment.
test('codes are those of the gateway', () => {
  const names = Object.fromEntries([...go.matchAll(/^\t(\w+)\s+= "(\w+)"$/gm)].map((m) => [m[1], m[2]]));
  const does: Record<string, string> = { Fix: 'fix', Retry: 'retry', SignIn: 'sign_in', Stop: 'stop' };
  const rows = [...go.matchAll(/^\t\{(?:(\w+)|"(\w+)"), http\.\w+, (\w+),/gm)].map((m) => [m[2] ?? names[m[1]!], does[m[3]!]]);
  expect(rows.length).toBeGreaterThan(20);
  expect(CODES).toEqual(Object.fromEntries(rows.filter(([, what]) => what !== 'stop')));
});
