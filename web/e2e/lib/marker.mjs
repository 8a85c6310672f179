// Whether a page is still the one it was, and whether two people have the same conversation before them.
import assert from 'node:assert/strict';
import { until } from './listen.mjs';

const windows = ({ page }) => page.frames().filter((f) => f.url().startsWith('http'));

/** Leaves a mark in every window of these people; a reload would wipe it. */
export async function marked(...people) {
  for (const one of people) for (const frame of windows(one)) await frame.evaluate(() => (window.marker = 'here'));
}

marked.still = async (...people) => {
  for (const one of people) {
    for (const frame of windows(one)) assert.equal(await frame.evaluate(() => window.marker), 'here', 'the page was loaded again');
  }
};

/**
 * Waits until both have every one of these lines, and checks that each stands there once, that both have the
 * same order, and that each author's lines are in the order they were written. only: which lines count.
 */
export async function same(customer, agent, texts, only = () => true) {
  const read = async () => [(await customer.lines()).filter(only), (await agent.lines()).filter(only)];
  const whole = async () => {
    const both = await read();
    return both.every((lines) => texts.every((text) => lines.includes(text))) && String(both[0]) === String(both[1]) ? both : null;
  };
  const [one, other] = await until(whole, 'all lines on both sides', 45_000).catch(async () => read());
  assert.deepEqual([...one].sort(), [...texts].sort(), 'the customer has each line once');
  assert.deepEqual([...other].sort(), [...texts].sort(), 'the agent has each line once');
  assert.deepEqual(one, other, 'both have one order');
  for (const author of new Set(texts.map((t) => t[0]))) {
    const of = (lines) => lines.filter((t) => t[0] === author);
    assert.deepEqual(of(one), of(texts), `the lines of ${author} in the order they were written`);
  }
}
