// A customer on a page with the chat, with the hands a customer has.
import { person } from './browser.mjs';
import { listen, PATIENCE_MS } from './listen.mjs';

export async function visitor(browser, url, { url: _, ...options } = {}) {
  const one = listen(await person(browser, options));
  const { page } = one;
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  one.frame = page.frameLocator('iframe[title=Chat]');
  const { frame } = one;
  one.box = frame.getByLabel('Write a message');
  return Object.assign(one, {
    open: () => page.getByRole('button', { name: /^Open chat/ }).click(),
    /** Fills in the form and starts; fields left out stay empty. */
    async begin({ name = '', email = '', text }) {
      if (name) await frame.getByLabel(/^Name/).fill(name);
      if (email) await frame.getByLabel(/^E-mail/).fill(email);
      await frame.getByLabel('How can we help?').fill(text);
      await frame.getByRole('button', { name: 'Start the chat' }).click();
    },
    async say(text) {
      await one.box.fill(text);
      await one.box.press('Enter');
    },
    /** The texts of both sides as they stand on the screen. */
    lines: () => frame.locator('.wb .b:not(:has(.dots))').allTextContents(),
    line: (text) => frame.locator('.wb .b', { hasText: text }),
    attach: (file) => frame.locator('input[type=file]').setInputFiles(file),
    async rate(word, comment) {
      await frame.getByRole('radio', { name: word }).check({ force: true });
      if (comment) await frame.getByLabel(/^Anything to add/).fill(comment);
      await frame.getByRole('button', { name: 'Send rating' }).click();
      await frame.getByText('Thank you').waitFor();
    },
    /** The agent whose name stands on top. */
    with: (name) => frame.getByRole('heading', { level: 1, name }).waitFor(),
  });
}

export const ANNA = { name: 'Anna-Lena Vogel', email: 'anna@posteo.example' };
