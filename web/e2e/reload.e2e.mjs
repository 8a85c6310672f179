// A page loaded again in the middle of something: what was written is still there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AWAY, centre } from './lib/centre.mjs';
import { until } from './lib/listen.mjs';
import { startProxy } from './lib/proxy.mjs';
import { ANNA } from './lib/visitor.mjs';

let place;
let relay;
let anna;
let marta;

before(async () => {
  place = await centre();
  relay = await startProxy(place.demo.base);
  marta = await place.agent(0, { url: relay.via(place.demo.agents[0].url) });
  await marta.presence('Accepting');
  anna = await place.visitor();
  await anna.open();
  await anna.begin({ ...ANNA, text: 'Hello' });
  await marta.accept();
  await anna.with('Marta Kowalczyk');
});
after(async () => {
  await place.close(AWAY);
  await relay.stop();
});

test('drafts of both sides, reply and note apart', async () => {
  await anna.box.fill('half a thou');
  await marta.box.fill('half an answ');
  await marta.page.getByRole('tab', { name: 'Note' }).click();
  await marta.box.fill('half a note');
  await Promise.all([anna.page.reload(), marta.page.reload()]);
  await anna.open();
  await until(async () => (await anna.box.inputValue()) === 'half a thou', 'the customer’s draft');
  await until(async () => (await marta.box.inputValue()) === 'half an answ', 'the agent’s draft');
  await marta.page.getByRole('tab', { name: 'Note' }).click();
  assert.equal(await marta.box.inputValue(), 'half a note');
  await marta.box.fill('');
  assert.deepEqual(await anna.lines(), ['Hello']);
});

test('a line on its way goes out after the reload, once', async () => {
  relay.cut();
  await marta.say('Written while away');
  await marta.page.locator('.log .st', { hasText: 'Sending' }).waitFor();
  relay.heal();
  await marta.page.reload();
  await anna.line('Written while away').waitFor();
  await marta.line('Written while away').waitFor();
  await anna.say('Got it');
  await marta.line('Got it').waitFor();
  assert.deepEqual(await anna.lines(), ['Hello', 'Written while away', 'Got it']);
  assert.deepEqual(await marta.lines(), await anna.lines());
});

test('in the middle of an upload: the file is not sent, everything else goes on', async () => {
  let begun = false;
  await anna.page.route('**/api/v1/files', () => {
    begun = true; // and never answered
  });
  await anna.attach({ name: 'large.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(200_000, 1) });
  await until(() => begun, 'the upload');
  await anna.page.unroute('**/api/v1/files');
  await anna.page.reload();
  await anna.open();
  await anna.line('Got it').waitFor();
  await anna.attach({ name: 'again.txt', mimeType: 'text/plain', buffer: Buffer.from('again') });
  await anna.frame.getByRole('list', { name: 'Files to send' }).getByText('5 B').waitFor();
  await anna.say('Here it is');
  await marta.page.getByRole('button', { name: 'Download again.txt' }).waitFor();
  assert.equal(await marta.page.getByText('large.bin').count(), 0);
});
