// The whole way of one conversation, with customer and agent side by side.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { centre } from './lib/centre.mjs';
import { until } from './lib/listen.mjs';
import { png } from './lib/picture.mjs';
import { administrator } from './lib/rest.mjs';
import { ANNA } from './lib/visitor.mjs';

const MARTA = 'Marta Kowalczyk';
const SECRET = 'She was rude last week; be patient. 🤐';
let place;
let anna;
let marta;

before(async () => {
  place = await centre();
});
after(() => place.close());

test('the form asks for name and e-mail, then the customer waits and knows where', async () => {
  anna = await place.visitor();
  await anna.open();
  await anna.begin({ text: 'Hello' });
  await anna.frame.getByText('Your name is missing').waitFor();
  await anna.frame.getByText('Your e-mail address is missing').waitFor();
  await anna.begin({ ...ANNA, text: 'The pole set is missing 😕' });
  await anna.frame.getByText('You are next in line').first().waitFor();
  assert.deepEqual(await anna.lines(), ['The pole set is missing 😕']);
  const next = await place.visitor();
  await next.open();
  await next.begin({ name: 'Tomasz', email: 'tomasz@example.org', text: 'Is the Fjell 3 in stock?' });
  await next.frame.getByText('You are second in line').first().waitFor();
  assert.equal(await next.frame.locator('.pos b').textContent(), '2');
  await next.frame.getByRole('button', { name: 'More' }).click();
  await next.frame.getByRole('menuitem', { name: 'End the chat' }).click();
  await next.frame.getByRole('button', { name: 'End', exact: true }).click();
  await next.frame.getByText('Ended,').waitFor();
  await next.context.close();
});

test('an agent who accepts is offered the customer who waits longest, and sees who it is', async () => {
  marta = await place.agent(0);
  await marta.presence('Accepting');
  await marta.offer.filter({ hasText: ANNA.name }).waitFor();
  await marta.offer.getByText('The pole set is missing').waitFor();
  await marta.accept();
  const card = marta.page.getByRole('region', { name: 'Customer card' });
  await card.getByText(ANNA.email).waitFor();
  await card.getByText('This is the first conversation').waitFor();
  await anna.with(MARTA);
  assert.deepEqual(await marta.lines(), ['The pole set is missing 😕']);
});

test('both write; each sees the other type, and how far a line came', async () => {
  await anna.box.pressSequentially('Are you th', { delay: 30 });
  await marta.page.locator('.peek .b').getByText('Are you th').waitFor();
  await anna.box.fill('');
  await marta.page.locator('.peek').waitFor({ state: 'detached' });
  await anna.say('Are you there?');
  await marta.line('Are you there?').waitFor();
  await marta.page.getByRole('tab', { name: 'Reply' }).click();
  await marta.box.pressSequentially('Yes', { delay: 30 });
  await anna.frame.getByRole('img', { name: `${MARTA} is writing` }).waitFor();
  await marta.box.fill('Yes, one moment.');
  await marta.box.press('Enter');
  await anna.line('Yes, one moment.').waitFor();
  await anna.frame.getByRole('img', { name: /is writing/ }).waitFor({ state: 'detached' });
  await marta.page.locator('.log .st.seen').waitFor();
  await anna.frame.locator('.ft.seen', { hasText: 'Seen' }).waitFor();
  // A line that comes while the window is shut is delivered, not seen.
  await anna.page.getByRole('button', { name: /^Close chat/ }).click();
  await marta.say('I have asked the warehouse.');
  await marta.page.locator('.log .st', { hasText: 'Delivered' }).waitFor();
  await anna.page.getByRole('button', { name: 'Open chat, 1 new message' }).click();
  await marta.page.locator('.log .st.seen').waitFor();
});

test('a note stays with the team', async () => {
  await marta.note(SECRET);
  await marta.page.locator('.log .nt', { hasText: SECRET }).waitFor();
  await marta.say('The poles come in a parcel of their own.');
  await anna.line('The poles come in a parcel').waitFor();
  assert.equal((await anna.frame.locator('html').evaluate((html) => html.outerHTML)).includes('rude'), false);
  assert.equal(anna.raw.some((frame) => frame.includes('rude') || frame.includes('"note"')), false);
  const seqs = anna.frames.filter((f) => f.seq && f.conv === anna.frames.find((x) => x.ev === 'started').conv).map((f) => f.seq);
  assert.deepEqual(seqs, seqs.map((_, i) => i + seqs[0]), 'no gap where the note is');
});

