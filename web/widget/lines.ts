import type { Conv, Event, FileRef, Item, MessageBody, Named, Sent, Who } from '@parley/client';
import { day } from './format';

/** Lines of one sender within this time stand together. */
const GROUP_MS = 120_000;

export type Progress = 'sending' | 'offline' | 'failed' | 'kept' | 'sent' | 'delivered' | 'seen';

export interface Line {
  kind: 'line';
  /** The sender's key: the same before and after the server has it, so the bubble stays. */
  key: string;
  mine: boolean;
  from: Who | null;
  text: string;
  files: FileRef[];
  at: number;
  /** First and last of its group. */
  first: boolean;
  last: boolean;
  /** Of own lines: where this one is. Only the newest shows it, and failed ones. */
  progress?: Progress;
  newest?: boolean;
  /** Why it failed, for people. */
  fault?: string;
}

export interface Note {
  kind: 'note';
  key: string;
  text: string;
  at: number;
}

interface Given {
  events: readonly Event[];
  echoes: Sent[];
  items: readonly Item[];
  conv: Conv | null;
  online: boolean;
  /** Server's time. */
  now: number;
}

/** What the log shows, in order: what the server has numbered, what it has just answered, what is on its way. */
export function lines({ events, echoes, items, conv, online, now }: Given): (Line | Note)[] {
  const out: (Line | Note)[] = [];
  let today = '';
  let agent: Named | undefined;
  const date = (at: number) => {
    const word = day(at, now);
    if (word !== today) out.push({ kind: 'note', key: `day ${word}`, text: word, at: 0 });
    today = word;
  };
  for (const event of events) {
    if (event.ev === 'message') {
      date(event.at);
      const { from, text, files, key } = event.body as unknown as MessageBody;
      const mine = from.kind === 'customer';
      out.push(line({ key: key ?? `seq ${event.seq}`, mine, from, text, files: files ?? [], at: event.at, progress: mine ? reached(event.seq, conv) : undefined }));
      continue;
    }
    if (event.ev === 'assigned') agent = (event.body as unknown as { agent: Named }).agent;
    for (const text of said(event, agent)) {
      date(event.at);
      // A greeting is a sentence of its own; facts carry their time.
      out.push({ kind: 'note', key: `note ${event.seq}`, text, at: event.ev === 'started' ? 0 : event.at });
    }
  }
  for (const { item, seq, at } of echoes) {
    date(at);
    out.push(line({ key: item.key, mine: true, from: null, text: item.text, files: item.files ?? [], at, progress: reached(seq, conv) }));
  }
  for (const item of items) {
    date(item.at);
    const progress = item.state === 'failed' ? 'failed' : online ? 'sending' : 'offline';
    out.push(line({ key: item.key, mine: true, from: null, text: item.text, files: item.files ?? [], at: item.at, progress, fault: item.error?.message }));
  }
  return grouped(out);
}

function line(part: Omit<Line, 'kind' | 'first' | 'last'>): Line {
  return { kind: 'line', first: true, last: true, ...part };
}

function reached(seq: number, conv: Conv | null): Progress {
  if ((conv?.seen ?? 0) >= seq) return 'seen';
  if ((conv?.delivered ?? 0) >= seq) return 'delivered';
  return conv?.status === 'new' || !conv ? 'kept' : 'sent';
}

function grouped(out: (Line | Note)[]): (Line | Note)[] {
  let before: Line | null = null;
  let newest: Line | null = null;
  for (const item of out) {
    if (item.kind === 'note') {
      before = null;
      continue;
    }
    const together = before && before.mine === item.mine && before.from?.id === item.from?.id && item.at - before.at < GROUP_MS;
    if (before && (together || (item.mine && before.mine && item.at - before.at < GROUP_MS))) {
      before.last = false;
      item.first = false;
    }
    before = item;
    if (item.mine) newest = item;
  }
  if (newest) newest.newest = true;
  return out;
}

/** What happened, for a customer. Nothing for what changes nothing for them. */
function said({ ev, body }: Event, agent: Named | undefined): string[] {
  const b = body as Record<string, string | boolean | undefined>;
  const name = agent?.name ?? 'We';
  switch (ev) {
    case 'started':
      return b.greeting ? [String(b.greeting)] : [];
    case 'assigned':
      return [b.how === 'returned' || b.how === 'reopened' ? `${name} is back with you` : `You are talking to ${name}`];
    case 'unassigned':
      return ['Looking for somebody else. You keep your place'];
    case 'resolved':
      return [b.by === 'customer' ? 'You ended this chat' : `${name} marked this as solved`];
    case 'closed':
      return [CLOSED[String(b.reason)] ?? 'This chat is closed'];
    case 'rated':
      return [`You rated this: ${String(b.score)}`];
    default:
      return [];
  }
}

const CLOSED: Record<string, string> = {
  customer: 'You ended this chat',
  max_wait: 'Nobody was free in time. Write again, and you are back in line',
  abandoned: 'You were away, so this chat ended. Write again, and you are back in line',
};
