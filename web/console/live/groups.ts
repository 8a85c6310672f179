import type { Row } from '@parley/client';
import type { Me } from './me';

export type GroupName = 'reply' | 'customer' | 'done';

export interface Group {
  name: GroupName;
  title: string;
  rows: Row[];
}

export const LIVE = new Set(['open', 'pending', 'on_hold', 'snoozed']);

/** Is the conversation in this agent's hands? */
export function mine(row: Row, self: string): boolean {
  return row.owner?.id === self && LIVE.has(row.status);
}

/** Since when the present side has had the move. */
export function since(row: Row): number {
  return row.unanswered_since ?? row.last?.at ?? row.assigned_at ?? row.started_at;
}

/**
 * My work by whose move it is: customers who wait for an answer, the longest wait
 * first; then those who have ours, the newest first; then what was done today.
 * Empty groups are left out.
 */
export function groups(rows: Iterable<Row>, self: string, me: Me | null): Group[] {
  const reply: Row[] = [];
  const customer: Row[] = [];
  const byConv = new Map<string, Row>();
  for (const row of rows) {
    byConv.set(row.conv, row);
    if (!mine(row, self)) continue;
    if (row.unanswered_since !== undefined) reply.push(row);
    else customer.push(row);
  }
  reply.sort((a, b) => since(a) - since(b));
  customer.sort((a, b) => since(b) - since(a));
  const done = doneRows(byConv, self, me);
  const all: Group[] = [
    { name: 'reply', title: 'Needs your reply', rows: reply },
    { name: 'customer', title: 'With the customer', rows: customer },
    { name: 'done', title: 'Done today', rows: done },
  ];
  return all.filter((g) => g.rows.length > 0);
}

/** What the server says was done, and what this page has just seen end. */
function doneRows(rows: Map<string, Row>, self: string, me: Me | null): Row[] {
  const at = new Map<string, number>();
  for (const d of me?.done ?? []) at.set(d.conv, d.at);
  for (const row of rows.values()) {
    if (row.owner?.id === self && row.status === 'resolved' && row.ended_at) at.set(row.conv, Math.max(at.get(row.conv) ?? 0, row.ended_at));
  }
  const out: [number, Row][] = [];
  for (const [conv, when] of at) {
    const row = rows.get(conv);
    // Reopened, or passed on and taken by somebody: no longer done.
    if (row && (row.status === 'resolved' || row.status === 'closed')) out.push([when, row]);
  }
  return out.sort((a, b) => b[0] - a[0]).map(([, row]) => row);
}
