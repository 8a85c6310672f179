// A demo centre with a browser beside it, and everybody who came: at the end all of them must have been at peace.
import assert from 'node:assert/strict';
import { agent } from './agent.mjs';
import { launch } from './browser.mjs';
import { startDemo } from './server.mjs';
import { visitor } from './visitor.mjs';

export async function centre(options) {
  const [demo, browser] = await Promise.all([startDemo(options), launch()]);
  const people = [];
  const came = async (promise) => {
    const one = await promise;
    people.push(one);
    return one;
  };
  return {
    demo,
    browser,
    people,
    /** A customer on the shop page; url: another address of it. */
    visitor: (more = {}) => came(visitor(browser, more.url ?? demo.shop_url, more)),
    /** Agent n of the demo, signed in by the one-time link; url: that of somebody else, or through a relay. */
    agent: (n = 0, more = {}) => came(agent(browser, more.url ?? demo.agents[n].url, more)),
    supervisor: (more = {}) => came(agent(browser, demo.supervisor_url, more)),
    /** allow: what a browser itself writes into its console while the server is away on purpose. */
    async close(allow) {
      await browser.close();
      await demo.stop();
      for (const one of people) peaceful(one, allow);
    },
  };
}

/** Nothing in the browser's console, nothing from a third host, no script of somebody's text. */
export function peaceful({ complaints, strangers, ran }, allow = /^$/) {
  assert.deepEqual(complaints.filter((c) => !allow.test(c)), []);
  assert.deepEqual(strangers, []);
  assert.deepEqual(ran, []);
}

/** Chromium's own line for each socket or request that found nobody. */
export const AWAY = /^WebSocket connection to .* failed|net::ERR_(CONNECTION|EMPTY_RESPONSE|SOCKET|INCOMPLETE)/;
