// An agent in the console, with the hands an agent has.
import { person } from './browser.mjs';
import { listen, PATIENCE_MS } from './listen.mjs';

export async function agent(browser, url, { url: _, context, ...options } = {}) {
  const one = listen(await (context ? tab(context) : person(browser, options)));
  const { page } = one;
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  await page.locator('.me, .tabbar').first().waitFor({ state: 'attached' });
  const offer = page.locator('section.offer').first();
  one.box = page.locator('.comp textarea');
  return Object.assign(one, {
    offer,
    async presence(word) {
      await page.getByRole('button', { name: /Change presence$/ }).filter({ visible: true }).click();
      await page.getByRole('menuitemradio', { name: new RegExp(`^${word}`) }).first().click();
      await one.stands(word);
    },
    /** The word of the presence, as the side bar says it. */
    stands: (word) => page.locator('.me .l2', { hasText: word }).waitFor(),
    async accept(name) {
      const card = name ? page.locator('section.offer', { hasText: name }) : offer;
      await card.getByRole('button', { name: /^Accept/ }).click();
      await one.box.waitFor();
    },
    async say(text) {
      await page.getByRole('tab', { name: 'Reply' }).click();
      await one.box.fill(text);
      await one.box.press('Enter');
    },
    async note(text) {
      await page.getByRole('tab', { name: 'Note' }).click();
      await one.box.fill(text);
      await one.box.press('Enter');
    },
    resolve: () => page.getByRole('button', { name: 'Resolve', exact: true }).click(),
    /** The texts of both sides as they stand on the screen, without notes; long ones unfolded or not. */
    lines: () => page.locator('.log .m:not(.peek) .b').evaluateAll((all) => all.map((b) => (b.querySelector('.fold') ?? b).textContent)),
    notes: () => page.locator('.log .nt .txt').evaluateAll((all) => all.map((b) => (b.querySelector('.fold') ?? b).textContent)),
    line: (text) => page.locator('.log .m:not(.peek) .b', { hasText: text }),
    row: (name) => page.locator('a.cv', { hasText: name }),
    attach: (file) => page.getByLabel('Files to attach').setInputFiles(file),
  });
}

/** Another tab of a browser that is signed in. */
async function tab(context) {
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (m) => m.type() === 'error' && complaints.push(m.text()));
  page.on('pageerror', (e) => complaints.push(String(e)));
  return { context, page, complaints, strangers: [] };
}
