// A gateway that is made of answers: serves dist/ as the real one does, with its policy, and plays protocol v1 to one
// page, so that each state of the widget can be brought up at once. What the real gateway does is tested with the real one.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist');
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; frame-src 'self'; connect-src 'self' ws:; base-uri 'none'; form-action 'none'";

const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`)));

/** Serves the built pages; routes answers what is not a file. */
export async function serve(routes = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://x');
    const route = routes[`${request.method} ${pathname}`] ?? routes[`${request.method} ${dirname(pathname)}/*`];
    if (route) {
      const { status = 200, type = 'application/json', body } = await route(request);
      response.writeHead(status, { 'Content-Type': type }).end(body);
      return;
    }
    const name = normalize(pathname).replace(/\/$/, '/index.html');
    try {
      const body = await readFile(join(dist, name));
      response.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY, 'Cross-Origin-Resource-Policy': 'cross-origin' });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return { base: await listen(server), close: () => server.close() };
}

/** Somebody else's page, with the strictest policy that still allows the chat. */
export async function host(gateway) {
  const policy = `default-src 'none'; script-src ${gateway}; frame-src ${gateway}; require-trusted-types-for 'script'; trusted-types 'none'`;
  const body = `<!doctype html><html lang="en"><title>Host</title><main><h1>A page of somebody else</h1><p>Text <a href="#x">link</a></p></main><script async src="${gateway}/widget.js" data-key="inb_1"></script></html>`;
  const server = createServer((_, response) => response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': policy }).end(body));
  return { base: await listen(server), close: () => server.close() };
}

export const INBOX = { id: 'inb_1', name: 'Nordlicht Outdoor', anonymous: false, peek: true, rating: true, brand: '#0b6c80', centre: 'Nordlicht Outdoor' };
const LIMITS = { text: 10000, file_bytes: 26214400, files: 10, ping_ms: 25000, frame_bytes: 65536 };
export const MARTA = { id: 'agt_2', name: 'Marta Kowalczyk' };
export const CUSTOMER = { kind: 'customer', id: 'ctc_1', name: 'Anna-Lena' };

/** Plays the server to every socket the page opens. */
export async function play(page, { conversations = [], history = {}, inbox = INBOX, now = Date.now(), answers = {} } = {}) {
  const game = { frames: [], socket: null, refuse: false };
  const say = (frame) => game.socket.send(JSON.stringify(frame));
  game.say = say;
  game.event = (ev, conv, seq, body, at = Date.now()) => say({ ev, conv, seq, at, body });
  game.push = (ev, conv, body) => say({ ev, conv, body });
  game.of = (cmd) => game.frames.filter((f) => f.cmd === cmd);
  game.wait = async (cmd, n = 1) => {
    for (let i = 0; i < 200; i++) {
      if (game.of(cmd).length >= n) return game.of(cmd)[n - 1];
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`no ${cmd}: ${game.frames.map((f) => f.cmd)}`);
  };
  await page.routeWebSocket(/\/ws$/, (socket) => {
    if (game.refuse) return void socket.close({ code: 1001 });
    game.socket = socket;
    socket.onMessage((text) => {
      const frame = JSON.parse(text);
      game.frames.push(frame);
      const { id, cmd, body } = frame;
      if (cmd === 'hello') say({ re: id, ok: { now, session: 's', self: { ...CUSTOMER, role: 'customer' }, limits: LIMITS, inbox, conversations, resumed: body.resume } });
      else if (cmd === 'history') say({ re: id, ok: { events: history[body.conv] ?? [], more: false } });
      else if (answers[cmd]) answers[cmd](frame, game);
    });
  });
  return game;
}

/** A talk as far as it got: the events a customer has. */
export function talk(conv = 'cnv_1', base = Date.now() - 600_000) {
  const at = (s) => base + s * 1000;
  const e = (seq, ev, s, body) => ({ ev, conv, seq, at: at(s), body });
  return [
    e(1, 'started', 0, { number: 4823, queue: { id: 'que_1', name: 'Support' }, name: 'Anna-Lena' }),
    e(2, 'message', 1, { from: CUSTOMER, text: 'Hello! The second box arrived today, but the pole set is missing 😕', key: 'k1' }),
    e(3, 'assigned', 38, { agent: MARTA, how: 'accepted' }),
    e(4, 'message', 100, { from: { kind: 'agent', ...MARTA }, text: "Thanks for the photos, that helps. I'm asking our warehouse right now." }),
    e(5, 'message', 110, { from: { kind: 'agent', ...MARTA }, text: 'See https://example.com/track?x=1. One moment.' }),
    e(6, 'message', 200, { from: CUSTOMER, text: 'The label says «صُنع في البرتغال», is that the right one?', key: 'k2' }),
    e(7, 'message', 210, { from: CUSTOMER, text: 'I need it on Friday, we leave at 6 🙏', key: 'k3' }),
  ];
}

export function conversation(over = {}) {
  return { conv: 'cnv_1', number: 4823, status: 'open', seq: 7, agent: MARTA, started_at: Date.now() - 600_000, survey: false, delivered: 7, seen: 7, unread: 0, ...over };
}
