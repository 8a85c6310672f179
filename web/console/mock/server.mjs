// A gateway for looking at the console without one: the built pages over HTTP, and
// protocol v1 played inside the browser's own WebSocket route. Only for tests.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const KINDS = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.woff2': 'font/woff2', '.svg': 'image/svg+xml' };

/** Serves dist; every address without an extension is the console. */
export function pages(dist) {
  const server = createServer(async (req, res) => {
    const path = new URL(req.url, 'http://x').pathname;
    const name = extname(path) ? path.slice(1) : 'console/index.html';
    try {
      const body = await readFile(join(dist, name));
      res.writeHead(200, {
        'Content-Type': KINDS[extname(name)] ?? 'application/octet-stream',
        'Content-Security-Policy': "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; connect-src 'self' ws:",
      });
      res.end(body);
    } catch {
      res.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() })));
}

const id = (kind, n) => `${kind}_${n.toString(16).padStart(32, '0')}`;
export const QUEUES = [{ id: id('que', 1), name: 'Sales' }, { id: id('que', 2), name: 'Support DE' }, { id: id('que', 3), name: 'Returns and warranty claims' }];
export const AGENTS = ['Marta Kowalczyk', 'Jonas Berger', 'Élodie Desrosiers', 'دانا حدّاد', 'Bartholomew Featherstonehaugh'].map((name, i) => ({ id: id('agt', i + 1), name, role: 'agent' }));
AGENTS.push({ id: id('agt', 9), name: 'Ines Carvalho', role: 'supervisor' });

/** One centre in memory. */
export class Centre {
  constructor({ self = AGENTS[0], now = () => Date.now() } = {}) {
    this.self = self;
    this.now = now;
    this.convs = new Map();
    this.me = { presence: 'accepting', since: now() - 15_120_000, connected: true, workload: 0, limit: 5, misses: 0, offers: [], work: [], done: [] };
    this.sockets = new Set();
    this.numbers = 4800;
    this.refuse = new Map();
    this.said = [];
  }

  /** A conversation with its started event; more is merged into the row. */
  conv(name, more = {}) {
    const n = ++this.numbers;
    const conv = id('cnv', n);
    const row = {
      conv, number: n, status: 'new', route: 'queued', activity: 'active', contact: id('ctc', n), inbox: id('inb', 1), queue: QUEUES[1], name,
      seq: 0, started_at: more.started_at ?? this.now() - 300_000, customer_online: true, delivered: 0, seen: 0, my_seen: 0, peek: true, ...more,
    };
    this.convs.set(conv, { row, events: [] });
    this.event(conv, 'started', { number: n, queue: row.queue, name, email: row.email, page: row.page, contact: row.contact, inbox: row.inbox, language: row.language, greeting: more.greeting }, row.started_at);
    delete row.greeting;
    return conv;
  }

  event(conv, ev, body, at = this.now()) {
    const c = this.convs.get(conv);
    const event = { ev, conv, seq: c.row.seq + 1, at, body };
    c.row.seq = event.seq;
    c.events.push(event);
    if (ev === 'message') {
      c.row.last = { text: body.text || body.files?.[0]?.name, at, from: body.from.kind, note: body.note };
      if (body.from.kind === 'customer') c.row.unanswered_since ??= at;
      else if (!body.note) delete c.row.unanswered_since;
    }
    if (ev === 'assigned') Object.assign(c.row, { status: 'open', route: 'assigned', owner: body.agent, assigned_at: at });
    if (ev === 'resolved') Object.assign(c.row, { status: 'resolved', route: 'idle', ended_at: at });
    this.send(event);
    return event;
  }

  says(conv, text, at, files) {
    const { row } = this.convs.get(conv);
    return this.event(conv, 'message', { from: { kind: 'customer', id: row.contact, name: row.name }, text, files }, at);
  }

  answers(conv, text, at, who = this.self, more = {}) {
    return this.event(conv, 'message', { from: { kind: 'agent', id: who.id, name: who.name }, text, ...more }, at);
  }

