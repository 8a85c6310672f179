import { expect, test } from 'vitest';
import { Connection } from './connection';
import { memory } from './env';
import { settle, World } from './fake';
import { NEW, Outbox } from './outbox';

function client(world = new World(), store = memory()) {
  const connection = new Connection({ url: 'ws://x/ws', hello: () => ({ role: 'customer' }), env: world });
  const outbox = new Outbox(connection, store, 'out:');
  connection.start();
  return { world, connection, outbox, store };
}

test('a line written offline goes out on connecting and is forgotten when answered', async () => {
  const { world, outbox, store } = client();
  outbox.post('cnv_1', { text: 'hello' });
  expect(store.names('out:')).toHaveLength(1);
  const peer = await world.connect();
  const [send] = peer.of('send');
  expect(send).toMatchObject({ body: { conv: 'cnv_1', text: 'hello' } });
  peer.ok(send!, { seq: 3, at: 1 });
  await settle();
  expect(outbox.items).toEqual([]);
  expect(store.names('out:')).toEqual([]);
});

test('after a lost connection and a reload it goes again under its key', async () => {
  const world = new World();
  const one = client(world);
  const first = await world.connect();
  one.outbox.post('cnv_1', { text: 'once' });
  await settle();
  const two = client(world, one.store);
  expect(two.outbox.items).toMatchObject([{ text: 'once', state: 'waiting' }]);
  const second = await world.connect();
  expect(second.of('send')[0]!.key).toBe(first.of('send')[0]!.key);
});

test('lines of one conversation never overtake each other', async () => {
  const { world, outbox } = client();
  const peer = await world.connect();
  outbox.post('cnv_1', { text: 'a' });
  outbox.post('cnv_1', { text: 'b' });
  outbox.post('cnv_2', { text: 'c' });
  await settle();
  expect(peer.of('send').map((f) => f.body.text)).toEqual(['a', 'c']);
  peer.refuse(peer.of('send')[0]!, 'busy', 2000);
  await world.pass(1999);
  expect(peer.of('send')).toHaveLength(2);
  await world.pass(1);
  expect(peer.of('send')[2]).toMatchObject({ key: peer.of('send')[0]!.key, body: { text: 'a' } });
  peer.ok(peer.of('send')[2]!, { seq: 1, at: 1 });
  await settle();
  expect(peer.of('send')[3]!.body.text).toBe('b');
});

test('what is written while a conversation starts goes into it', async () => {
  const { world, outbox } = client();
  const peer = await world.connect();
  outbox.post(NEW, { text: 'first', start: { name: 'Anna' } });
  outbox.post(NEW, { text: 'second' });
  await settle();
  expect(peer.of('start')).toHaveLength(1);
  expect(peer.of('start')[0]!.body).toEqual({ name: 'Anna', text: 'first' });
  peer.ok(peer.of('start')[0]!, { conv: 'cnv_9', number: 1, seq: 2, at: 1 });
  await settle();
  expect(peer.of('send')[0]!.body).toEqual({ conv: 'cnv_9', text: 'second' });
});

test('a line to a closed conversation takes the rest along to the new one', async () => {
  const { world, outbox } = client();
  const peer = await world.connect();
  const sent: string[] = [];
  outbox.on('sent', ({ conv }) => void sent.push(conv));
  outbox.post('cnv_1', { text: 'a' });
  outbox.post('cnv_1', { text: 'b' });
  await settle();
  peer.ok(peer.of('send')[0]!, { seq: 2, at: 1, moved: { conv: 'cnv_2', number: 7 } });
  await settle();
  expect(peer.of('send')[1]!.body.conv).toBe('cnv_2');
  expect(sent).toEqual(['cnv_2']);
});

test('a refusal stays until its person says so', async () => {
  const { world, outbox } = client();
  const peer = await world.connect();
  const { key } = outbox.post('cnv_1', { text: 'x' });
  await settle();
  peer.refuse(peer.of('send')[0]!, 'text_too_long');
  await settle();
  await world.pass(60_000);
  expect(peer.of('send')).toHaveLength(1);
  expect(outbox.items).toMatchObject([{ state: 'failed', error: { code: 'text_too_long' } }]);
  outbox.retry(key);
  await settle();
  expect(peer.of('send')[1]!.key).toBe(key);
  peer.ok(peer.of('send')[1]!, { seq: 1, at: 1 });
  await settle();
  expect(outbox.items).toEqual([]);
});

test('a key from a clock that runs ahead is made anew', async () => {
  const { world, outbox } = client();
  const { key } = outbox.post('cnv_1', { text: 'x' });
  const peer = await world.connect({ now: 5 });
  peer.refuse(peer.of('send')[0]!, 'key_in_future');
  await settle();
  expect(peer.of('send')).toHaveLength(2);
  expect(peer.of('send')[1]!.key).not.toBe(key);
});

test('what an older page left broken is dropped', () => {
  const store = memory();
  store.set('out:1', '{');
  store.set('out:2', '{"key":1}');
  expect(client(new World(), store).outbox.items).toEqual([]);
  expect(store.names('out:')).toEqual([]);
});
