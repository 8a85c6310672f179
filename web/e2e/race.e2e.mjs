// Two agents and one customer: the offer goes from one to the other, and only one of them gets it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { centre } from './lib/centre.mjs';
import { until } from './lib/listen.mjs';
import { administrator } from './lib/rest.mjs';
import { ANNA } from './lib/visitor.mjs';

let place;
let admin;
let marta;
let jonas;

before(async () => {
  place = await centre();
  admin = await administrator(place.demo);
  await admin.changeQueue('Support', { offer_ms: 5_000 });
  marta = await place.agent(0);
  await behind(marta);
  jonas = await place.agent(1);
});
after(() => place.close());

/** Gives the page a line that can fall behind: while `late` is set it gets answers, but no events and no pushes. */
async function behind(one) {
  one.late = false;
  await one.page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((text) => {
      if (!one.late || 're' in JSON.parse(text)) socket.send(text);
    });
  });
  await one.page.reload();
  await one.page.locator('.me .l2').waitFor();
}

test('an offer that lapses goes to the next agent', async () => {
  await marta.presence('Accepting');
  const anna = await place.visitor();
  await anna.open();
  await anna.begin({ ...ANNA, text: 'Who will it be?' });
  await marta.offer.filter({ hasText: ANNA.name }).waitFor();
  await jonas.presence('Accepting');
  assert.equal(await jonas.offer.count(), 0, 'offered to one at a time');
  await marta.page.locator('.offer.ended', { hasText: 'Lapsed' }).waitFor();
  await jonas.accept(ANNA.name);
  await anna.with('Jonas Berger');
  assert.equal(await marta.offer.count(), 0);
  await jonas.presence('Not accepting');
});

test('who accepts what somebody else has by now reads who has it', async () => {
  await admin.changeQueue('Support', { offer_ms: 120_000 });
  const priya = await place.visitor();
  await priya.open();
  await priya.begin({ name: 'Priya', email: 'priya@example.org', text: 'And me?' });
  await marta.offer.filter({ hasText: 'Priya' }).waitFor();
  marta.late = true;
  await jonas.page.getByRole('link', { name: /^Support/ }).click();
  await jonas.page.getByRole('listitem').filter({ hasText: 'Priya' }).getByRole('button', { name: 'Pick' }).click();
  await priya.with('Jonas Berger');
  // Her screen still shows the card.
  await marta.offer.getByRole('button', { name: /^Accept/ }).click();
  await marta.page.locator('.offer.ended', { hasText: 'Taken by Jonas Berger' }).waitFor();
  assert.match(marta.page.url(), /\/work$/);
  marta.late = false;
  await marta.page.reload();
  await marta.page.getByText('All answered').waitFor();
});

test('two who pick the same waiting customer at once: one has it, the other reads why not', async () => {
  await marta.presence('Not accepting');
  const tomasz = await place.visitor();
  await tomasz.open();
  await tomasz.begin({ name: 'Tomasz', email: 'tomasz@example.org', text: 'Pick me' });
  const pick = async (one) => {
    await one.page.getByRole('link', { name: /^Support/ }).click();
    return one.page.getByRole('listitem').filter({ hasText: 'Tomasz' }).getByRole('button', { name: 'Pick' });
  };
  const buttons = [await pick(marta), await pick(jonas)];
  await Promise.all(buttons.map((b) => b.waitFor()));
  await Promise.all(buttons.map((b) => b.click()));
  const winners = () => [marta, jonas].filter((one) => /\/c\/\d+/.test(one.page.url()));
  await until(() => winners().length === 1, 'one winner');
  const [winner] = winners();
  const loser = winner === marta ? jonas : marta;
  await tomasz.with(winner === marta ? 'Marta Kowalczyk' : 'Jonas Berger');
  await loser.page.getByRole('listitem').filter({ hasText: 'Tomasz' }).getByRole('alert').or(loser.page.getByText('Nobody waits')).first().waitFor();
  assert.equal(winners().length, 1);
});
