// The network goes away under both pages while both go on writing; nobody reloads, nothing is missing or double.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AWAY, centre } from './lib/centre.mjs';
import { marked, same } from './lib/marker.mjs';
import { startProxy } from './lib/proxy.mjs';
import { ANNA } from './lib/visitor.mjs';

/** The list of lines draws only what is near the window. */
const TALL = { width: 1360, height: 3000 };
let place;
let shop;
let desk;
let anna;
let marta;

before(async () => {
  place = await centre();
  // A relay for each, so that one can be away alone.
  [shop, desk] = await Promise.all([startProxy(place.demo.base), startProxy(place.demo.base)]);
  marta = await place.agent(0, { url: desk.via(place.demo.agents[0].url), viewport: TALL });
  await marta.presence('Accepting');
  anna = await place.visitor({ url: shop.via(place.demo.shop_url) });
  await anna.open();
  await anna.begin({ ...ANNA, text: 'line 0' });
  await marta.accept();
  await anna.with('Marta Kowalczyk');
  await marked(anna, marta);
});
after(async () => {
  await place.close(AWAY);
  await Promise.all([shop.stop(), desk.stop()]);
});

test('the customer is away: both sides write, all of it is there once, in order', async () => {
  await anna.say('a1 before');
  await marta.line('a1 before').waitFor();
  // The page itself notes when the strip comes: a busy machine may look too late.
  await anna.frame.locator('.w').evaluate((box) => {
    new MutationObserver(() => box.querySelector('.strip') && (window.stripAt ??= Date.now())).observe(box, { childList: true, subtree: true });
  });
  const cutAt = Date.now();
  shop.cut();
  await anna.say('a2 while away');
  await marta.say('m1 while she is away');
  await marta.say('m2 while she is away');
  await anna.say('a3 while away');
  const strip = anna.frame.getByText('No connection.');
  await strip.waitFor();
  const after = (await anna.frame.locator('.w').evaluate(() => window.stripAt)) - cutAt;
  assert.ok(after >= 2000, `a cut shorter than 2 s is nobody’s business; the strip came after ${after} ms`);
  assert.equal(await anna.line('a2 while away').count(), 1);
  await anna.frame.getByText('Goes out when you are back').first().waitFor();
  shop.heal();
  await same(anna, marta, ['line 0', 'a1 before', 'a2 while away', 'a3 while away', 'm1 while she is away', 'm2 while she is away']);
  await strip.waitFor({ state: 'detached' });
  await marked.still(anna, marta);
});

test('both are away at once', async () => {
  shop.cut();
  desk.cut();
  await anna.say('a4 in the dark');
  await marta.say('m3 in the dark');
  await anna.say('a5 in the dark');
  await marta.say('m4 in the dark');
  const strip = marta.page.locator('.bar.warn').filter({ hasText: 'Reconnecting' }).filter({ visible: true });
  await strip.first().waitFor();
  assert.equal(await marta.page.locator('.log .st', { hasText: 'Sending' }).count(), 2, 'a line on its way says so');
  shop.heal();
  desk.heal();
  const all = ['line 0', 'a1 before', 'a2 while away', 'a3 while away', 'm1 while she is away', 'm2 while she is away', 'a4 in the dark', 'm3 in the dark', 'a5 in the dark', 'm4 in the dark'];
  await same(anna, marta, all);
  await strip.first().waitFor({ state: 'detached' });
  await marked.still(anna, marta);
  await anna.say('a6 after');
  await marta.line('a6 after').waitFor();
  await marta.say('m5 after');
  await anna.line('m5 after').waitFor();
  assert.equal((await anna.lines()).length, all.length + 2);
});

test('cut in the middle of a burst from both sides, three times', async () => {
  const said = [];
  for (let round = 0; round < 3; round++) {
    const burst = async (one, who, relay) => {
      for (let i = 0; i < 8; i++) {
        const text = `${who}${round}.${i}`;
        said.push(text);
        await one.say(text);
        if (i === 3 + round) relay.cut();
      }
    };
    await Promise.all([burst(anna, 'A', shop), burst(marta, 'M', desk)]);
    shop.heal();
    desk.heal();
  }
  await same(anna, marta, said, (text) => /^[AM]\d\.\d$/.test(text));
  await marked.still(anna, marta);
});
