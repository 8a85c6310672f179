import { Refusal, type Role, type Store, type WireError } from '@parley/client';

/** Who is signed in on this device. */
export interface Session {
  token: string;
  agent: { id: string; name: string; role: Role };
}

const NAME = 'parley.session';

export function restore(store: Store): Session | null {
  try {
    const s = JSON.parse(store.get(NAME) ?? 'null') as Session | null;
    return typeof s?.token === 'string' && typeof s.agent?.id === 'string' ? s : null;
  } catch {
    return null;
  }
}

export function keep(store: Store, session: Session | null): void {
  if (session) store.set(NAME, JSON.stringify(session));
  else store.remove(NAME);
}

/** Errors: Refusal. */
export function signIn(login: string, password: string): Promise<Session> {
  return post('login', { login, password });
}

/** A one-time link works once. Errors: Refusal. */
export function redeem(link: string): Promise<Session> {
  return post('redeem', { link });
}

async function post(command: string, body: object): Promise<Session> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1/${command}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  } catch {
    throw new Refusal({ code: 'no_connection', message: 'No connection' });
  }
  const json = (await answer.json().catch(() => ({}))) as Session & Partial<WireError> & { detail?: string; title?: string };
  if (answer.ok && json.token) return json;
  throw new Refusal({
    code: json.code ?? `http_${answer.status}`,
    message: json.detail ?? json.message ?? json.title ?? 'Not signed in',
    retry_after_ms: json.retry_after_ms,
  });
}

/** The link's secret stands in the fragment, which no server ever sees: `#link=…`. */
export function linkOf(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('link');
}

/** Where a person starts. */
export function home(role: Role): string {
  return role === 'agent' || role === 'customer' ? '/work' : '/wall';
}
