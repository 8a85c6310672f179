import { describe, expect, test } from 'vitest';
import { clock, day, size, stamp } from './clock';
import { colour, emojiOnly, initials, length, middle, pieces } from './text';

test.each([
  [-5, '0:00'], [0, '0:00'], [8_400, '0:08'], [161_000, '2:41'], [3_599_999, '59:59'], [3_600_000, '1:00 h'], [7_865_000, '2:11 h'],
])('%d ms are %s', (ms, want) => expect(clock(ms)).toBe(want));

describe('a moment, as short as it can be told apart', () => {
  const now = new Date(2026, 10, 24, 14, 34).getTime();
  test.each([
    ['today', new Date(2026, 10, 24, 9, 5), '09:05'],
    ['last night', new Date(2026, 10, 23, 23, 59), 'Mon 23:59'],
    ['six days ago', new Date(2026, 10, 18, 8, 0), 'Wed 08:00'],
    ['this year', new Date(2026, 9, 3, 8, 0), '3 Oct'],
    ['older', new Date(2025, 9, 3, 8, 0), '3 Oct 2025'],
  ])('%s', (_, at, want) => expect(stamp(at.getTime(), now, 'en-GB')).toBe(want));
  test('days', () => {
    expect(day(new Date(2026, 10, 24).getTime(), now, 'en-GB')).toBe('Today, 24 November');
    expect(day(new Date(2026, 10, 23).getTime(), now, 'en-GB')).toBe('Yesterday, 23 November');
  });
});

test.each([[12, '12 B'], [184_000, '184 KB'], [2_440_000, '2.4 MB'], [26_214_400, '26 MB']])('%d bytes are %s', (n, want) => expect(size(n)).toBe(want));

test.each([
  ['🙏', true], ['👍🏽👍', true], ['❤️ 🎉', true], ['👨‍👩‍👧‍👦', true], ['🇩🇪', true], ['ok 👍', false], ['🙏🙏🙏🙏', false], ['', false], ['12', false],
])('%s large: %s', (text, want) => expect(emojiOnly(text)).toBe(want));

test('only http and https become links, without the full stop behind them', () => {
  expect(pieces('see https://x.example/a?b=1. Or javascript:alert(1)')).toEqual([
    { text: 'see ' }, { text: 'https://x.example/a?b=1', href: 'https://x.example/a?b=1' }, { text: '. Or javascript:alert(1)' },
  ]);
});

test('names and lengths', () => {
  expect([initials('Anna-Lena von Weißenfels'), initials('Marta'), initials('دانا حدّاد'), initials('')]).toEqual(['AW', 'MA', 'دح', '']);
  expect(length('👍é')).toBe(2);
  expect(middle('Packliste_NO-20931_Karton-2-von-2.pdf', 24)).toBe('Packliste_N….2-von-2.pdf'.replace('.2', '-2'));
  expect(colour('agt_1')).toBe(colour('agt_1'));
});
