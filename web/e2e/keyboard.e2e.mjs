// An agent's whole turn without a mouse: from the sign-in with name and password to the resolved conversation.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { person } from './lib/browser.mjs';
import { centre } from './lib/centre.mjs';
import { listen, PATIENCE_MS, until } from './lib/listen.mjs';
import { administrator } from './lib/rest.mjs';
import { ANNA } from './lib/visitor.mjs';

const PASSWORD = 'tent pegs and 4 poles';
let place;
let login;

before(async () => {
  place = await centre();
  const admin = await administrator(place.demo);
  const marta = (await admin.call('config')).agents.find((a) => a.name === 'Marta Kowalczyk');
  login = marta.login;
  await admin.call('set_password', { agent: marta.id, password: PASSWORD });
});
// Chromium's own line for the wrong password.
after(() => place.close(/status of 401/));

/** What has the focus: its role or tag, and its name. */
const focus = (page) => page.evaluate(() => `${document.activeElement.getAttribute('role') ?? document.activeElement.tagName.toLowerCase()} ${document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent}`);

test('from the sign-in to the resolved conversation', async () => {
  const one = listen(await person(place.browser));
  place.people.push(one);
  const { page } = one;
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${place.demo.base}/login`);
  await page.locator('#login:focus').waitFor();
  await page.keyboard.type(login);
  await press('Tab');
  await page.keyboard.type('not this one');
  await press('Enter');
  await page.getByRole('alert').waitFor();
  await page.locator('#password:focus').waitFor();
  await page.keyboard.type(PASSWORD);
  await press('Enter');
  await page.locator('.me .l2', { hasText: /\S/ }).waitFor();

  await press('b');
  await page.getByRole('menuitemradio', { name: /^Accepting/ }).waitFor();
  await press('1');
  await page.locator('.me .l2', { hasText: 'Accepting' }).waitFor();

  const anna = await place.visitor();
  await anna.page.getByRole('button', { name: 'Open chat' }).focus();
  await anna.page.keyboard.press('Enter');
  await anna.frame.locator('input[name=name]:focus').waitFor();
  await anna.page.keyboard.type(ANNA.name);
  await anna.page.keyboard.press('Tab');
  await anna.page.keyboard.type(ANNA.email);
  await anna.page.keyboard.press('Tab');
  await anna.page.keyboard.type('With keys alone');
  await anna.page.keyboard.press('Tab');
  await anna.page.keyboard.press('Enter');

  await page.locator('section.offer').waitFor();
  await press('y');
  await page.locator('.comp textarea:focus').waitFor();
  await page.keyboard.type('Two');
  await press('Shift+Enter');
  await page.keyboard.type('lines');
  await press('Enter');
  await anna.line('Two').waitFor();
  assert.equal((await anna.lines()).at(-1), 'Two\nlines');

  await press('Escape');
  await until(async () => !(await focus(page)).startsWith('textarea'), 'Escape leaves the text');
  await press('n');
  await page.locator('.comp.is-note textarea:focus').waitFor();
  await page.keyboard.type('A note by keys');
  await press('Enter');
  await page.locator('.log .nt', { hasText: 'A note by keys' }).waitFor();
  await press('Escape', 'r');
  await page.locator('.comp:not(.is-note) textarea:focus').waitFor();
  await press('Escape', '?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await press('Escape');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
  assert.match(page.url(), /\/c\/\d+/, 'Escape closed the sheet, not the conversation');
  await press('e');
  await page.getByText(/#\d+ resolved/).waitFor();
  await anna.frame.getByRole('heading', { name: /How was it/ }).waitFor();
  await press('Escape');
  await until(() => page.url().endsWith('/work'), 'back at the list');
  // Pressed as a person would who sees nothing happen: right after the way back the list may not listen yet.
  const byJ = async () => {
    await press('j');
    return /\/c\/\d+/.test(page.url());
  };
  await until(byJ, 'the conversation by J');
});

test('every place that Tab reaches shows that it has the focus', async () => {
  const marta = await place.agent(1);
  const bare = [];
  for (let i = 0; i < 25; i++) {
    await marta.page.keyboard.press('Tab');
    const shown = await marta.page.evaluate(() => {
      const at = document.activeElement;
      if (at === document.body) return true;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
    });
    if (!shown) bare.push(await focus(marta.page));
  }
  assert.deepEqual(bare, []);
});
