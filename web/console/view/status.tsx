import type { Row, Status } from '@parley/client';
import { Icon, type IconName } from './bits';

const LOOK: Record<Status, { icon: IconName; word: string; tone: string }> = {
  bot: { icon: 'bot', word: 'With the bot', tone: 's-bot' },
  new: { icon: 'stNew', word: 'New', tone: 's-new' },
  open: { icon: 'stOpen', word: 'Open', tone: 's-open' },
  pending: { icon: 'stPending', word: 'Pending', tone: 's-park' },
  on_hold: { icon: 'stHold', word: 'On hold', tone: 's-park' },
  snoozed: { icon: 'stSnoozed', word: 'Snoozed', tone: 's-park' },
  resolved: { icon: 'stResolved', word: 'Resolved', tone: 's-done' },
  closed: { icon: 'stClosed', word: 'Closed', tone: 's-park' },
};

export function statusWord(row: Row): string {
  if (row.status === 'new' && row.route === 'offered') return 'Offered';
  if (row.status === 'new' && row.route === 'queued') return 'Waiting';
  return LOOK[row.status]?.word ?? row.status;
}

/** Glyph first, then the word: each state is readable without its colour. */
export function StatusMark({ row, bare = false }: { row: Row; bare?: boolean }) {
  const look = LOOK[row.status] ?? LOOK.open;
  if (bare) return <><Icon name={look.icon} className={look.tone} /><span className="vh">{statusWord(row)}</span></>;
  return <span className="row" style={{ gap: 4, color: row.status === 'open' ? 'var(--accent-ink)' : undefined }}><Icon name={look.icon} className={look.tone} />{statusWord(row)}</span>;
}
