import type { Event, Row } from '@parley/client';
import { beforeEach, expect, test, vi } from 'vitest';
import { memory } from '../../client/env';
import { settle, World } from '../../client/fake';

vi.mock('@parley/client', () => import('../../client/index'));
const { Live } = await import('./live');

const me = { id: 'agt_1', name: 'Marta', role: 'agent' as const };
const customer = { kind: 'customer', id: 'ctc_1', name: 'Anna' };

function row(seq: number, more: Partial<Row> = {}): Row {
  return {
    conv: 'cnv_1', number: 1, status: 'open', route: 'assigned', contact: 'ctc_1', inbox: 'inb_1', queue: { id: 'que_1', name: 'Sales' }, name: 'Anna',
    owner: me, seq, started_at: 0, ...more,
  };
}

function event(seq: number, ev = 'message', body: object = { from: customer, text: `line ${seq}` }): Event {
  return { ev, conv: 'cnv_1', seq, at: seq, body: body as Record<string, unknown> };
}

let world: World;
let live: InstanceType<typeof Live>;

beforeEach(() => {
  world = new World();
  live = new Live({ token: 'pst_x', agent: me }, memory(), 'ws://x', world);
  live.connection.start();
});

const seqs = () => live.thread('cnv_1').events.map((e) => e.seq);
const answer = async (cmd: string, ok: object) => {
  world.peer.ok(world.peer.of(cmd).at(-1)!, ok);
  await settle();
};

test('work that arrives brings its lines, counts what is unread, and says it was delivered', async () => {
  const peer = await world.connect();
  peer.say({ ev: 'row', body: { row: row(3, { my_seen: 1 }) } });
  await settle();
  await answer('history', { events: [event(1), event(2), event(3)], more: false });
  expect([seqs(), live.store.state.unread.get('cnv_1')]).toEqual([[1, 2, 3], 2]);
  await world.pass(500);
  expect(peer.of('marks').map((f) => f.body)).toEqual([{ conv: 'cnv_1', delivered: 3, seen: 0 }]);
});

test('a row that overtakes its events leaves no gap in what was said', async () => {
  const peer = await world.connect();
  peer.say({ ev: 'row', body: { row: row(1) } });
  await settle();
  await answer('history', { events: [event(1)], more: false });
  peer.say({ ev: 'row', body: { row: row(3) } });
  peer.say(event(2));
  peer.say(event(3));
  await settle();
  expect([seqs(), live.store.state.rows.get('cnv_1')?.seq]).toEqual([[1, 2, 3], 3]);
});

test('a reconnect resumes own work, and nothing that was only looked at', async () => {
  const peer = await world.connect();
  peer.say({ ev: 'row', body: { row: row(4) } });
  peer.say({ ev: 'row', body: { row: row(9, { conv: 'cnv_2', owner: { id: 'agt_2', name: 'Jonas' } }) } });
  await settle();
  peer.drop();
  await world.pass(2_000);
  await world.connect();
  expect(world.peer.of('hello')[0]!.body.resume).toEqual([{ conv: 'cnv_1', seq: 4 }]);
});

test('what was read beside long ago is loaded anew when its customer is back', async () => {
  const peer = await world.connect();
  void live.older('cnv_1');
  await settle();
  await answer('history', { events: [event(1), event(2)], more: false });
  peer.say({ ev: 'row', body: { row: row(6) } });
  await settle();
  await answer('history', { events: [4, 5, 6].map((n) => event(n)), more: true });
  expect(seqs()).toEqual([4, 5, 6]);
});

test('an offer comes with me, and its end with the events of the conversation', async () => {
  const peer = await world.connect();
  const until = world.time + 30_000;
  peer.say({ ev: 'me', body: { presence: 'accepting', since: 0, connected: true, workload: 1, limit: 4, offers: [{ conv: 'cnv_1', offer: 'off_1', until }], work: [], done: [] } });
  expect(live.store.state.offers.map((o) => o.state)).toEqual(['open']);
  peer.say(event(5, 'assigned', { agent: { id: 'agt_2', name: 'Jonas Berger' }, how: 'picked' }));
  await settle();
  expect(live.store.state.offers.map((o) => o.end?.words)).toEqual(['Taken by Jonas Berger']);
  live.bell.ring(false);
});
