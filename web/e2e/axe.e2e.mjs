// Every page in its states, light and dark, and at 320 px: no violation of WCAG 2.2 A and AA nor of the best practices.
import { after, before, test } from 'node:test';
import { accessible, narrow } from './lib/axe.mjs';
import { centre } from './lib/centre.mjs';
import { ANNA } from './lib/visitor.mjs';

let place;

before(async () => {
  place = await centre();
});
after(() => place.close());

/** A sign-in link that nobody used yet: the demo's page gives out new ones. */
async function fresh(role, n = 0) {
  const state = await (await fetch(`${place.demo.base}/demo/state`)).json();
  return state.people.filter((p) => p.role === role)[n].url;
}

for (const colorScheme of ['light', 'dark']) {
  test(`sign-in and the demo's page, ${colorScheme}`, async () => {
    const one = await place.visitor({ url: `${place.demo.base}/login`, colorScheme });
    await one.page.getByRole('button', { name: 'Sign in' }).waitFor();
    await accessible(one, 'sign-in');
    await one.page.getByRole('button', { name: 'Sign in' }).click();
    await one.page.getByRole('alert').waitFor();
    await accessible(one, 'sign-in, refused');
    await one.page.goto(place.demo.demo_url);
    await one.page.getByRole('heading', { name: 'Your contact centre is running' }).waitFor();
    await one.page.getByText('Five minutes').waitFor();
    await accessible(one, 'demo');
    await one.context.close();
  });

  test(`shop, widget and console through a conversation, ${colorScheme}`, async () => {
    const anna = await place.visitor({ colorScheme });
    await anna.page.getByRole('button', { name: 'Open chat' }).waitFor();
    await accessible(anna, 'shop');
    await anna.open();
    await anna.begin({ text: '' });
    await anna.frame.getByText('Your name is missing').waitFor();
    await accessible(anna, 'form, refused');
    await anna.begin({ ...ANNA, text: 'Hello, where is it? https://example.com' });
    await anna.frame.getByText('You are next in line').first().waitFor();
    await accessible(anna, 'waiting');

    const marta = await place.agent(0, { url: await fresh('agent'), colorScheme });
    await accessible(marta, 'console, empty');
    await marta.page.locator('button.me').click();
    await marta.page.getByRole('menuitemradio').first().waitFor();
    await accessible(marta, 'presence menu');
    await marta.page.keyboard.press('Escape');
    await marta.presence('Accepting');
    await marta.offer.filter({ hasText: ANNA.name }).waitFor();
    await accessible(marta, 'offer');
    await marta.accept();
    await marta.say('On its way.');
    await anna.line('On its way.').waitFor();
    await marta.note('For the team');
    await anna.say('Thank you 🙏');
    await marta.line('Thank you').waitFor();
    await accessible(marta, 'thread, note mode');
    await marta.page.getByRole('tab', { name: 'Reply' }).click();
    await accessible(marta, 'thread, reply');
    await accessible(anna, 'chat');
    await marta.page.getByRole('button', { name: 'Assign' }).click();
    await marta.page.getByText('Assign to').waitFor();
    await accessible(marta, 'assign menu');
    await marta.page.keyboard.press('Escape');
    await marta.page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await marta.page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await accessible(marta, 'key sheet');
    await marta.page.keyboard.press('Escape');
    await marta.resolve();
    await anna.frame.getByRole('heading', { name: /How was it/ }).waitFor();
    await accessible(anna, 'rating');
    await anna.rate('Bad');
    await accessible(anna, 'rated');
    await marta.page.getByText('Rated bad').first().waitFor();
    await accessible(marta, 'resolved, rated');
    for (const to of ['/me', '/work']) {
      await marta.page.goto(place.demo.base + to);
      await marta.page.getByRole('heading', { level: 1 }).first().waitFor();
      await accessible(marta, to);
    }
    await marta.page.getByRole('link', { name: /^Support/ }).click();
    await marta.page.getByText('Longest wait').waitFor();
    await accessible(marta, 'queue');
    await marta.presence('Not accepting');
    await marta.context.close();
    await anna.context.close();
  });

  test(`wall, ${colorScheme}`, async () => {
    const waits = await place.visitor({ colorScheme });
    await waits.open();
    await waits.begin({ name: 'Waiting', email: 'w@example.org', text: 'I wait' });
    await waits.frame.locator('.pos b').waitFor();
    const ines = await place.agent(0, { url: await fresh('supervisor'), colorScheme });
    await ines.page.getByRole('heading', { name: 'Wall' }).waitFor();
    await ines.page.locator('.agc').first().waitFor();
    await accessible(ines, 'wall');
    await ines.page.getByRole('link', { name: 'Support', exact: true }).or(ines.page.getByRole('cell').getByRole('link', { name: /Support/ })).first().click();
    await ines.page.getByRole('button', { name: 'Look' }).first().click();
    await ines.page.locator('.thead').getByRole('button', { name: 'Pick' }).waitFor();
    await accessible(ines, 'somebody else’s conversation');
    await ines.context.close();
    await waits.frame.getByRole('button', { name: 'More' }).click();
    await waits.frame.getByRole('menuitem', { name: 'End the chat' }).click();
    await accessible(waits, 'end?');
    await waits.frame.getByRole('button', { name: 'End', exact: true }).click();
    await waits.frame.getByText('Ended,').waitFor();
    await waits.context.close();
  });
}

test('320 px wide: nothing is lost to the side, in widget and console', async () => {
  const phone = { viewport: { width: 320, height: 640 }, hasTouch: true };
  const anna = await place.visitor(phone);
  await narrow(anna, 'shop');
  await anna.page.goto(place.demo.demo_url);
  await anna.page.getByText('Five minutes').waitFor();
  await narrow(anna, 'demo');
  await anna.page.goto(place.demo.shop_url);
  await anna.open();
  await anna.frame.getByRole('button', { name: 'Start the chat' }).waitFor();
  await narrow(anna, 'form');
  await anna.begin({ ...ANNA, text: `Donaudampfschifffahrtselektrizitätenhauptbetriebswerk${'x'.repeat(80)}` });
  await anna.frame.locator('.pos b').waitFor();
  await narrow(anna, 'waiting');
  await accessible(anna, 'waiting, 320 px');

  const marta = await place.agent(0, { url: await fresh('agent'), ...phone });
  await marta.page.getByRole('button', { name: /presence/i }).filter({ visible: true }).click();
  await marta.page.getByRole('menuitemradio', { name: /^Accepting/ }).click();
  await marta.offer.filter({ hasText: ANNA.name }).waitFor();
  await narrow(marta, 'offer');
  await accessible(marta, 'offer, 320 px');
  await marta.accept();
  await marta.line('Donau').waitFor();
  await narrow(marta, 'thread');
  await accessible(marta, 'thread, 320 px');
  await marta.say('y'.repeat(120));
  await anna.line('yyyy').waitFor();
  await narrow(anna, 'chat');
  await marta.page.getByRole('button', { name: 'Customer card' }).click();
  await marta.page.getByRole('region', { name: 'Customer card' }).waitFor();
  await narrow(marta, 'card');
  await accessible(marta, 'card, 320 px');
  for (const to of ['/work', '/me']) {
    await marta.page.goto(place.demo.base + to);
    await marta.page.getByRole('heading', { level: 1 }).first().waitFor();
    await narrow(marta, to);
    await accessible(marta, `${to}, 320 px`);
  }
});
