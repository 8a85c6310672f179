import type { Conv, Event, Item } from '@parley/client';
import { expect, test } from 'vitest';
import { type Line, lines } from './lines';

const now = new Date(2026, 0, 5, 15).getTime();
const MARTA = { kind: 'agent', id: 'agt_1', name: 'Marta' };
const ME = { kind: 'customer', id: 'ctc_1', name: 'Anna' };
const conv = { conv: 'c', number: 1, status: 'open', seq: 9, started_at: now, delivered: 4, seen: 2 } as Conv;
const event = (seq: number, ev: string, body: object, at = now - 60_000): Event => ({ ev, conv: 'c', seq, at, body: body as Event['body'] });
const said = (seq: number, from: object, text: string, at?: number) => event(seq, 'message', { from, text, key: `k${seq}` }, at);
const item = (over: Partial<Item>): Item => ({ key: 'x', conv: 'c', text: 'x', at: now, state: 'waiting', tried: false, ...over });
const given = { events: [] as Event[], echoes: [], items: [] as Item[], conv, online: true, now };
const only = (all: ReturnType<typeof lines>) => all.filter((l): l is Line => l.kind === 'line');

test('lines of one sender stand together, and apart after a while', () => {
  const all = only(lines({ ...given, events: [said(1, ME, 'a'), said(2, ME, 'b'), said(3, MARTA, 'c'), said(4, MARTA, 'd', now + 200_000)] }));
  expect(all.map((l) => [l.text, l.first, l.last])).toEqual([
    ['a', true, false],
    ['b', false, true],
    ['c', true, true],
    ['d', true, true],
  ]);
});

test('how far an own line has come, and which is the newest', () => {
  const all = only(
    lines({
      ...given,
      events: [said(2, ME, 'a'), said(4, ME, 'b'), said(5, ME, 'c')],
      items: [item({ key: 'f', state: 'failed' }), item({ key: 's', state: 'sending' })],
    }),
  );
  expect(all.map((l) => l.progress)).toEqual(['seen', 'delivered', 'sent', 'failed', 'sending']);
  expect(all.map((l) => l.newest ?? false)).toEqual([false, false, false, false, true]);
});

test('while nobody has it a line is kept; without a connection it goes out later', () => {
  expect(only(lines({ ...given, conv: { ...conv, status: 'new', delivered: 0, seen: 0 }, events: [said(5, ME, 'a')] }))[0]!.progress).toBe('kept');
  expect(only(lines({ ...given, online: false, items: [item({})] }))[0]!.progress).toBe('offline');
});

test('what happened is told in words; what changes nothing is not', () => {
  const all = lines({
    ...given,
    events: [
      event(1, 'started', { greeting: 'Hello' }),
      event(2, 'assigned', { agent: MARTA, how: 'accepted' }),
      event(3, 'other', {}),
      event(4, 'resolved', { by: 'agent' }),
      event(5, 'reopened', { by_customer: true }),
      event(6, 'closed', { reason: 'max_wait' }),
    ],
  });
  expect(all.map((l) => (l.kind === 'note' ? l.text : ''))).toEqual([
    'Today',
    'Hello',
    'You are talking to Marta',
    'Marta marked this as solved',
    'Nobody was free in time. Write again, and you are back in line',
  ]);
});
