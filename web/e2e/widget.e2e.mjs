// The widget in each of its states, over a gateway made of answers, on a page of somebody else with a strict policy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { CUSTOMER, conversation, host, INBOX, MARTA, play, serve, talk } from './fake/gateway.mjs';
import { launch, person } from './lib/browser.mjs';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
let browser;
let gateway;
let site;

before(async () => {
  const file = { hash: 'h1', name: 'box.png', size: 70, type: 'image/png', width: 164, height: 105 };
  gateway = await serve({
    'GET /api/v1/files/cnv_1/*': (request) => ({ type: 'image/png', body: PNG, status: request.headers.authorization?.startsWith('Visitor inb_1:') ? 200 : 401 }),
    'POST /api/v1/files': () => ({ body: JSON.stringify({ file }) }),
  });
  site = await host(gateway.base);
  browser = await launch();
});
after(async () => {
  await browser.close();
  gateway.close();
  site.close();
});

/** A visitor on the host page, with the chat open. */
async function visit(script, options) {
  const one = await person(browser, options);
  one.page.setDefaultTimeout(15_000);
  one.game = await play(one.page, script);
  await one.page.goto(site.base);
  one.launcher = one.page.getByRole('button', { name: /chat/i });
  await one.launcher.click();
  one.frame = one.page.frameLocator('iframe[title=Chat]');
  return one;
}

async function leave({ context, complaints, strangers }, allow = /^$/) {
  await context.close();
  assert.deepEqual(complaints.filter((c) => !allow.test(c)), []);
  assert.deepEqual(strangers, []);
}

