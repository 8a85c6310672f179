// kill -9 in the middle of it all, and the same command again on the same data.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AWAY, centre, peaceful } from './lib/centre.mjs';
import { until } from './lib/listen.mjs';
import { marked, same } from './lib/marker.mjs';
import { administrator } from './lib/rest.mjs';
import { startDemo } from './lib/server.mjs';
import { ANNA } from './lib/visitor.mjs';

/** The list of lines draws only what is near the window. */
const TALL = { width: 1360, height: 3000 };
const data = mkdtempSync(join(tmpdir(), 'parley-kill-'));
const said = ['A hello'];
let place;
let again;
let anna;
let priya;
let tomasz;
let marta;
let jonas;
let offer;

before(async () => {
  place = await centre({ data });
  const admin = await administrator(place.demo);
  await admin.changeQueue('Support', { offer_ms: 300_000 });
  marta = await place.agent(0, { viewport: TALL });
  await marta.presence('Accepting');
  anna = await place.visitor();
  await anna.open();
  await anna.begin({ ...ANNA, text: said[0] });
  await marta.accept();
  await anna.with('Marta Kowalczyk');
  await marta.presence('Not accepting');
  jonas = await place.agent(1);
  await jonas.presence('Accepting');
  priya = await place.visitor();
  await priya.open();
  await priya.begin({ name: 'Priya', email: 'priya@example.org', text: 'Offered to Jonas' });
  await jonas.offer.filter({ hasText: 'Priya' }).waitFor();
  offer = jonas.heard('me').at(-1).offers[0].offer;
  tomasz = await place.visitor();
  await tomasz.open();
  await tomasz.begin({ name: 'Tomasz', email: 'tomasz@example.org', text: 'Waiting behind' });
  await tomasz.frame.locator('.pos b').waitFor();
  await marked(anna, priya, tomasz, marta, jonas);
});

after(async () => {
  await place.browser.close();
  await again?.stop();
  rmSync(data, { recursive: true, force: true });
});

test('killed in the middle of a burst: back by themselves, nothing missing, nothing double', async () => {
  let stop = false;
  const burst = async (one, who) => {
    for (let i = 0; !stop || i < 6; i++) {
      said.push(`${who}${i}`);
      await one.say(`${who}${i}`);
      if (i > 200) break;
    }
  };
  const bursts = Promise.all([burst(anna, 'A'), burst(marta, 'M')]);
  await until(() => said.length > 12, 'a burst');
  await place.demo.kill();
  stop = true;
  await bursts;
  await anna.say('A while it is down');
  said.push('A while it is down');
  await marta.say('M while it is down');
  said.push('M while it is down');
  await anna.frame.getByText('No connection.').waitFor();
  again = await startDemo({ data, port: new URL(place.demo.base).port });
  await same(anna, marta, said);
  await marked.still(anna, priya, tomasz, marta, jonas);
});

test('the offer is where it was and can be accepted; who waits still waits', async () => {
  assert.equal(jonas.heard('me').at(-1).offers[0]?.offer, offer, 'the same offer');
  await jonas.offer.filter({ hasText: 'Priya' }).waitFor();
  await tomasz.frame.getByText('in line').first().waitFor();
  assert.notEqual(tomasz.heard('queue').at(-1).position, 0);
  await jonas.accept('Priya');
  await priya.with('Jonas Berger');
  assert.deepEqual(await jonas.lines(), ['Offered to Jonas']);
  await jonas.accept('Tomasz');
  await tomasz.with('Jonas Berger');
  await marked.still(anna, priya, tomasz, marta, jonas);
});

test('everybody was at peace but for the outage itself', () => {
  for (const one of place.people) peaceful(one, AWAY);
});