  assign(conv, how = 'accepted', at, who = this.self) {
    this.event(conv, 'assigned', { agent: { id: who.id, name: who.name }, how }, at);
    if (who.id === this.self.id) {
      this.me.work.push({ conv, since: at ?? this.now() });
      this.me.workload = this.me.work.length;
      this.push({ ev: 'row', body: { row: this.convs.get(conv).row } });
      this.tellMe();
    }
  }

  offer(conv, ms = 30_000) {
    const offer = id('off', Math.floor(Math.random() * 1e9));
    const { row } = this.convs.get(conv);
    const until = this.now() + ms;
    Object.assign(row, { route: 'offered', offered_to: { id: this.self.id, name: this.self.name }, offer, offer_until: until, queued_at: row.queued_at ?? row.started_at });
    this.me.offers.push({ conv, offer, until });
    this.push({ ev: 'row', body: { row } });
    this.event(conv, 'offered', { offer, agent: { id: this.self.id, name: this.self.name }, until });
    this.tellMe();
    return offer;
  }

  endOffer(conv, offer, why) {
    this.me.offers = this.me.offers.filter((o) => o.offer !== offer);
    if (why === 'lapsed') this.me.misses++;
    this.event(conv, 'offer_ended', { offer, agent: { id: this.self.id, name: this.self.name }, why });
    this.tellMe();
  }

  tellMe() {
    // An offer holds a slot.
    this.me.workload = this.me.work.length + this.me.offers.length;
    this.push({ ev: 'me', body: this.me });
  }

  push(frame) {
    this.send(frame);
  }

  send(frame) {
    for (const ws of this.sockets) ws.send(JSON.stringify(frame));
  }

  /** Cuts every connection. */
  cut() {
    for (const ws of this.sockets) void ws.close({ code: 4408 });
    this.sockets.clear();
  }

  /** Makes this centre the one behind a page. */
  async attach(page) {
    await page.routeWebSocket(/\/ws$/, (ws) => {
      if (this.down) return void ws.close({ code: 4408 });
      ws.onMessage((text) => this.frame(ws, JSON.parse(text)));
      ws.onClose(() => this.sockets.delete(ws));
    });
    await page.route('**/api/v1/**', (route) => this.rest(route));
  }

