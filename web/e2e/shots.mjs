// Pictures of every page and state in light, dark and phone width, into shots/: to be looked at beside the mock pages.
// Widget and console are played by gateways made of answers, so every state comes up at once and looks the same each time.
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scene } from '../console/mock/scene.mjs';
import { pages } from '../console/mock/server.mjs';
import { CUSTOMER, conversation, host, INBOX, MARTA, play, serve, talk } from './fake/gateway.mjs';
import { launch, person } from './lib/browser.mjs';
import { png } from './lib/picture.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', '..', 'shots');
const only = process.argv[2] ?? '';
const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true, deviceScaleFactor: 2 },
  'phone-dark': { colorScheme: 'dark', viewport: { width: 390, height: 844 }, hasTouch: true, deviceScaleFactor: 2 },
};

if (!only) rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const browser = await launch();
const desk = await pages(join(here, '..', 'dist'));
const gateway = await serve({
  'GET /api/v1/files/cnv_1/*': () => ({ type: 'image/png', body: png(328, 210) }),
  'GET /demo/state': () => ({ body: JSON.stringify(demoState()) }),
});
const site = await host(gateway.base);
let count = 0;

/** One state in every look: reach(page, look) brings it up. */
async function shot(name, reach, { looks = Object.keys(LOOKS), options = {} } = {}) {
  if (!name.includes(only)) return;
  for (const look of looks) {
    const one = await person(browser, { reducedMotion: 'reduce', ...options, ...LOOKS[look] });
    one.page.setDefaultTimeout(15_000);
    try {
      await reach(one.page, look.startsWith('phone'));
      await one.page.waitForTimeout(150);
      await one.page.screenshot({ path: join(out, `${name}-${look}.png`) });
      count++;
    } catch (error) {
      console.error(`${name}-${look}: ${String(error.message).split('\n')[0]}`);
      process.exitCode = 1;
    }
    await one.context.close();
  }
}

function demoState() {
  const people = [['Marta Kowalczyk', 'agent'], ['Jonas Berger', 'agent'], ['Ines Vogt', 'supervisor'], ['Lindiwe Nkosi', 'administrator']];
  return {
    inbox: 'inb_1', centre: 'Nordlicht Outdoor', queues: 2, address: 'http://127.0.0.1:8080', metrics: 'http://127.0.0.1:9090/metrics',
    data: '/home/marta/parley-data', pid: 48213, ready_ms: 412, customers: 0,
    people: people.map(([name, role], i) => ({ id: `agt_${i}`, name, role, url: '#' })),
  };
}

// Console
const inside = async (page, path = '/work', before = () => {}, options) => {
  const s = scene(options);
  await s.centre.attach(page);
  before(s);
  const { self } = s.centre;
  await page.addInitScript((session) => localStorage.setItem('parley.session', session), JSON.stringify({ token: 'pst_x', agent: self }));
  await page.goto(desk.url + (typeof path === 'function' ? path(s) : path));
  await page.locator('.app').waitFor();
  return s;
};
const thread = (who) => (s) => `/c/${s.centre.convs.get(s[who]).row.number}?id=${s[who]}`;

await shot('sign-in', (page) => page.goto(`${desk.url}/login`));
await shot('sign-in-refused', async (page) => {
  const { centre } = scene();
  await centre.attach(page);
  await page.goto(`${desk.url}/login`);
  await page.getByLabel('Name').fill('marta');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
});
await shot('console-empty', async (page) => {
  await inside(page, '/work', ({ centre }) => Object.assign(centre.me, { work: [], done: [], workload: 0 }));
  await page.getByText('All answered').waitFor();
});
await shot('console-list', async (page) => {
  await inside(page);
  await page.locator('a.cv').first().waitFor();
});
await shot('console-thread', async (page) => {
  const s = await inside(page, thread('anna'));
  await page.locator('.log .b').first().waitFor();
  s.centre.push({ ev: 'peek', conv: s.anna, body: { text: 'Also: is there a discount for' } });
  await page.locator('.peek').waitFor();
});
await shot('console-offer', async (page, phone) => {
  const s = await inside(page, phone ? '/work' : thread('anna'));
  s.centre.offer(s.tomasz);
  await page.locator('section.offer').first().waitFor();
});
await shot('console-offers-end', async (page) => {
  const s = await inside(page);
  const offer = s.centre.offer(s.tomasz);
  await page.locator('section.offer').first().waitFor();
  s.centre.endOffer(s.tomasz, offer, 'lapsed');
  await page.locator('.offer.ended').waitFor();
});
await shot('console-note', async (page) => {
  await inside(page, thread('anna'));
  await page.getByRole('tab', { name: 'Note' }).click();
  await page.locator('.comp textarea').fill('Warehouse says 16:00. Please do not send a new set before.');
});
await shot('console-rtl', async (page) => {
  await inside(page, thread('maryam'));
  await page.locator('.log .b').first().waitFor();
});
await shot('console-cut', async (page) => {
  const s = await inside(page, thread('anna'));
  await page.locator('.log .b').first().waitFor();
  s.centre.down = true;
  s.centre.cut();
  await page.locator('.comp textarea').fill('While the line is away');
  await page.locator('.comp textarea').press('Enter');
  await page.locator('.bar.warn').filter({ visible: true }).first().waitFor();
});
await shot('console-refused', async (page) => {
  const s = await inside(page, thread('anna'));
  await page.locator('.log .b').first().waitFor();
  s.centre.refuse.set('send', { code: 'forbidden', message: 'You may not do this.' });
  await page.locator('.comp textarea').fill('This one is refused');
  await page.locator('.comp textarea').press('Enter');
  await page.getByText('Not sent').waitFor();
});
await shot('console-presence', async (page) => {
  await inside(page);
  await page.locator('button.me').click();
  await page.getByRole('menuitemradio').first().waitFor();
}, { looks: ['light', 'dark'] });
await shot('console-keys', async (page) => {
  await inside(page);
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
}, { looks: ['light', 'dark'] });
await shot('console-card', async (page) => {
  await inside(page, (s) => `${thread('anna')(s)}&card=1`);
  await page.getByRole('region', { name: 'Customer card' }).waitFor();
}, { looks: ['phone', 'phone-dark'] });
await shot('console-queue', async (page) => {
  await inside(page, (s) => `/queues/${s.centre.queues()[0].id}`);
  await page.getByText('Longest wait').waitFor();
});
await shot('console-me', (page) => inside(page, '/me'));
await shot('wall', async (page) => {
  await inside(page, '/wall', () => {}, { self: { id: 'agt_9', name: 'Ines Carvalho', role: 'supervisor' } });
  await page.locator('.agc').first().waitFor();
});

