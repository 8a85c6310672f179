import type { Event, FileRef, Item as Waiting, MessageBody, Row, Who } from '@parley/client';
import { sameDay } from '../format/clock';
import { activity, type Part, Routing } from './activity';

/** How far an own line has got; `stored` means on disk on a majority. */
export type SendState = 'sending' | 'stored' | 'delivered' | 'seen' | 'failed';

export interface Line {
  kind: 'line';
  key: string;
  /** 0 while the server has not numbered it. */
  seq: number;
  at: number;
  side: 'in' | 'out' | 'note';
  who: Who;
  own: boolean;
  text: string;
  files: FileRef[];
  /** Follows a line of the same author within two minutes. */
  cont: boolean;
  /** The last of such a group: carries avatar and time. */
  tail: boolean;
  /** Only on own lines; shown where it says something. */
  state?: SendState;
  /** Why it failed, in words. */
  error?: string;
}

export interface Act {
  kind: 'act';
  key: string;
  at: number;
  icon: string;
  parts: Part[];
  tone?: 'bad';
}

export type TimelineItem =
  | Line
  | Act
  | { kind: 'fold'; key: string; acts: Act[] }
  | { kind: 'day'; key: string; at: number }
  | { kind: 'new'; key: string; n: number }
  | { kind: 'started'; key: string; at: number; number: number; page?: string; name?: string; email?: string; greeting?: string };

export interface Look {
  self: string;
  row: Row | undefined;
  /** Customer lines after this seq are new to the reader; Infinity = no divider. */
  divider: number;
  outbox: readonly Waiting[];
  notes: readonly Waiting[];
  name: string;
}

const GROUP_MS = 120_000;

/** What a timeline shows for events in the order of seq and the lines still on their way. */
export function timeline(events: readonly Event[], look: Look): TimelineItem[] {
  const items: TimelineItem[] = [];
  const routing = new Routing(look.self);
  const keys = new Set<string>();
  let day = 0;
  let fresh = 0;
  for (const event of events) if (isCustomers(event) && event.seq > look.divider) fresh++;
  let divided = fresh === 0;
  for (const event of events) {
    const made = itemOf(event, look, routing, keys);
    if (made.length === 0) continue;
    if (day === 0 || !sameDay(day, event.at)) items.push({ kind: 'day', key: `day-${new Date(event.at).toDateString()}`, at: event.at });
    day = event.at;
    if (!divided && event.seq > look.divider && isCustomers(event)) {
      divided = true;
      items.push({ kind: 'new', key: `new-${look.divider}`, n: fresh });
    }
    items.push(...made);
  }
  const still = routing.still();
  if (still) items.push(still);
  items.push(...waiting(look, keys));
  group(items);
  states(items, look.row);
  return fold(items);
}

function isCustomers(event: Event): boolean {
  return event.ev === 'message' && (event.body as unknown as MessageBody).from.kind === 'customer';
}

function itemOf(event: Event, look: Look, routing: Routing, keys: Set<string>): TimelineItem[] {
  const { ev, seq, at, body } = event;
  if (ev === 'message') {
    const m = body as unknown as MessageBody;
    if (m.key) keys.add(m.key);
    const side = m.note ? 'note' : m.from.kind === 'customer' ? 'in' : 'out';
    const own = m.from.kind === 'agent' && m.from.id === look.self;
    // The same key as while it was on its way: the bubble stays the one it was.
    const key = own && m.key ? m.key : `e${seq}`;
    return [{ kind: 'line', key, seq, at, side, who: m.from, own, text: m.text, files: m.files ?? [], cont: false, tail: true }];
  }
  if (ev === 'started') {
    const b = body as { number: number; page?: string; name?: string; email?: string; greeting?: string };
    return [{ kind: 'started', key: `e${seq}`, at, number: b.number, page: b.page, name: b.name, email: b.email, greeting: b.greeting }];
  }
  const act = routing.take(event) ?? activity(event, look.self);
  return act ? [act] : [];
}

/** Lines the server has not answered yet stand at the end, in the order of writing. */
function waiting(look: Look, keys: Set<string>): Line[] {
  const lines: Line[] = [];
  const who: Who = { kind: 'agent', id: look.self, name: look.name };
  for (const [list, side] of [[look.outbox, 'out'], [look.notes, 'note']] as const) {
    for (const { key, at, text, files, state, error } of list) {
      if (keys.has(key)) continue;
      lines.push({
        kind: 'line', key, seq: 0, at, side, who, own: true, text, files: files ?? [], cont: false, tail: true,
        state: state === 'failed' ? 'failed' : 'sending', error: error?.message,
      });
    }
  }
  return lines.sort((a, b) => a.at - b.at);
}

function group(items: TimelineItem[]): void {
  let before: Line | null = null;
  for (const item of items) {
    if (item.kind !== 'line' || item.side === 'note') {
      before = null;
      continue;
    }
    if (before && before.side === item.side && before.who.id === item.who.id && item.at - before.at < GROUP_MS && before.state !== 'failed') {
      item.cont = true;
      before.tail = false;
    }
    before = item;
  }
}

/** Each own line knows how far it has got; the words are the view's. */
function states(items: TimelineItem[], row: Row | undefined): void {
  for (const item of items) {
    if (item.kind !== 'line' || item.side !== 'out' || item.state) continue;
    if (item.seq <= (row?.seen ?? 0)) item.state = 'seen';
    else if (item.seq <= (row?.delivered ?? 0)) item.state = 'delivered';
    else item.state = 'stored';
  }
}

/** Three and more activity lines in a row become one; at the end they are what holds now, and stay. */
function fold(items: TimelineItem[]): TimelineItem[] {
  const out: TimelineItem[] = [];
  let run: Act[] = [];
  const flush = () => {
    if (run.length >= 3) out.push({ kind: 'fold', key: `f${run[0]!.key}`, acts: run });
    else out.push(...run);
    run = [];
  };
  for (const item of items) {
    if (item.kind === 'act' && item.icon !== 'rated' && !item.tone) run.push(item);
    else {
      flush();
      out.push(item);
    }
  }
  return [...out, ...run];
}
