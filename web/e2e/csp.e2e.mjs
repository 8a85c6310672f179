// The chat on somebody else's page, whose policy names our origin and nothing more.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { centre } from './lib/centre.mjs';
import { administrator } from './lib/rest.mjs';
import { ANNA } from './lib/visitor.mjs';

let place;
let known;
let foreign;

/** A page with the strictest policy that still lets the chat in. */
async function site(gateway, inbox) {
  const policy = `default-src 'none'; script-src ${gateway}; frame-src ${gateway}; require-trusted-types-for 'script'; trusted-types 'none'`;
  const body = `<!doctype html><html lang="en"><title>Host</title><main><h1>A page of somebody else</h1></main><script async src="${gateway}/widget.js" data-key="${inbox}"></script></html>`;
  const server = createServer((_, answer) => answer.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': policy }).end(body));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { base: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

before(async () => {
  place = await centre();
  const admin = await administrator(place.demo);
  const inbox = await admin.changeInbox('Nordlicht Outdoor', {});
  known = await site(place.demo.base, inbox);
  foreign = await site(place.demo.base, inbox);
  await admin.changeInbox('Nordlicht Outdoor', { origins: [known.base] });
});
after(async () => {
  known.close();
  foreign.close();
  // A browser says itself that it was not let in.
  await place.close(/frame-ancestors|Refused to frame|violates the following Content Security Policy|ERR_BLOCKED_BY_RESPONSE|403/);
});

test('on a site of the inbox: from the form to an answer', async () => {
  const anna = await place.visitor({ url: known.base });
  await anna.open();
  await anna.begin({ ...ANNA, text: 'From another site' });
  const marta = await place.agent(0);
  await marta.presence('Accepting');
  await marta.accept(ANNA.name);
  await marta.say('Welcome');
  await anna.line('Welcome').waitFor();
  await anna.page.keyboard.press('Escape');
  assert.equal(await anna.page.evaluate(() => typeof window.$parley.open), 'function');
  assert.deepEqual(anna.complaints, []);
});

test('on a site that is not one of them: no chat, and no conversation', async () => {
  const stranger = await place.visitor({ url: foreign.base });
  const launcher = stranger.page.getByRole('button', { name: /^Open chat/ });
  if (await launcher.count()) await launcher.click();
  await stranger.page.waitForTimeout(1500);
  const frame = stranger.page.frames().find((f) => f.url().includes('/widget/'));
  const text = frame ? await frame.locator('body').innerText().catch(() => '') : '';
  assert.equal(/Start the chat/.test(text), false, text);
});

test('the shop of the demo still has it: it is the server’s own page', async () => {
  const own = await place.visitor();
  await own.open();
  await own.frame.getByRole('button', { name: 'Start the chat' }).waitFor();
  assert.deepEqual(own.complaints, []);
});
