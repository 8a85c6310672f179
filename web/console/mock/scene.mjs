// The picture of the mock pages: Marta with three who wait, two with the customer, one offer.
import { AGENTS, Centre, QUEUES } from './server.mjs';

const MIN = 60_000;

export function scene(options) {
  const c = new Centre(options);
  const now = c.now();
  const jonas = AGENTS[1];
  const anna = c.conv('Anna-Lena von Weißenfels-Oberhauser', { email: 'anna-lena.vwo@posteo.example', page: 'https://shop.example/account/orders/NO-20931', language: 'de-DE', started_at: now - 10 * MIN, greeting: 'Hello, you are through to Nordlicht Outdoor. How can we help?' });
  const contact = c.convs.get(anna).row.contact;
  c.event(anna, 'queued', { n: 1, queue: QUEUES[1] }, now - 10 * MIN);
  c.says(anna, 'Hello! The second box arrived today, but the pole set is missing 😕 I took two photos and attached the packing list.', now - 9.8 * MIN, [
    { hash: 'a1'.repeat(32), name: 'box.svg.png', size: 120_000, type: 'image/png', width: 1500, height: 960 },
    { hash: 'a2'.repeat(32), name: 'Packliste_NO-20931_Karton-2-von-2.pdf', size: 184_000, type: 'application/pdf' },
  ]);
  c.event(anna, 'offered', { offer: 'off_1', agent: jonas, until: now - 9.4 * MIN }, now - 9.9 * MIN);
  c.event(anna, 'offer_ended', { offer: 'off_1', agent: jonas, why: 'lapsed' }, now - 9.4 * MIN);
  c.assign(anna, 'accepted', now - 9.3 * MIN);
  c.answers(anna, '@Marta warehouse says the poles left in a parcel of their own, 00340434161094. Please don\'t send a new set before 16:00.', now - 7 * MIN, jonas, { note: true });
  const mine = c.answers(anna, "Thanks for the photos, that helps. I'm asking our warehouse right now.", now - 6 * MIN);
  Object.assign(c.convs.get(anna).row, { seen: mine.seq, delivered: mine.seq, my_seen: mine.seq });
  c.says(anna, 'The label says «صُنع في البرتغال», is that the right one?', now - 2.7 * MIN);
  c.says(anna, 'I need it on Friday, we leave at 6 🙏', now - 2.6 * MIN);

  const maryam = c.conv('مريم الحسيني', { started_at: now - 4 * MIN, email: 'm@example.org' });
  c.says(maryam, 'هل يمكنني تغيير عنوان التوصيل قبل الشحن؟', now - 0.9 * MIN);
  c.assign(maryam, 'accepted', now - 0.8 * MIN);
  const anon = c.conv('', { started_at: now - 3 * MIN });
  c.says(anon, 'Hi', now - 0.2 * MIN);
  c.assign(anon, 'picked', now - 0.1 * MIN);

  for (const [name, text, seen] of [['Oluwaseun Adébáyọ̀-Thompson', 'Here is the return label, no printer needed 👍', true], ['Jürgen Krämer', 'Which shoe size did the parcel contain?', false]]) {
    const conv = c.conv(name, { started_at: now - 40 * MIN });
    c.says(conv, 'Hello', now - 30 * MIN);
    c.assign(conv, 'accepted', now - 29 * MIN);
    const e = c.answers(conv, text, now - 20 * MIN);
    Object.assign(c.convs.get(conv).row, { my_seen: e.seq, delivered: e.seq, seen: seen ? e.seq : 0, customer_online: seen });
  }
  const done = c.conv('Lucía Fernández', { started_at: now - 90 * MIN });
  c.says(done, 'Could I have the invoice?', now - 88 * MIN);
  c.assign(done, 'accepted', now - 87 * MIN);
  c.answers(done, 'It is in your inbox.', now - 85 * MIN);
  c.event(done, 'resolved', { by: 'agent', survey: true, close_at: now }, now - 80 * MIN);
  c.event(done, 'rated', { score: 'good', comment: 'quick' }, now - 79 * MIN);
  Object.assign(c.convs.get(done).row, { score: 'good', comment: 'quick', my_seen: 99 });
  c.me.work = c.me.work.filter((w) => w.conv !== done);
  c.me.done = [{ conv: done, at: now - 80 * MIN }];
  c.me.workload = c.me.work.length;
  c.me.limit = 6;

  for (const [text, days, score] of [['Wrong size of hiking boots', 50, 'good'], ['Invoice for the company, once more with the correct VAT number', 96, 'bad']]) {
    const old = c.conv('Anna-Lena von Weißenfels-Oberhauser', { contact, started_at: now - days * 1440 * MIN });
    c.says(old, text, now - days * 1440 * MIN + 1000);
    c.assign(old, 'accepted', now - days * 1440 * MIN + 20_000, jonas);
    c.answers(old, 'Done.', now - days * 1440 * MIN + 60_000, jonas);
    c.event(old, 'resolved', { by: 'agent', survey: true, close_at: now }, now - days * 1440 * MIN + 90_000);
    Object.assign(c.convs.get(old).row, { score, status: 'closed' });
  }
  for (let i = 0; i < 3; i++) {
    const w = c.conv(['Priya Raghunathan', 'Hotel Alpenblick GmbH & Co. KG, Einkauf', 'Tomasz Wiśniewski-Kaczmarek'][i], { queue: QUEUES[i % 2], started_at: now - (i + 1) * 64_000, email: 't@example.org', language: 'pl' });
    c.event(w, 'queued', { n: 1, queue: QUEUES[i % 2] }, now - (i + 1) * 64_000);
    c.says(w, ['I will measure it tonight', 'Carrier opens an investigation?', 'Hello, is the Fjell 3 tent in stock in your Hamburg shop? I would need it before Friday 🏔️'][i], now - (i + 1) * 63_000);
  }
  return { centre: c, anna, maryam, anon, tomasz: [...c.convs.values()].at(-1).row.conv };
}