// Widget
const chat = async (page, script) => {
  const game = await play(page, script);
  await page.goto(site.base);
  await page.getByRole('button', { name: /chat/i }).click();
  return { game, frame: page.frameLocator('iframe[title=Chat]') };
};
const talking = (over) => ({ conversations: [conversation(over)], history: { cnv_1: talk() } });

await shot('shop', async (page) => {
  await play(page);
  await page.goto(`${gateway.base}/shop/`);
  await page.getByRole('button', { name: 'Open chat' }).waitFor();
});
await shot('shop-chat', async (page) => {
  await play(page, talking());
  await page.goto(`${gateway.base}/shop/`);
  await page.getByRole('button', { name: 'Open chat' }).click();
  await page.frameLocator('iframe[title=Chat]').getByText('we leave at 6').waitFor();
});
await shot('widget-form', async (page) => {
  const { frame } = await chat(page);
  await frame.getByLabel('Name').fill('Anna-Lena');
  await frame.getByLabel('E-mail').fill('anna@posteo');
  await frame.getByLabel('How can we help?').fill('The second box arrived, but the pole set is missing');
  await frame.getByRole('button', { name: 'Start the chat' }).click();
  await frame.getByText('Looks unfinished').waitFor();
});
await shot('widget-waiting', async (page) => {
  const { frame, game } = await chat(page, { conversations: [conversation({ status: 'new', agent: undefined, delivered: 0, seen: 0, seq: 2 })], history: { cnv_1: talk().slice(0, 2) } });
  await frame.getByText('pole set is missing').waitFor();
  game.push('queue', 'cnv_1', { position: 2, wait_ms: 61_000 });
  await frame.getByText('You are second in line').first().waitFor();
});
await shot('widget-chat', async (page) => {
  const { frame, game } = await chat(page, talking());
  await frame.getByText('we leave at 6').waitFor();
  game.push('typing', 'cnv_1', { who: { kind: 'agent', ...MARTA }, on: true });
  await frame.getByRole('img', { name: /is writing/ }).waitFor();
});
await shot('widget-files', async (page) => {
  const file = { hash: 'h1', name: 'box.png', size: 70_000, type: 'image/png', width: 328, height: 210 };
  const list = { hash: 'h2', name: 'Packliste_NO-20931_Karton-2-von-2.pdf', size: 184_000, type: 'application/pdf' };
  const sent = { ev: 'message', conv: 'cnv_1', seq: 8, at: Date.now(), body: { from: CUSTOMER, text: '', files: [file, list], key: 'k9' } };
  const { frame } = await chat(page, { conversations: [conversation({ seq: 8 })], history: { cnv_1: [...talk(), sent] } });
  await frame.getByRole('img', { name: 'box.png' }).waitFor();
});
await shot('widget-cut', async (page) => {
  const { frame, game } = await chat(page, talking());
  await frame.getByText('we leave at 6').waitFor();
  game.refuse = true;
  await game.socket.close({ code: 1001 });
  await frame.getByLabel('Write a message').fill('while away');
  await frame.getByLabel('Write a message').press('Enter');
  await frame.getByText('Trying again in').waitFor();
});
await shot('widget-rating', async (page) => {
  const resolved = { ev: 'resolved', conv: 'cnv_1', seq: 8, at: Date.now(), body: { by: 'agent', survey: true } };
  const { frame } = await chat(page, { conversations: [conversation({ status: 'resolved', survey: true, seq: 8, ended_at: Date.now() })], history: { cnv_1: [...talk(), resolved] } });
  await frame.getByRole('heading', { name: /How was it/ }).waitFor();
  await frame.getByText('Good', { exact: true }).click();
});
await shot('widget-list', async (page) => {
  const more = [conversation(), conversation({ conv: 'cnv_2', number: 4711, status: 'closed', ended_at: Date.now() - 9e8, last: { text: 'Thank you!', at: Date.now() - 9e8, from: 'customer' } })];
  const { frame } = await chat(page, { conversations: more, history: { cnv_1: talk() }, inbox: INBOX });
  await frame.getByRole('button', { name: 'All conversations' }).click();
  await frame.getByRole('navigation', { name: 'Your conversations' }).waitFor();
});
await shot('widget-refused', async (page) => {
  await page.routeWebSocket(/\/ws$/, (socket) => socket.close({ code: 4403 }));
  await page.goto(site.base);
  await page.getByRole('button', { name: 'Open chat' }).click();
  await page.frameLocator('iframe[title=Chat]').getByRole('heading', { name: 'The chat is not available here' }).waitFor();
});
await shot('demo', async (page) => {
  await page.goto(`${gateway.base}/demo/`);
  await page.getByText('Five minutes').waitFor();
});

await browser.close();
desk.close();
gateway.close();
site.close();
console.log(`${count} pictures in shots/`);