test('a picture and a file reach the other side and open there', async () => {
  const picture = png();
  await anna.attach({ name: 'box.png', mimeType: 'image/png', buffer: picture });
  await anna.frame.getByRole('list', { name: 'Files to send' }).getByText(/KB|\d B/).waitFor();
  await anna.say('This is the box');
  await marta.page.getByRole('button', { name: 'Picture: box.png' }).click();
  const large = marta.page.getByRole('dialog').getByRole('img', { name: 'box.png' });
  await until(() => large.evaluate((img) => img.naturalWidth === 240), 'the picture on the agent’s side');
  await marta.page.keyboard.press('Escape');
  await large.waitFor({ state: 'detached' });

  const label = 'Return label\nÜber 3 kg 📦\n';
  await marta.attach({ name: 'Rücksendung.txt', mimeType: 'text/plain', buffer: Buffer.from(label) });
  await marta.page.locator('.tray .meta', { hasText: /\d B/ }).waitFor();
  await marta.say('The label');
  const [download] = await Promise.all([
    anna.page.waitForEvent('download'),
    anna.frame.getByRole('button', { name: /^Download Rücksendung\.txt/ }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'Rücksendung.txt');
  assert.equal(await readFile(await download.path(), 'utf8'), label);
  await marta.attach({ name: 'tent.png', mimeType: 'image/png', buffer: picture });
  await marta.page.locator('.tray .meta', { hasText: /KB|\d B/ }).waitFor();
  await marta.page.getByRole('button', { name: /^Send/ }).click();
  const shown = anna.frame.getByRole('img', { name: 'tent.png' });
  await until(() => shown.evaluate((img) => img.naturalWidth === 240), 'the picture on the customer’s side');
});

test('resolved, rated, and the agent sees the rating', async () => {
  await marta.resolve();
  await anna.frame.getByRole('heading', { name: 'How was it with Marta?' }).waitFor();
  await anna.rate('Good', 'Fast 😊');
  await marta.page.locator('.log').getByText('Rated good').waitFor();
  await marta.page.locator('.log').getByText('“Fast 😊”').waitFor();
});

test('who writes again is back with the same agent, without a wait', async () => {
  const offers = () => marta.heard('me').filter((me) => me.offers?.length > 0).length;
  const before = offers();
  const waits = anna.heard('queue').filter((q) => q.position > 0).length;
  await anna.frame.getByRole('button', { name: 'Write again' }).click();
  await anna.say('One more thing: the pegs?');
  await marta.row(ANNA.name).locator('.unread').or(marta.line('One more thing')).first().waitFor();
  await anna.with(MARTA);
  await marta.say('In the same parcel.');
  await anna.line('In the same parcel.').waitFor();
  assert.ok(before > 0);
  assert.equal(offers(), before);
  assert.equal(anna.heard('queue').filter((q) => q.position > 0).length, waits);
});

test('while that agent is away, who writes again stands at the head of the queue', async () => {
  await marta.resolve();
  // Rated once already: the second end does not ask again.
  await anna.frame.getByText('Ended,').waitFor();
  await anna.box.waitFor();
  await marta.presence('On a call');
  const priya = await place.visitor();
  await priya.open();
  await priya.begin({ name: 'Priya', email: 'priya@example.org', text: 'Here first' });
  await priya.frame.getByText('You are next in line').first().waitFor();
  await anna.say('And the repair kit?');
  await anna.frame.getByText('You are next in line').first().waitFor();
  await priya.frame.getByText('Somebody who was here before goes first').waitFor();
  assert.equal(priya.heard('queue').at(-1).position, 2);
  const jonas = await place.agent(1);
  await jonas.presence('Accepting');
  await jonas.accept(ANNA.name);
  await jonas.line('And the repair kit?').waitFor();
  await jonas.line('In the same parcel.').waitFor();
  await anna.with('Jonas Berger');
  await jonas.accept('Priya');
  await jonas.presence('Not accepting');
});

test('where the inbox allows it nobody has to say who they are', async () => {
  const admin = await administrator(place.demo);
  const { inboxes } = await admin.call('config');
  const someone = await place.visitor({ url: `${place.demo.shop_url}?key=${inboxes.find((i) => i.anonymous).id}` });
  await someone.open();
  await someone.begin({ text: 'Just a question' });
  await someone.frame.getByText('You are next in line').first().waitFor();
  await marta.presence('Accepting');
  await marta.accept('Anonymous');
  await marta.line('Just a question').waitFor();
});