  rest(route) {
    const url = new URL(route.request().url());
    const json = (body, status = 200) => route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) });
    if (url.pathname.endsWith('/login')) {
      const { login, password } = route.request().postDataJSON();
      return password === 'right' ? json({ token: 'pst_x', agent: { ...this.self, login } }) : json({ code: 'wrong_password', detail: 'Name or password is wrong.' }, 401);
    }
    if (url.pathname.endsWith('/redeem')) {
      if (this.redeemed) return json({ code: 'link_used', detail: 'This link was used already. Ask for a new one.' }, 401);
      this.redeemed = true;
      return json({ token: 'pst_x', agent: this.self });
    }
    if (route.request().method() === 'POST') return json({ file: { hash: 'ab'.repeat(32), name: 'note.txt', size: 12_345, type: 'text/plain' } });
    return route.fulfill({ contentType: 'image/svg+xml', body: '', ...this.files?.[url.pathname.split('/').pop()] });
  }

  frame(ws, { id: re, cmd, key, body }) {
    this.said.push({ cmd, body, key });
    const answer = (ok) => re && ws.send(JSON.stringify({ re, ok }));
    const refused = this.refuse.get(cmd);
    if (refused) return re && ws.send(JSON.stringify({ re, error: refused }));
    const c = this.convs.get(body?.conv);
    switch (cmd) {
      case 'hello':
        answer({
          now: this.now(), session: 's', self: this.self, limits: { text: 10000, file_bytes: 26214400, files: 10, ping_ms: 25000, frame_bytes: 65536 },
          centre: { name: 'Nordlicht Outdoor', queues: QUEUES, agents: AGENTS, break_reasons: [{ id: 'lunch', name: 'lunch' }, { id: 'screen', name: 'screen pause' }] },
          resumed: (body.resume ?? []).map(({ conv }) => ({ conv })),
        });
        this.sockets.add(ws);
        for (const { conv, seq } of body.resume ?? []) for (const e of this.convs.get(conv)?.events ?? []) if (e.seq > seq) ws.send(JSON.stringify(e));
        this.tellMe();
        for (const { conv } of [...this.me.work, ...this.me.offers]) ws.send(JSON.stringify({ ev: 'row', body: { row: this.convs.get(conv).row } }));
        return;
      case 'history': {
        const all = c.events.filter((e) => (!body.before || e.seq < body.before) && (!body.after || e.seq > body.after));
        const limit = body.limit ?? 50;
        const events = body.after ? all.slice(0, limit) : all.slice(-limit);
        return answer({ events, more: events.length < all.length });
      }
      case 'view':
      case 'open':
        return answer({ row: c.row });
      case 'card': {
        const own = [...this.convs.values()].map((x) => x.row).filter((r) => r.contact === body.contact);
        return answer({ contact: { id: body.contact, name: own[0]?.name, email: own[0]?.email, email_proven: false, since: own.at(-1)?.started_at }, conversations: own.toReversed(), maybe_same: this.same ?? [] });
      }
      case 'send':
      case 'note': {
        const event = this.answers(body.conv, body.text, undefined, this.self, { key, files: body.files, ...(cmd === 'note' ? { note: true } : {}) });
        return answer({ seq: event.seq, at: event.at });
      }
      case 'accept': {
        this.me.offers = this.me.offers.filter((o) => o.offer !== body.offer);
        answer({ seq: c.row.seq + 1 });
        return this.assign(body.conv);
      }
      case 'decline':
        answer({});
        return this.endOffer(body.conv, body.offer, 'declined');
      case 'pick':
        answer({});
        return this.assign(body.conv, 'picked');
      case 'resolve':
        this.me.work = this.me.work.filter((w) => w.conv !== body.conv);
        this.me.workload = this.me.work.length;
        this.me.done.push({ conv: body.conv, at: this.now() });
        this.event(body.conv, 'resolved', { by: 'agent', survey: true, close_at: this.now() + 7_200_000 });
        answer({});
        return this.tellMe();
      case 'reopen':
        answer({});
        this.event(body.conv, 'reopened', { by_customer: false });
        return this.assign(body.conv, 'reopened');
      case 'unassign':
        this.me.work = this.me.work.filter((w) => w.conv !== body.conv);
        this.me.workload = this.me.work.length;
        this.event(body.conv, 'unassigned', { why: 'by_hand', by: this.self });
        this.event(body.conv, 'queued', { n: 2, queue: c.row.queue });
        delete c.row.owner;
        Object.assign(c.row, { status: 'new', route: 'queued' });
        answer({});
        return this.tellMe();
      case 'assign':
        answer({});
        return this.event(body.conv, 'assigned', { agent: AGENTS.find((a) => a.id === body.agent), how: 'by_hand', by: this.self });
      case 'presence':
        Object.assign(this.me, { presence: body.state, reason: body.reason, since: this.now(), automatic: false, misses: 0 });
        answer({});
        return this.tellMe();
      case 'watch':
        answer({});
        return ws.send(JSON.stringify(body.view === 'queues' ? { ev: 'queues', body: { queues: this.queues() } } : { ev: 'agents', body: { agents: this.agents() } }));
      default:
        return answer({});
    }
  }

  queues() {
    return QUEUES.map((q) => {
      const rows = [...this.convs.values()].map((c) => c.row).filter((r) => r.queue.id === q.id && r.status === 'new').sort((a, b) => a.started_at - b.started_at);
      return { ...q, waiting: rows.length, oldest_since: rows[0]?.started_at, accepting: 3, free: 2, per_assignment_ms: 40_000, assigned: 12, ended: 9, first: rows.map((r) => ({ conv: r.conv, since: r.started_at, offered_to: r.offered_to })) };
    });
  }

  agents() {
    const states = [['accepting'], ['break', 'lunch'], ['accepting'], ['call'], ['not_accepting'], ['accepting']];
    return AGENTS.map((a, i) => ({ id: a.id, name: a.name, presence: states[i][0], reason: states[i][1], since: this.now() - (i + 1) * 700_000, connected: true, workload: i % 4, limit: 4 }));
  }
}
