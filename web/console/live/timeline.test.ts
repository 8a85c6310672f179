import type { Event, Item } from '@parley/client';
import { describe, expect, test } from 'vitest';
import type { Act, Line, Look, TimelineItem } from './timeline';
import { timeline } from './timeline';

const marta = { id: 'agt_1', name: 'Marta' };
const jonas = { id: 'agt_2', name: 'Jonas' };
const customer = { kind: 'customer' as const, id: 'ctc_1', name: 'Anna' };
const look: Look = { self: 'agt_1', name: 'Marta', row: undefined, divider: Infinity, outbox: [], notes: [] };
const NOON = new Date(2026, 10, 22, 12).getTime();

let seq = 0;
function event(ev: string, body: object = {}, at = NOON): Event {
  return { ev, conv: 'c', seq: ++seq, at, body: body as Record<string, unknown> };
}
const says = (text: string, at = NOON) => event('message', { from: customer, text }, at);
const answers = (text: string, at = NOON, more = {}) => event('message', { from: { kind: 'agent', ...marta }, text, ...more }, at);
const lines = (items: TimelineItem[]) => items.filter((i): i is Line => i.kind === 'line');
const text = (act: TimelineItem) => (act as Act).parts.map((p) => (typeof p === 'string' ? p : p.b)).join('');
const acts = (events: Event[]) => timeline(events, look).filter((i) => i.kind === 'act').map(text);

describe('the way through a queue is one sentence', () => {
  test('lapsed at one, accepted by the reader', () => {
    const events = [
      event('queued', { queue: { id: 'q', name: 'Sales' } }),
      event('offered', { offer: 'o1', agent: jonas }),
      event('offer_ended', { offer: 'o1', agent: jonas, why: 'lapsed' }),
      event('queued', { queue: { id: 'q', name: 'Sales' } }),
      event('offered', { offer: 'o2', agent: marta }),
      event('assigned', { agent: marta, how: 'accepted' }, NOON + 38_000),
    ];
    expect(acts(events)).toEqual(['Waited 0:38. Jonas let the offer lapse, you accepted.']);
    expect(acts(events.slice(0, 5))).toEqual(['Waits in Sales. Jonas let the offer lapse. Offered to you.']);
  });

  test.each([
    ['picked', { agent: marta, how: 'picked' }, 'You picked it.'],
    ['by hand', { agent: marta, how: 'by_hand', by: jonas }, 'Jonas assigned it to you.'],
    ['returned', { agent: jonas, how: 'returned' }, 'Back with Jonas.'],
    ['reopened', { agent: marta, how: 'reopened' }, 'You reopened it.'],
  ])('%s', (_, body, want) => expect(acts([event('assigned', body)])).toEqual([want]));

  test('what ends, by whom', () => {
    expect(acts([event('resolved', { by: 'customer' }), says('x'), event('closed', { reason: 'timer' }), says('x'), event('rated', { score: 'bad', comment: 'slow' })])).toEqual([
      'The customer ended it', 'Closed: nobody wrote any more', 'Rated bad: “slow”',
    ]);
  });
});

describe('lines', () => {
  test('of one author within two minutes stand together', () => {
    const items = lines(timeline([says('a'), says('b', NOON + 60_000), says('c', NOON + 200_000), answers('d', NOON + 201_000)], look));
    expect(items.map((l) => [l.text, l.cont, l.tail])).toEqual([['a', false, false], ['b', true, true], ['c', false, true], ['d', false, true]]);
  });

  test('how far an own line has got, by the watermarks of the customer', () => {
    const events = [answers('one'), answers('two', NOON + 300_000), answers('three', NOON + 600_000)];
    const [first, second] = events as [Event, Event];
    const row = { seen: first.seq, delivered: second.seq } as Look['row'];
    expect(lines(timeline(events, { ...look, row })).map((l) => l.state)).toEqual(['seen', 'delivered', 'stored']);
  });

  test('on the way: at the end, gone once its event is there, under the same key', () => {
    const item: Item = { key: 'k1', conv: 'c', at: NOON, text: 'hello', state: 'waiting', tried: false };
    const before = lines(timeline([says('x')], { ...look, outbox: [item] }));
    expect(before.map((l) => [l.key, l.state])).toEqual([[expect.any(String), undefined], ['k1', 'sending']]);
    const after = lines(timeline([answers('hello', NOON, { key: 'k1' })], { ...look, outbox: [item] }));
    expect(after.map((l) => [l.key, l.state])).toEqual([['k1', 'stored']]);
    const failed = lines(timeline([], { ...look, outbox: [{ ...item, state: 'failed', error: { code: 'invalid', message: 'Too long' } }] }));
    expect(failed.map((l) => [l.state, l.error])).toEqual([['failed', 'Too long']]);
  });

  test('a note has no side and no send state', () => {
    expect(lines(timeline([answers('psst', NOON, { note: true })], look)).map((l) => [l.side, l.state])).toEqual([['note', undefined]]);
  });
});

describe('dividers', () => {
  test('one per day, one before what is new', () => {
    const events = [says('a'), says('b', NOON + 86_400_000), says('c', NOON + 86_400_000)];
    const items = timeline(events, { ...look, divider: events[0]!.seq });
    expect(items.map((i) => i.kind)).toEqual(['day', 'line', 'day', 'new', 'line', 'line']);
    expect(items[3]).toMatchObject({ n: 2 });
  });

  test('three and more activity lines fold once something was said after them', () => {
    const events = [event('unassigned', { by: jonas }), event('return_waits'), event('customer_left')];
    expect(timeline([...events, says('x')], look).map((i) => i.kind)).toEqual(['day', 'fold', 'line']);
    expect(timeline(events, look).map((i) => i.kind)).toEqual(['day', 'act', 'act', 'act']);
  });
});
