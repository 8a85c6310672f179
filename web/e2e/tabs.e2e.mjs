// One agent with two tabs: both show one truth.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { centre } from './lib/centre.mjs';
import { ANNA } from './lib/visitor.mjs';

let place;
let one;
let two;
let anna;

before(async () => {
  place = await centre();
  one = await place.agent(0);
  two = await place.agent(0, { url: `${place.demo.base}/work`, context: one.context });
});
after(() => place.close());

test('presence set in one stands in the other', async () => {
  await one.presence('Accepting');
  await two.stands('Accepting');
  await two.presence('Break');
  await one.stands('Break');
  await one.presence('Accepting');
  await two.stands('Accepting');
});

test('an offer comes to both and ends in both when one accepts', async () => {
  anna = await place.visitor();
  await anna.open();
  await anna.begin({ ...ANNA, text: 'Hello' });
  await one.offer.filter({ hasText: ANNA.name }).waitFor();
  await two.offer.filter({ hasText: ANNA.name }).waitFor();
  await one.accept();
  await two.offer.waitFor({ state: 'detached' });
  await two.row(ANNA.name).click();
  await two.line('Hello').waitFor();
});

test('what is written in one stands in the other, once', async () => {
  await two.say('From the second tab');
  await one.line('From the second tab').waitFor();
  await one.note('Seen by both');
  await two.page.locator('.log .nt', { hasText: 'Seen by both' }).waitFor();
  await anna.say('Thank you');
  await one.line('Thank you').waitFor();
  await two.line('Thank you').waitFor();
  assert.deepEqual(await one.lines(), ['Hello', 'From the second tab', 'Thank you']);
  assert.deepEqual(await two.lines(), await one.lines());
});

test('resolved in one, done in both; signed out in one, out in both', async () => {
  await two.resolve();
  await one.page.getByRole('button', { name: 'Reopen' }).first().waitFor();
  await one.page.locator('button.me').click();
  await one.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await one.page.getByRole('heading', { name: /Sign in/ }).waitFor();
  await two.page.getByRole('heading', { name: /Sign in/ }).waitFor();
});
