import type { Event, Row } from '@parley/client';
import { describe, expect, test } from 'vitest';
import { groups } from './groups';
import type { Me } from './me';
import { byCustomer, reduceRow } from './rows';
import { unread } from './unread';

const marta = { id: 'agt_1', name: 'Marta' };
const jonas = { id: 'agt_2', name: 'Jonas' };
const customer = { kind: 'customer', id: 'ctc_1', name: 'Anna' };
const agent = { kind: 'agent', id: 'agt_1', name: 'Marta' };

function row(more: Partial<Row> = {}): Row {
  return { conv: 'cnv_1', number: 1, status: 'new', route: 'queued', contact: 'ctc_1', inbox: 'inb_1', queue: { id: 'que_1', name: 'Sales' }, name: 'Anna', seq: 0, started_at: 0, ...more };
}

function event(seq: number, ev: string, body: object = {}, at = seq * 1000): Event {
  return { ev, conv: 'cnv_1', seq, at, body: body as Record<string, unknown> };
}

function reduce(start: Row, ...events: Event[]): Row {
  return events.reduce(reduceRow, start);
}

describe('a row follows its events', () => {
  test('from the queue to a colleague and back', () => {
    let r = reduce(row(), event(1, 'queued', { queue: { id: 'que_1', name: 'Sales' } }), event(2, 'offered', { offer: 'off_1', agent: marta, until: 9 }));
    expect([r.route, r.offered_to, r.offer_until, r.queued_at]).toEqual(['offered', marta, 9, 1000]);
    r = reduce(r, event(3, 'offer_ended', { offer: 'off_1', agent: marta, why: 'lapsed' }));
    expect([r.route, r.offer, r.offered_to]).toEqual(['queued', undefined, undefined]);
    r = reduce(r, event(4, 'assigned', { agent: jonas, how: 'accepted' }));
    expect([r.status, r.route, r.owner]).toEqual(['open', 'assigned', jonas]);
    r = reduce(r, event(5, 'unassigned', {}));
    expect([r.status, r.owner]).toEqual(['new', undefined]);
  });

  test('an event counts once, and an unknown kind only moves seq', () => {
    const r = reduce(row(), event(1, 'message', { from: customer, text: 'Hi' }));
    expect(reduceRow(r, event(1, 'message', { from: agent, text: 'late copy' }))).toBe(r);
    const next = reduceRow(r, event(2, 'other'));
    expect([next.seq, next.last]).toEqual([2, r.last]);
  });

  test('the end of an older offer does not end the newer one', () => {
    const r = reduce(row(), event(1, 'offered', { offer: 'off_2', agent: marta, until: 9 }), event(2, 'offer_ended', { offer: 'off_1', agent: jonas, why: 'lapsed' }));
    expect(r.offer).toBe('off_2');
  });

  test('unanswered since the first customer line; a note is no answer', () => {
    let r = reduce(row(), event(1, 'message', { from: customer, text: 'one' }), event(2, 'message', { from: customer, text: 'two' }));
    expect(r.unanswered_since).toBe(1000);
    r = reduceRow(r, event(3, 'message', { from: agent, text: 'psst', note: true }));
    expect([r.unanswered_since, r.last?.note]).toEqual([1000, true]);
    r = reduceRow(r, event(4, 'message', { from: agent, text: 'Hello' }));
    expect(r.unanswered_since).toBeUndefined();
  });

  test('resolved, rated, reopened by the customer, closed', () => {
    let r = reduce(row({ owner: marta, status: 'open', route: 'assigned', unanswered_since: 1 }), event(1, 'resolved', { by: 'agent' }), event(2, 'rated', { score: 'bad', comment: 'no' }));
    expect([r.status, r.ended_at, r.score, r.unanswered_since, r.owner]).toEqual(['resolved', 1000, 'bad', undefined, marta]);
    r = reduceRow(r, event(3, 'reopened', { by_customer: true }));
    expect([r.status, r.ended_at]).toEqual(['open', undefined]);
    r = reduceRow(r, event(4, 'closed', { reason: 'timer' }));
    expect([r.status, r.close_reason]).toEqual(['closed', 'timer']);
  });

  test('a line of files alone is shown by its name', () => {
    const file = { hash: 'x', name: 'box.png', size: 1, type: 'image/png' };
    expect(reduceRow(row(), event(1, 'message', { from: customer, text: '', files: [file] })).last?.text).toBe('box.png');
    expect(byCustomer({ text: '', at: 0, from: 'customer' })).toBe(true);
    expect(byCustomer({ text: '', at: 0, from: 'agent' })).toBe(false);
  });
});

describe('groups say whose move it is', () => {
  const me = { done: [{ conv: 'd', at: 50 }] } as unknown as Me;
  const held = (conv: string, more: Partial<Row>) => row({ conv, owner: marta, status: 'open', route: 'assigned', ...more });

  test('the longest unanswered first, then those with the customer, then done', () => {
    const rows = [
      held('a', { unanswered_since: 20 }),
      held('b', { unanswered_since: 10 }),
      held('c', { last: { text: '', at: 5, from: 'agent' } }),
      held('c2', { last: { text: '', at: 7, from: 'agent' } }),
      held('d', { status: 'closed' }),
      held('x', { owner: jonas }),
      row({ conv: 'w' }),
    ];
    const shape = groups(rows, marta.id, me).map((g) => [g.name, g.rows.map((r) => r.conv)]);
    expect(shape).toEqual([['reply', ['b', 'a']], ['customer', ['c2', 'c']], ['done', ['d']]]);
  });

  test('what was reopened is no longer done, what has just been resolved is', () => {
    expect(groups([held('d', { unanswered_since: 1 })], marta.id, me).map((g) => g.name)).toEqual(['reply']);
    expect(groups([held('e', { status: 'resolved', ended_at: 9 })], marta.id, null).map((g) => g.name)).toEqual(['done']);
  });
});

describe('unread', () => {
  const events = [event(1, 'message', { from: customer }), event(2, 'assigned'), event(3, 'message', { from: customer }), event(4, 'message', { from: agent })];

  test('counts customer lines behind seen', () => {
    expect(unread(row({ seq: 4 }), events, 0)).toBe(2);
    expect(unread(row({ seq: 4 }), events, 2)).toBe(1);
    expect(unread(row({ seq: 4 }), events, 4)).toBe(0);
  });

  test('a row alone counts one', () => {
    expect(unread(row({ seq: 4, last: { text: 'x', at: 1, from: 'customer' } }), [], 2)).toBe(1);
    expect(unread(row({ seq: 4, last: { text: 'x', at: 1, from: 'agent' } }), [], 2)).toBe(0);
  });
});
