import { describe, expect, test } from 'vitest';
import { bytes, emailFault, estimate, inLine, links, middle, onlyEmoji } from './format';
import { initials } from './icon';

test.each([
  [1, 'You are next in line'],
  [2, 'You are second in line'],
  [10, 'You are tenth in line'],
  [11, 'You are number 11 in line'],
])('place %i', (position, want) => expect(inLine(position)).toBe(want));

test.each([
  [undefined, ''],
  [0, ''],
  [10_000, 'Less than a minute.'],
  [61_000, 'About 1 minute.'],
  [150_000, 'About 3 minutes.'],
  [2 * 3_600_000, 'More than an hour.'],
])('wait of %s ms', (ms, want) => expect(estimate(ms)).toBe(want));

describe('links', () => {
  test.each([
    ['no link here', ['no link here']],
    ['see https://a.example/x?y=1#z.', ['see ', '>https://a.example/x?y=1#z', '.']],
    ['(http://a.example)', ['(', '>http://a.example', ')']],
    ['javascript:alert(1) data:text/html,x', ['javascript:alert(1) data:text/html,x']],
    ['https://a.example"onclick="x', ['>https://a.example', '"onclick="x']],
  ])('%s', (text, want) => {
    expect(links(text).map((p) => (p.href ? '>' : '') + p.text)).toEqual(want);
    expect(links(text).map((p) => p.text).join('')).toBe(text);
  });
});

test.each([
  ['🙏', true],
  ['👨‍👩‍👧 🇵🇹', true],
  ['🙏🙏🙏🙏', false],
  ['1', false],
  ['ok 🙏', false],
  ['', false],
])('only emoji: %s', (text, want) => expect(onlyEmoji(text)).toBe(want));

test.each([
  ['anna@posteo.example', ''],
  ['anna@posteo', 'Looks unfinished: is there a .de or .com?'],
  ['anna', 'An e-mail address has an @ in the middle'],
  ['an na@posteo.de', 'There is a space in this address'],
])('e-mail %s', (email, want) => expect(emailFault(email)).toBe(want));

test('names', () => {
  expect(initials('Marta Kowalczyk')).toBe('MK');
  expect(initials('  محمد  ')).toBe('م');
  expect(initials('')).toBe('?');
  expect(middle('a rather long name of an invoice.pdf', 20)).toMatch(/^a rat.*….*\.pdf$/);
  expect(bytes(1_500_000)).toBe('1.4 MB');
});
