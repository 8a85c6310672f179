import { expect, test } from 'vitest';
import { COMMANDS, commandOf } from './keys';

const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

test.each([
  ['a lone letter', { ...none, key: 'e' }, 'resolve'],
  ['with Shift it is another key', { ...none, key: 'E', shiftKey: true }, undefined],
  ['AltGr is no modifier of ours', { ...none, key: 'y', ctrlKey: true, altKey: true, shiftKey: true }, undefined],
  ['accept anywhere', { ...none, key: 'Y', ctrlKey: true, shiftKey: true }, 'accept'],
  ['what the browser keeps', { ...none, key: 'n', ctrlKey: true }, undefined],
  ['the sheet', { ...none, key: '?', shiftKey: true }, '?'],
  ['back', { ...none, key: 'Escape' }, 'back'],
])('%s', (_, e, want) => expect(commandOf(e, false)?.id).toBe(want));

test('each command has a key of its own', () => {
  const all = COMMANDS.map((c) => c.keys.join('+'));
  expect(new Set(all).size).toBe(all.length);
});
