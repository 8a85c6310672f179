// Whatever somebody types arrives as typed, and nothing of it runs.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { centre } from './lib/centre.mjs';
import { until } from './lib/listen.mjs';
import { administrator, stranger } from './lib/rest.mjs';
import { ANNA } from './lib/visitor.mjs';

const file = await readFile(new URL('naughty.txt', import.meta.url), 'utf8');
const NAUGHTY = file.split('\n').filter((line) => line !== '' && !line.startsWith('# '));
const LONG = Array.from({ length: 250 }, (_, i) => `${String(i).padStart(4, '0')} Zeile ü 😀 ${'x'.repeat(22)}\n`).join('') .slice(0, 9990);
const GOOD = {
  emoji: '👩‍👩‍👧‍👦 🇩🇪 👍🏽 1️⃣ ❤️‍🔥 text behind',
  'line breaks': 'first\n\n  third, two blanks before\n\ttab\nlast',
  'right to left': 'צמיד 12 ₪ — هل يصل يوم الجمعة؟ (نعم)',
  mixed: 'Order NO-20931 «صُنع في البرتغال» ist da',
  combining: 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉a̶l̷g̸o̵ and é beside é',
};

let place;
let anna;
let marta;

before(async () => {
  place = await centre();
  marta = await place.agent(0, { viewport: { width: 1360, height: 1000 } });
  await marta.presence('Accepting');
  anna = await place.visitor();
  await anna.open();
  await anna.begin({ ...ANNA, text: 'Hello' });
  await marta.accept();
  await anna.with('Marta Kowalczyk');
});
after(() => place.close());

/** The newest line on the other side, as it stands in the page. */
const last = async (one) => (await one.lines()).at(-1);

for (const [name, text] of Object.entries(GOOD)) {
  test(`${name}, both ways`, async () => {
    await anna.say(text);
    await until(async () => (await last(marta)) === text, `${name} at the agent's`);
    assert.equal(await last(anna), text);
    await marta.say(text);
    await until(async () => (await anna.lines()).filter((l) => l === text).length === 2, `${name} at the customer's`);
  });
}

test('10,000 characters pasted at once, both ways; one more is refused in words', async () => {
  const text = LONG + '…'.repeat(10_000 - [...LONG].length);
  assert.equal([...text].length, 10_000);
  await paste(anna, anna.box, text);
  await anna.frame.getByText(/10.000 of 10.000 characters/).waitFor();
  await anna.box.press('Enter');
  await until(async () => (await last(marta)) === text, 'all of it at the agent’s');
  await marta.page.getByRole('tab', { name: 'Reply' }).click();
  await paste(marta, marta.box, `${text}!`);
  await marta.page.getByText(/10.001 of 10.000/).waitFor();
  assert.equal(await marta.page.getByRole('button', { name: /^Send/ }).isDisabled(), true);
  await marta.box.press('Enter');
  await marta.page.getByText('Too long to send as one message').waitFor();
  await marta.say(text);
  await until(async () => (await anna.lines()).filter((l) => l === text).length === 2, 'all of it at the customer’s');
});

async function paste({ page }, box, text) {
  await box.fill('');
  await box.focus();
  await page.keyboard.insertText(text);
}

test('naughty strings as messages and notes', async () => {
  for (const text of NAUGHTY) await anna.say(text);
  await until(async () => (await last(marta)) === NAUGHTY.at(-1), 'the last naughty line');
  assert.deepEqual((await anna.lines()).slice(-NAUGHTY.length), NAUGHTY);
  const seen = await gather(marta, '.log .m .b', NAUGHTY);
  assert.deepEqual(NAUGHTY.filter((text) => !seen.has(text)), []);
  await marta.page.getByRole('tab', { name: 'Note' }).click();
  for (const text of NAUGHTY) {
    await marta.box.fill(text);
    await marta.box.press('Enter');
  }
  await until(async () => (await marta.notes()).at(-1) === NAUGHTY.at(-1), 'the last note');
  const notes = await gather(marta, '.log .nt .txt', NAUGHTY);
  assert.deepEqual(NAUGHTY.filter((text) => !notes.has(text)), []);
});

/** Only what is near the window is in the page: reads while scrolling from the end upward. */
async function gather({ page }, selector, wanted) {
  const seen = new Set();
  for (let i = 0; i < 200 && wanted.some((text) => !seen.has(text)); i++) {
    for (const text of await page.locator(selector).allTextContents()) seen.add(text);
    const more = await page.locator('.log').evaluate((log) => {
      const before = log.scrollTop;
      log.scrollTop -= log.clientHeight * 0.8;
      return log.scrollTop !== before;
    });
    if (!more && i > 60) break;
    await page.waitForTimeout(30);
  }
  await page.locator('.log').evaluate((log) => (log.scrollTop = log.scrollHeight));
  return seen;
}

test('naughty strings as names, in the list, on the card and in the queue', async () => {
  const admin = await administrator(place.demo);
  const { inboxes, agents } = await admin.call('config');
  const shop = inboxes.find((i) => !i.anonymous).id;
  const agent = agents.find((a) => a.name === 'Jonas Berger').id;
  const jonas = await place.agent(1, { viewport: { width: 1360, height: 1000 } });
  const names = NAUGHTY.filter((n) => [...n].length <= 200 && n.trim() === n);
  for (const name of names) {
    const { conv } = await stranger(place.demo.base, shop)('start', { name, email: 'x@example.org', text: name });
    await admin.call('assign', { conv, agent, forced: true });
  }
  await until(async () => (await jonas.page.locator('a.cv').count()) >= names.length, 'all of them in the list', 20_000);
  const shown = new Set(await jonas.page.locator('a.cv .nm').allTextContents());
  assert.deepEqual(names.filter((n) => !shown.has(n)), []);
  const worst = names.findIndex((n) => n.includes('<script>'));
  await jonas.page.locator('a.cv').filter({ has: jonas.page.locator('.nm').getByText(names[worst], { exact: true }) }).click();
  await jonas.page.getByRole('heading', { level: 1 }).filter({ hasText: names[worst] }).waitFor();
  await jonas.page.locator('.cust h2').first().filter({ hasText: names[worst] }).waitFor();
});
