// @vitest-environment happy-dom
import { memory, NEW } from '@parley/client';
import { expect, test } from 'vitest';
import { settle, World } from '../client/fake';
import { Host } from './host';
import { Session } from './session';

const INBOX = { id: 'inb_1', name: 'Shop', anonymous: true, peek: true, rating: true, centre: 'Shop' };
const conv = (over = {}) => ({ conv: 'cnv_1', number: 1, status: 'open', seq: 3, started_at: 1, delivered: 0, seen: 0, unread: 0, ...over }) as never;

function visitor(store = memory()) {
  const world = new World();
  const session = new Session({ key: 'inb_1', origin: 'http://x', host: new Host(window), store, env: world });
  session.start();
  return { world, session, store };
}

test('the secret is made once and kept', async () => {
  const one = visitor();
  const first = await one.world.connect({ inbox: INBOX });
  const secret = first.frames[0]!.body.secret as string;
  expect(secret).toMatch(/^[\w-]{43}$/);
  const two = visitor(one.store);
  const second = await two.world.connect({ inbox: INBOX });
  expect(second.frames[0]!.body.secret).toBe(secret);
});

test('a first line starts a conversation that is on screen before the server knows it', async () => {
  const { world, session } = visitor();
  const peer = await world.connect({ inbox: INBOX });
  expect(session.current).toBeNull();
  session.begin({ name: 'Anna', email: '' }, 'Hello');
  await settle();
  expect(session.current).toBe(NEW);
  expect(session.pending.items).toHaveLength(1);
  const start = peer.of('start')[0]!;
  expect(start.body).toMatchObject({ name: 'Anna', text: 'Hello' });
  expect(start.body.email).toBeUndefined();
  peer.ok(start, { conv: 'cnv_9', number: 9, seq: 2, at: 1 });
  await settle();
  expect(session.current).toBe('cnv_9');
  expect(session.pending.echoes).toHaveLength(1);
  peer.say({ ev: 'started', conv: 'cnv_9', seq: 1, at: 1, body: { number: 9 } });
  peer.say({ ev: 'message', conv: 'cnv_9', seq: 2, at: 1, body: { from: { kind: 'customer' }, text: 'Hello', key: start.key } });
  expect(session.pending.echoes).toHaveLength(0);
  expect(session.thread?.events.map((e) => e.seq)).toEqual([1, 2]);
  expect(session.conv).toMatchObject({ status: 'new', number: 9 });
});

test('a place in line only goes down', async () => {
  const { world, session } = visitor();
  const peer = await world.connect({ inbox: INBOX, conversations: [conv({ status: 'new', position: 4 })] });
  const push = (position: number) => peer.say({ ev: 'queue', conv: 'cnv_1', body: { position, wait_ms: 1000 } });
  push(3);
  expect(session.place).toMatchObject({ shown: 3, overtaken: false });
  push(5);
  expect(session.place).toMatchObject({ shown: 3, overtaken: true });
  push(2);
  expect(session.place).toMatchObject({ shown: 2, overtaken: false });
  push(0);
  expect(session.place).toBeNull();
});

test('an event before the first page of history leaves no gap behind it', async () => {
  const { world, session } = visitor();
  const peer = await world.connect({ inbox: INBOX, conversations: [conv()] });
  const asked = peer.of('history')[0]!;
  const line = (seq: number) => ({ ev: 'message', conv: 'cnv_1', seq, at: seq, body: { from: { kind: 'agent', id: 'a', name: 'A' }, text: 'x' } });
  peer.say(line(4));
  peer.ok(asked, { events: [line(1), line(2), line(3)], more: false });
  await settle();
  expect(session.thread?.events.map((e) => e.seq)).toEqual([1, 2, 3, 4]);
});

test('typing ends by itself, and with the line', async () => {
  const { world, session } = visitor();
  const peer = await world.connect({ inbox: INBOX, conversations: [conv()] });
  const who = { kind: 'agent', id: 'a', name: 'Marta' };
  peer.say({ ev: 'typing', conv: 'cnv_1', body: { who, on: true } });
  expect(session.typing?.name).toBe('Marta');
  await world.pass(10_000);
  expect(session.typing).toBeNull();
});

test('a start that is refused is in the form again; one too many goes into the open conversation', async () => {
  const { world, session } = visitor();
  const peer = await world.connect({ inbox: INBOX });
  session.begin({ name: '', email: 'x' }, 'Hello');
  await settle();
  peer.refuse(peer.of('start')[0]!, 'email_invalid');
  await settle();
  expect(session.formFault?.code).toBe('email_invalid');
  expect(session.draft('new')).toBe('Hello');
  expect(session.outbox.items).toEqual([]);
  session.begin({ name: '', email: '' }, 'Hello');
  await settle();
  peer.say({ ev: 'started', conv: 'cnv_7', seq: 1, at: 1, body: { number: 7 } });
  peer.refuse(peer.of('start')[1]!, 'conversation_open');
  await settle();
  expect(session.current).toBe('cnv_7');
  expect(peer.of('send')[0]!.body).toEqual({ conv: 'cnv_7', text: 'Hello' });
});

test('what was written behind a refused start stands in the form too, and begins nothing by itself', async () => {
  const { world, session } = visitor();
  const peer = await world.connect({ inbox: INBOX });
  session.begin({ name: 'Anna', email: 'x' }, 'Hello');
  session.send('are you there?', []);
  session.keepDraft('new', 'I was');
  await settle();
  peer.refuse(peer.of('start')[0]!, 'email_invalid');
  await settle();
  expect(session.draft('new')).toBe('Hello\nare you there?\nI was');
  expect(session.outbox.items).toEqual([]);
  expect(peer.of('start')).toHaveLength(1);
});

test('a return to an agent who is away waits again', async () => {
  const { world, session } = visitor();
  const peer = await world.connect({ inbox: INBOX, conversations: [conv({ status: 'resolved', agent: { id: 'a', name: 'Marta' } })] });
  peer.say({ ev: 'reopened', conv: 'cnv_1', seq: 4, at: 1, body: { by_customer: true } });
  expect(session.conv?.status).toBe('open');
  peer.say({ ev: 'queue', conv: 'cnv_1', body: { position: 1 } });
  expect(session.conv).toMatchObject({ status: 'new', agent: undefined });
});
