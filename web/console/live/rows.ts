import type { Event, FileRef, LastLine, MessageBody, Named, Row, Score } from '@parley/client';

/** What stands in a list for a line that is only files. */
export function lineText(text: string, files?: FileRef[]): string {
  if (text !== '' || !files?.length) return text;
  return files.length === 1 ? files[0]!.name : `${files.length} files`;
}

/** Did the customer write this line? The gateway says a kind or a whole author. */
export function byCustomer(last: LastLine | undefined): boolean {
  if (!last) return false;
  return typeof last.from === 'string' ? last.from === 'customer' || last.from.startsWith('ctc_') : last.from.kind === 'customer';
}

function waits(row: Row): Row {
  return { ...row, route: 'queued', offered_to: undefined, offer: undefined, offer_until: undefined };
}

/**
 * Takes one event into a conversation's row; an event already counted changes
 * nothing, one of an unknown kind only moves seq. Rules: PROTOCOL.md, "Events".
 */
export function reduceRow(row: Row, event: Event): Row {
  if (event.seq <= row.seq) return row;
  return { ...reduced(row, event), seq: event.seq };
}

function reduced(row: Row, { ev, at, body }: Event): Row {
  switch (ev) {
    case 'started':
      return started(row, at, body);
    case 'message':
      return message(row, at, body as unknown as MessageBody);
    case 'queued':
      return { ...waits(row), status: 'new', owner: undefined, queue: (body.queue as Named) ?? row.queue, queued_at: at };
    case 'offered':
      return { ...row, route: 'offered', offered_to: body.agent as Named, offer: body.offer as string, offer_until: body.until as number };
    case 'offer_ended':
      return row.offer === undefined || row.offer === body.offer ? waits(row) : row;
    case 'assigned':
      return { ...waits(row), route: 'assigned', status: 'open', owner: body.agent as Named, assigned_at: at, ended_at: undefined };
    case 'unassigned':
      return { ...waits(row), route: 'idle', status: row.status === 'open' ? 'new' : row.status, owner: undefined };
    case 'resolved':
      return { ...waits(row), route: 'idle', status: 'resolved', ended_at: at, unanswered_since: undefined };
    case 'reopened':
      return { ...row, status: row.owner ? 'open' : 'new', route: row.owner ? 'assigned' : 'idle', ended_at: undefined };
    case 'closed':
      return { ...waits(row), route: 'idle', status: 'closed', ended_at: row.ended_at ?? at, close_reason: body.reason as string, unanswered_since: undefined };
    case 'rated':
      return { ...row, score: body.score as Score, comment: body.comment as string | undefined };
    case 'customer_connected':
      return { ...row, customer_online: true };
    case 'customer_disconnected':
    case 'customer_left':
      return { ...row, customer_online: false };
  }
  return row;
}

function started(row: Row, at: number, body: Record<string, unknown>): Row {
  const text = (name: 'name' | 'email' | 'page' | 'language' | 'previous') => (body[name] as string | undefined) ?? row[name];
  return {
    ...row,
    started_at: at,
    number: (body.number as number) ?? row.number,
    queue: (body.queue as Named) ?? row.queue,
    name: text('name') ?? '',
    email: text('email'),
    page: text('page'),
    language: text('language'),
    previous: text('previous'),
  };
}

function message(row: Row, at: number, { from, text, files, note }: MessageBody): Row {
  const last = { text: lineText(text, files), at, from, note };
  // A note is for the team: it never counts as an answer (F43).
  if (note) return { ...row, last };
  if (from.kind === 'customer') return { ...row, last, unanswered_since: row.unanswered_since ?? at };
  if (from.kind === 'agent') return { ...row, last, unanswered_since: undefined };
  return row;
}
