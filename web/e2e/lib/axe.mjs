// axe with the rules we promise: WCAG 2.2 A and AA, and the best practices.
import assert from 'node:assert/strict';
import AxeBuilder from '@axe-core/playwright';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** No violation on what is shown now. what: the state, for the message. */
export async function accessible({ page }, what) {
  const axe = new AxeBuilder({ page }).withTags(TAGS);
  // Full screen on a phone the chat makes the page behind inert: its own landmarks are out of reach by intent.
  const covered = await page.evaluate(() => document.querySelector('main')?.inert === true);
  if (covered) axe.disableRules(['landmark-one-main', 'page-has-heading-one']);
  const { violations } = await axe.analyze();
  const words = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} (${n.any[0]?.message ?? n.failureSummary})`).join(', ')}`);
  assert.deepEqual(words, [], what);
}

/** The page and every frame in it are no wider than the window. */
export async function narrow({ page }, what) {
  for (const frame of page.frames()) {
    if (!frame.url().startsWith('http')) continue;
    const [wide, window] = await frame.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= window, `${what}: ${wide} px in a window of ${window}`);
  }
}