async function accessible({ page }, without = []) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).disableRules(without).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`), []);
}

/** Starts a conversation: answers as the server does, place in line included. */
const starts = {
  start({ id, key, body }, game) {
    game.say({ re: id, ok: { conv: 'cnv_1', number: 4823, seq: 2, at: Date.now() } });
    game.event('started', 'cnv_1', 1, { number: 4823, queue: { id: 'que_1', name: 'Support' }, name: body.name ?? '' });
    game.event('message', 'cnv_1', 2, { from: CUSTOMER, text: body.text, key });
    game.push('queue', 'cnv_1', { position: 2, wait_ms: 61_000 });
  },
};

test('form, queue, agent: a first talk from nothing', async () => {
  const one = await visit({ answers: starts });
  const { frame, game } = one;
  await frame.getByLabel('Name').fill('Anna-Lena');
  await frame.getByLabel('E-mail').fill('anna@posteo');
  await frame.getByLabel('How can we help?').fill('The pole set is missing 😕\nsecond line');
  await frame.getByRole('button', { name: 'Start the chat' }).click();
  await frame.getByText('Looks unfinished').waitFor();
  await accessible(one);
  await frame.getByLabel('E-mail').fill('anna@posteo.example');
  await frame.getByLabel('E-mail').press('Enter');
  const start = await game.wait('start');
  assert.match(start.body.language, /^en/);
  assert.equal(start.body.email, 'anna@posteo.example');
  assert.equal(start.body.text, 'The pole set is missing 😕\nsecond line');
  assert.equal(start.body.page, `${site.base}/`);
  await frame.getByText('You are second in line').first().waitFor();
  await frame.getByText('About 1 minute.').waitFor();
  await frame.getByText('Kept for the agent').waitFor();
  await accessible(one);
  // A place only goes down on the screen; a higher one is explained.
  game.push('queue', 'cnv_1', { position: 3 });
  await frame.getByText('Somebody who was here before goes first').waitFor();
  assert.equal(await frame.locator('.pos b').textContent(), '2');
  game.event('assigned', 'cnv_1', 3, { agent: MARTA, how: 'accepted' });
  await frame.getByRole('heading', { name: 'Marta Kowalczyk' }).waitFor();
  await leave(one);
});

test('chat: typing, marks, peek, Enter and Shift+Enter, one bubble for one line', async () => {
  const one = await visit({
    conversations: [conversation({ delivered: 0, seen: 0 })],
    history: { cnv_1: talk() },
    answers: {
      send({ id, key, body }, game) {
        game.say({ re: id, ok: { seq: 8, at: Date.now() } });
        setTimeout(() => game.event('message', 'cnv_1', 8, { from: CUSTOMER, text: body.text, key }), 300);
      },
    },
  });
  const { frame, game } = one;
  await frame.getByText('we leave at 6').waitFor();
  const box = frame.getByLabel('Write a message');
  await box.pressSequentially('two');
  await box.press('Shift+Enter');
  await box.pressSequentially('lines');
  await game.wait('typing');
  await game.wait('peek');
  assert.deepEqual(game.of('peek').at(-1).body.conv, 'cnv_1');
  await box.press('Enter');
  const sent = await game.wait('send');
  assert.equal(sent.body.text, 'two\nlines');
  await game.wait('marks');
  await frame.getByText('Sent').first().waitFor();
  await one.page.waitForTimeout(600);
  assert.equal(await frame.locator('.wo .b', { hasText: 'two' }).count(), 1);
  assert.equal(game.of('peek').at(-1).body.text, '');
  game.push('typing', 'cnv_1', { who: { kind: 'agent', ...MARTA }, on: true });
  await frame.getByRole('img', { name: 'Marta Kowalczyk is writing' }).waitFor();
  game.push('marks', 'cnv_1', { of: MARTA.id, delivered: 8, seen: 0 });
  await frame.getByText('Delivered').waitFor();
  game.push('marks', 'cnv_1', { of: MARTA.id, delivered: 8, seen: 8 });
  await frame.getByText('Seen').waitFor();
  await accessible(one);
  game.event('message', 'cnv_1', 9, { from: { kind: 'agent', ...MARTA }, text: 'Here I am' });
  await frame.getByRole('status').filter({ hasText: 'Marta Kowalczyk: Here I am' }).waitFor({ state: 'attached' });
  assert.equal(await frame.getByRole('img', { name: /is writing/ }).count(), 0);
  await leave(one);
});

test('files go up, are named in the line, and come down with authorization', async () => {
  const one = await visit({
    conversations: [conversation()],
    history: { cnv_1: talk() },
    answers: {
      send({ id, key, body }, game) {
        game.say({ re: id, ok: { seq: 8, at: Date.now() } });
        game.event('message', 'cnv_1', 8, { from: CUSTOMER, text: body.text, files: body.files, key });
      },
    },
  });
  const { frame, game } = one;
  await frame.locator('input[type=file]').setInputFiles({ name: 'box.png', mimeType: 'image/png', buffer: PNG });
  await frame.getByText('70 B').waitFor();
  await frame.getByRole('button', { name: 'Send' }).click();
  const sent = await game.wait('send');
  assert.equal(sent.body.files[0].hash, 'h1');
  const picture = frame.getByRole('img', { name: 'box.png' });
  await picture.waitFor();
  assert.match(await picture.getAttribute('src'), /^blob:/);
  await leave(one);
});

test('an outage: lines wait, go out once under their key, and the strip says so', async () => {
  const one = await visit({ conversations: [conversation()], history: { cnv_1: talk() } });
  const { frame, game } = one;
  const box = frame.getByLabel('Write a message');
  await box.fill('before the cut');
  await box.press('Enter');
  const first = await game.wait('send');
  game.refuse = true;
  await game.socket.close({ code: 1001 });
  await box.fill('during it');
  await box.press('Enter');
  await frame.getByText('Trying again in').waitFor();
  await frame.getByText('Goes out when you are back').first().waitFor();
  await accessible(one);
  game.refuse = false;
  await frame.getByRole('button', { name: 'Now' }).click();
  const second = await game.wait('send', 2);
  assert.equal(second.key, first.key);
  game.say({ re: second.id, ok: { seq: 8, at: Date.now() } });
  game.event('message', 'cnv_1', 8, { from: CUSTOMER, text: 'before the cut', key: first.key });
  const third = await game.wait('send', 3);
  assert.equal(third.body.text, 'during it');
  game.say({ re: third.id, error: { code: 'forbidden', message: 'You may not do this.' } });
  await frame.getByText('Not sent.').waitFor();
  await frame.getByRole('button', { name: 'Try again' }).click();
  const fourth = await game.wait('send', 4);
  assert.equal(fourth.key, third.key);
  assert.equal(game.of('hello').at(-1).body.resume[0].seq, 7);
  await leave(one);
});

test('rating, and writing again', async () => {
  const resolved = { ev: 'resolved', conv: 'cnv_1', seq: 8, at: Date.now(), body: { by: 'agent', survey: true } };
  const one = await visit({
    conversations: [conversation({ status: 'resolved', survey: true, seq: 8, ended_at: Date.now() })],
    history: { cnv_1: [...talk(), resolved] },
    answers: { rate: ({ id }, game) => game.say({ re: id, ok: {} }) },
  });
  const { frame, game } = one;
  await frame.getByRole('heading', { name: 'How was it with Marta?' }).waitFor();
  await frame.getByRole('radio', { name: 'Fine' }).focus();
  await one.page.keyboard.press('Space');
  await one.page.keyboard.press('ArrowRight');
  await accessible(one);
  await frame.getByLabel('Anything to add?').fill('Fast 😊');
  await frame.getByRole('button', { name: 'Send rating' }).click();
  const rate = await game.wait('rate');
  assert.deepEqual(rate.body, { conv: 'cnv_1', score: 'good', comment: 'Fast 😊' });
  await frame.getByText('Thank you').waitFor();
  await frame.getByRole('button', { name: 'Write again' }).click();
  await frame.getByLabel('Write a message').fill('One more thing');
  await frame.getByLabel('Write a message').press('Enter');
  assert.equal((await game.wait('send')).body.conv, 'cnv_1');
  await leave(one);
});

test('a closed chat goes on in a new one; anonymous where the inbox allows', async () => {
  const one = await visit({
    inbox: { ...INBOX, anonymous: true, peek: false },
    conversations: [conversation({ status: 'closed', ended_at: Date.now() })],
    history: { cnv_1: [...talk(), { ev: 'closed', conv: 'cnv_1', seq: 8, at: Date.now(), body: { reason: 'timer', survey: false } }] },
    answers: {
      send({ id, body, key }, game) {
        game.say({ re: id, ok: { seq: 2, at: Date.now(), moved: { conv: 'cnv_2', number: 9 } } });
        game.event('started', 'cnv_2', 1, { number: 9, queue: {}, name: '' });
        game.event('message', 'cnv_2', 2, { from: CUSTOMER, text: body.text, key });
      },
    },
  });
  const { frame, game } = one;
  await frame.getByLabel('Write a message').fill('Again');
  await frame.getByLabel('Write a message').press('Enter');
  await game.wait('send');
  await frame.getByText('Looking for somebody for you').first().waitFor();
  await frame.getByRole('button', { name: 'All conversations' }).click();
  await frame.getByRole('navigation', { name: 'Your conversations' }).waitFor();
  await accessible(one);
  await leave(one);
});

test('keyboard: opens, moves the focus in, Escape gives it back; the host page hears of it', async () => {
  const one = await person(browser);
  const { page } = one;
  await play(page);
  await page.addInitScript(() => {
    window.told = [];
    window.addEventListener('parley:visibility_changed', (e) => window.told.push(e.detail.data.visible));
  });
  await page.goto(site.base);
  const launcher = page.getByRole('button', { name: 'Open chat' });
  await launcher.focus();
  await page.keyboard.press('Enter');
  const frame = page.frameLocator('iframe[title=Chat]');
  await frame.locator('input[name=name]:focus').waitFor();
  await page.keyboard.press('Escape');
  await launcher.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'parley');
  assert.equal(await frame.getByLabel('Name').isVisible(), false);
  await page.evaluate(() => window.$parley.open());
  await frame.locator('input[name=name]:focus').waitFor();
  assert.deepEqual(await page.evaluate(() => window.told), [true, false, true]);
  await leave(one);
});

test('phone: full screen, the page behind is out of reach; unread shows on the launcher', async () => {
  const one = await visit({ conversations: [conversation()], history: { cnv_1: talk() } }, { viewport: { width: 320, height: 640 }, hasTouch: true });
  const { frame, page, game } = one;
  await frame.getByText('we leave at 6').waitFor();
  const box = await page.locator('iframe[title=Chat]').boundingBox();
  assert.deepEqual([box.width, box.height], [320, 640]);
  assert.equal(await page.evaluate(() => document.querySelector('main').inert), true);
  assert.equal(await frame.locator('body').evaluate((b) => b.scrollWidth), 320);
  // The host's landmarks and headings are inert while the chat covers them.
  await accessible(one, ['landmark-one-main', 'page-has-heading-one']);
  await frame.getByRole('button', { name: /Close chat/ }).click();
  await page.getByRole('button', { name: 'Open chat' }).waitFor();
  game.event('message', 'cnv_1', 8, { from: { kind: 'agent', ...MARTA }, text: 'Are you there?' });
  await page.getByRole('button', { name: 'Open chat, 1 new message' }).waitFor();
  assert.equal(await page.evaluate(() => document.querySelector('main').inert), false);
  await leave(one);
});

test('dark passes the same checks', async () => {
  const one = await visit({ conversations: [conversation({ delivered: 0, seen: 0 })], history: { cnv_1: talk() } }, { colorScheme: 'dark' });
  await one.frame.getByText('we leave at 6').waitFor();
  assert.equal(await one.frame.locator('html').getAttribute('data-theme'), 'dark');
  await accessible(one);
  await leave(one);
});

test('refused: what happened and a way on', async () => {
  const one = await person(browser);
  await one.page.routeWebSocket(/\/ws$/, (socket) => socket.close({ code: 4403 }));
  await one.page.goto(site.base);
  await one.page.getByRole('button', { name: 'Open chat' }).click();
  const frame = one.page.frameLocator('iframe[title=Chat]');
  await frame.getByRole('heading', { name: 'The chat is not available here' }).waitFor();
  await accessible(one);
  await leave(one);
});
