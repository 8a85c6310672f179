import { describe, expect, test } from 'vitest';
import { Connection, type State } from './connection';
import { settle, World } from './fake';
import type { Event, Push } from './wire';

function client(world = new World()) {
  const connection = new Connection({ url: 'ws://x/ws', hello: () => ({ role: 'customer', inbox: 'inb_1', secret: 's' }), env: world });
  const events: Event[] = [];
  const pushes: Push[] = [];
  const states: State[] = [];
  connection.on('event', (e) => void events.push(e));
  connection.on('push', (p) => void pushes.push(p));
  connection.on('state', (s) => void states.push(s));
  connection.start();
  return { world, connection, events, pushes, states };
}

const event = (seq: number, conv = 'cnv_1') => ({ ev: 'message', conv, seq, at: seq, body: {} });
const seqs = (events: Event[]) => events.map((e) => e.seq);

describe('sign-in', () => {
  test('hello comes first and tells who', async () => {
    const { world, connection } = client();
    const peer = await world.connect();
    expect(peer.frames[0]).toMatchObject({ cmd: 'hello', body: { role: 'customer', inbox: 'inb_1', secret: 's', resume: [] } });
    expect(connection.online).toBe(true);
  });

  test('keys follow the server clock, not the wrong one of the device', async () => {
    const { world, connection } = client();
    await world.connect({ now: world.time + 86_400_000 });
    const key = connection.key();
    expect(Number.parseInt(key.replaceAll('-', '').slice(0, 12), 16)).toBe(world.time + 86_400_000);
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test.each([
    ['sign in again', 4401, 'sign_in_again'],
    ['origin not allowed', 4403, 'not_allowed'],
  ])('%s stops', async (_, code, want) => {
    const { world, connection } = client();
    (await world.connect()).drop(code);
    expect(connection.state).toMatchObject({ kind: 'stopped', error: { code: want } });
    await world.pass(600_000);
    expect(world.peers).toHaveLength(1);
  });

  test('frames that are broken three times in a row stop too', async () => {
    const { world, connection } = client();
    for (let i = 0; i < 3; i++) {
      world.peer.drop(4400);
      await world.pass(2_000);
    }
    expect(connection.state.kind).toBe('stopped');
  });
});

describe('reconnecting', () => {
  test('waits longer each time, at most 30 s, and says until when', async () => {
    const { world, states } = client();
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      world.peer.drop();
      const state = states.at(-1)!;
      if (state.kind !== 'waiting') throw new Error(state.kind);
      waits.push(state.retryAt - world.time);
      await world.pass(state.retryAt - world.time);
    }
    expect(waits[0]).toBeGreaterThanOrEqual(250);
    expect(waits[0]).toBeLessThanOrEqual(500);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(15_000);
  });

  test('retry does not wait', async () => {
    const { world, connection } = client();
    world.peer.drop();
    connection.retry();
    expect(world.peers).toHaveLength(2);
  });

  test('a drain names the time of return', async () => {
    const { world, connection } = client();
    const peer = await world.connect();
    peer.say({ ev: 'bye', body: { why: 'draining', reconnect_ms: 4000 } });
    peer.drop(1001);
    const state = connection.state;
    if (state.kind !== 'waiting') throw new Error(state.kind);
    expect(state.retryAt - world.time).toBeGreaterThanOrEqual(4000);
    expect(state.retryAt - world.time).toBeLessThanOrEqual(6000);
  });

  test('a request without an answer gives the connection up', async () => {
    const { world, connection } = client();
    await world.connect();
    const asked = connection.request('history', { conv: 'cnv_1' }).catch((e) => e);
    await world.pass(15_000);
    expect((await asked).code).toBe('no_answer');
    expect(connection.state.kind).toBe('waiting');
  });

  test('a call lives through it under one key', async () => {
    const { world, connection } = client();
    const first = await world.connect();
    const call = connection.call('rate', { conv: 'cnv_1', score: 'good' });
    first.drop();
    await world.pass(600);
    const second = await world.connect();
    await world.pass(300);
    second.ok(second.of('rate')[0]!);
    await call;
    expect(second.of('rate')[0]!.key).toBe(first.of('rate')[0]!.key);
  });

  test('an answer to nothing, an unknown push and bad JSON do not throw', async () => {
    const { world, connection, pushes } = client();
    const peer = await world.connect();
    peer.say({ re: 99, ok: {} });
    peer.say({ ev: 'invented later', body: { x: 1 } });
    expect(pushes).toHaveLength(1);
    peer.say('{' as never);
    expect(connection.online).toBe(true);
  });
});

describe('streams', () => {
  test('hello resumes after the last event and what comes twice is told once', async () => {
    const { world, events } = client();
    const first = await world.connect({ conversations: [{ conv: 'cnv_1', seq: 4 } as never] });
    first.say(event(5));
    first.say(event(6));
    first.drop();
    await world.pass(600);
    const second = await world.connect({ resumed: [{ conv: 'cnv_1', seq: 6 }] });
    expect(second.frames[0]!.body.resume).toEqual([{ conv: 'cnv_1', seq: 6 }]);
    second.say(event(6));
    second.say(event(7));
    expect(seqs(events)).toEqual([5, 6, 7]);
  });

  test('a gap is filled by history before anything after it is told', async () => {
    const { world, events } = client();
    const peer = await world.connect({ conversations: [{ conv: 'cnv_1', seq: 1 } as never] });
    peer.say(event(2));
    peer.say(event(5));
    peer.say(event(6));
    expect(seqs(events)).toEqual([2]);
    const asked = peer.of('history')[0]!;
    expect(asked.body).toMatchObject({ conv: 'cnv_1', after: 2 });
    peer.ok(asked, { events: [event(3), event(4), event(5)], more: false });
    await settle();
    expect(seqs(events)).toEqual([2, 3, 4, 5, 6]);
    expect(peer.of('history')).toHaveLength(1);
  });

  test('a past that is too old is told, and the stream goes on from the present', async () => {
    const { world, connection, events } = client();
    const first = await world.connect({ conversations: [{ conv: 'cnv_1', seq: 1 } as never] });
    first.drop();
    await world.pass(600);
    const resets: string[] = [];
    connection.on('reset', ({ conv }) => void resets.push(conv));
    const second = await world.connect({
      resumed: [{ conv: 'cnv_1', too_old: true }],
      conversations: [{ conv: 'cnv_1', seq: 900 } as never],
    });
    second.say(event(901));
    expect(resets).toEqual(['cnv_1']);
    expect(seqs(events)).toEqual([901]);
  });

  // Any loss, doubling and order of frames gives the same stream.
  test('random frames', async () => {
    for (let seed = 1; seed <= 50; seed++) {
      const { world, events } = client();
      const peer = await world.connect({ conversations: [{ conv: 'cnv_1', seq: 0 } as never] });
      let dice = seed;
      const roll = (n: number) => (dice = (dice * 48_271) % 2_147_483_647) % n;
      let answered = 0;
      const answer = async () => {
        for (const asked of peer.of('history').slice(answered)) {
          answered++;
          const after = asked.body.after as number;
          peer.ok(asked, { events: Array.from({ length: 40 - after }, (_, i) => event(after + 1 + i)), more: false });
        }
        await settle();
      };
      for (let i = 0; i < 60; i++) {
        peer.say(event(1 + roll(40)));
        if (roll(4) === 0) await answer();
        else await settle();
      }
      peer.say(event(40));
      await settle();
      await answer();
      expect(seqs(events)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    }
  });
});
