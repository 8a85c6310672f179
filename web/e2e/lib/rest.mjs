// Commands over REST, for what a test must arrange before people come.
import { randomBytes } from 'node:crypto';

/** A UUIDv7, as every command that changes something wants. */
export function key() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Answers `{status, body}`; never throws for a refusal. */
export async function ask(base, command, body, authorization) {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key() };
  if (authorization) headers.Authorization = authorization;
  const answer = await fetch(`${base}/api/v1/${command}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

export const linkOf = (url) => new URLSearchParams(new URL(url).hash.slice(1)).get('link');

/** A visitor without a browser: `call(command, body)` in that inbox. */
export function stranger(base, inbox) {
  const authorization = `Visitor ${inbox}:${randomBytes(32).toString('base64url')}`;
  return (command, body = {}) => ok(base, command, body, authorization);
}

async function ok(base, command, body, authorization) {
  const answer = await ask(base, command, body, authorization);
  if (answer.status !== 200) throw new Error(`${command}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The demo's administrator, signed in by their one-time link. */
export async function administrator(demo) {
  const { token } = await ok(demo.base, 'redeem', { link: linkOf(demo.admin_url) });
  const call = (command, body = {}) => ok(demo.base, command, body, `Bearer ${token}`);
  const change = (list, command) => async (name, part) => {
    const found = (await call('config'))[list].find((one) => one.name === name);
    if (!found) throw new Error(`no ${name} in ${list}`);
    await call(command, { ...found, ...part });
    return found.id;
  };
  return { call, changeQueue: change('queues', 'put_queue'), changeInbox: change('inboxes', 'put_inbox') };
}
