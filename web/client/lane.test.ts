import { expect, test } from 'vitest';
import { Connection } from './connection';
import { World } from './fake';
import { Lane } from './lane';

async function client() {
  const world = new World();
  const connection = new Connection({ url: 'ws://x/ws', hello: () => ({ role: 'customer' }), env: world });
  const lane = new Lane(connection);
  connection.start();
  return { world, lane, peer: await world.connect() };
}

test('typing is told once in 3 s and ends by itself', async () => {
  const { world, lane, peer } = await client();
  for (let i = 0; i < 40; i++) {
    lane.typed('cnv_1', 'x'.repeat(i + 1), false);
    await world.pass(100);
  }
  expect(peer.of('typing').map((f) => f.body.on)).toEqual([true, true]);
  await world.pass(6000);
  expect(peer.of('typing').at(-1)!.body).toEqual({ conv: 'cnv_1', on: false });
  expect(peer.of('peek')).toEqual([]);
});

test('peek: newest wins, four a second at most, cleared on send', async () => {
  const { world, lane, peer } = await client();
  for (let i = 1; i <= 20; i++) {
    lane.typed('cnv_1', 'x'.repeat(i), true);
    await world.pass(50);
  }
  await world.pass(250);
  const texts = peer.of('peek').map((f) => f.body.text);
  expect(texts.length).toBeLessThanOrEqual(6);
  expect(texts.at(-1)).toBe('x'.repeat(20));
  lane.quiet();
  expect(peer.of('peek').at(-1)!.body).toEqual({ conv: 'cnv_1', text: '' });
  await world.pass(1000);
  expect(peer.of('peek').at(-1)!.body.text).toBe('');
});

test('marks rise, come together, and are told again after a reconnect', async () => {
  const { world, lane, peer } = await client();
  lane.mark('cnv_1', 3);
  lane.mark('cnv_1', 4, 2);
  lane.mark('cnv_1', 1);
  await world.pass(200);
  expect(peer.of('marks').map((f) => f.body)).toEqual([{ conv: 'cnv_1', delivered: 4, seen: 2 }]);
  peer.drop();
  await world.pass(600);
  const second = await world.connect();
  expect(second.of('marks').map((f) => f.body)).toEqual([{ conv: 'cnv_1', delivered: 4, seen: 2 }]);
});

test('a note being written is told as one to its end, and ends the typing of an answer', async () => {
  const { world, lane, peer } = await client();
  lane.typed('cnv_1', 'Dear', false);
  await world.pass(100);
  lane.typed('cnv_1', 'psst', false, true);
  lane.quiet();
  expect(peer.of('typing').map((f) => f.body)).toEqual([
    { conv: 'cnv_1', on: true },
    { conv: 'cnv_1', on: false },
    { conv: 'cnv_1', on: true, note: true },
    { conv: 'cnv_1', on: false, note: true },
  ]);
});
