import type { Event, MessageBody, Row } from '@parley/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { clock } from '../format/clock';
import { oneLine } from '../format/text';
import { type Group, groups, since } from '../live/groups';
import { byCustomer } from '../live/rows';
import { Avatar, Empty, Icon, Skeleton, When } from './bits';
import { useLive, useLiveState, useNow } from './context';
import { useCommand } from './keys';
import { Offers } from './offer';
import { AcceptOffers, Presence } from './presence';
import { Strips } from './strips';

/** A customer who waits this long without an answer is marked; per-queue targets come with service levels. */
const LATE_MS = 3 * 60_000;

/** My work by whose move it is. While the pointer or the focus is in it, nothing moves. */
export function List({ current, leave }: { current: string | undefined; leave: (why: string) => void }) {
  const live = useLive();
  const pane = useRef<HTMLElement>(null);
  const rows = useLiveState((s) => s.rows);
  const me = useLiveState((s) => s.me);
  const fresh = groups(rows.values(), live.session.agent.id, me);
  const { shown, held, apply, hold } = useHeld(fresh, rows);
  useStep(shown, current);
  const empty = shown.every((g) => g.name === 'done');
  return (
    <section className="listpane" aria-label="My work" ref={pane}>
      <div className="top"><h1 className="grow">My work</h1>{held > 0 && <button type="button" className="btn sm pillx" title="Apply the held changes" onClick={apply}>{held} {held === 1 ? 'change' : 'changes'}</button>}<Presence leave={leave} pill /></div>
      <Strips writing />
      <Offers pane={pane} />
      <div className="rows" role="region" aria-label="Conversations" tabIndex={0} {...hold}>
        {empty && (me === null || (me.work?.length ?? 0) > 0) && <Late><Skeleton rows={4} height={60} /></Late>}
        {me !== null && empty && !me.work?.length && <Nothing accepting={me.presence === 'accepting'} />}
        {shown.map((g) => (
          <section key={g.name} aria-labelledby={`g-${g.name}`}>
            <h2 className="gh" id={`g-${g.name}`}><b>{g.title}</b><span>{g.rows.length}</span></h2>
            {g.rows.map((row) => <ListRow key={row.conv} row={rows.get(row.conv) ?? row} current={row.conv === current} group={g.name} />)}
          </section>
        ))}
      </div>
    </section>
  );
}

function Nothing({ accepting }: { accepting: boolean }) {
  if (accepting) return <Empty icon="smile" title="All answered">Next one comes to you</Empty>;
  return (
    <Empty icon="pause" title="You get no offers">
      Conversations come to you while you accept<br />
      <AcceptOffers className="btn pri accept">Accept offers</AcceptOffers>
    </Empty>
  );
}

/** Nothing for 150 ms: what loads at once never flashes. */
function Late({ children }: { children: React.ReactNode }) {
  const [on, set] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => set(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return on ? <>{children}</> : null;
}

/**
 * Keeps order and membership while somebody points at the list. Rows change in
 * place; what would move is counted and moves 3 s after the pointer has left.
 */
function useHeld(fresh: Group[], rows: ReadonlyMap<string, Row>) {
  const [frozen, setFrozen] = useState<Group[] | null>(null);
  const latest = useRef(fresh);
  latest.current = fresh;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const freeze = useCallback(() => {
    clearTimeout(timer.current);
    setFrozen((f) => f ?? latest.current);
  }, []);
  const thaw = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setFrozen(null), 3_000);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  // An empty list has no place that could move under the hand.
  const held = frozen && frozen.some((g) => g.rows.length > 0) ? moved(frozen, fresh) : 0;
  // Nothing is held back: follow, so that the next change is counted from here.
  const shown = frozen && held > 0 ? frozen.map((g) => ({ ...g, rows: g.rows.filter((r) => rows.has(r.conv)) })) : fresh;
  return { shown, held, apply: () => setFrozen(latest.current), hold: { onPointerEnter: freeze, onPointerLeave: thaw } };
}

/** How many rows would go to another group, come or leave; an order alone that changes counts as one. */
function moved(a: Group[], b: Group[]): number {
  const place = new Map<string, string>();
  for (const g of a) for (const r of g.rows) place.set(r.conv, g.name);
  let n = 0;
  for (const g of b) {
    for (const r of g.rows) {
      if (place.get(r.conv) !== g.name) n++;
      place.delete(r.conv);
    }
  }
  const order = (all: Group[]) => all.flatMap((g) => g.rows.map((r) => r.conv)).join();
  return n + place.size || (order(a) === order(b) ? 0 : 1);
}

/** J and K walk the rows as they are shown. */
function useStep(shown: Group[], current: string | undefined) {
  const navigate = useNavigate();
  const step = (by: number) => () => {
    const all = shown.flatMap((g) => g.rows);
    if (all.length === 0) return false;
    const at = all.findIndex((r) => r.conv === current);
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by))]!;
    void navigate(`/c/${next.number}`);
    document.querySelector(`[data-conv="${next.conv}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  useCommand('next', step(1));
  useCommand('previous', step(-1));
}

function ListRow({ row, current, group }: { row: Row; current: boolean; group: string }) {
  const unread = useLiveState((s) => s.unread.get(row.conv)) ?? 0;
  const name = row.name || 'Anonymous';
  return (
    <Link className={`cv ${unread > 0 ? 'un' : ''}`} to={`/c/${row.number}`} aria-current={current ? 'true' : undefined} data-conv={row.conv}>
      <Avatar id={row.contact} name={row.name} glyph={row.status === 'closed' ? undefined : row.customer_online ? 'on' : 'off'} />
      <span className="nm cut" dir="auto" title={name}>{name}</span>
      <Clock row={row} group={group} />
      <Snippet row={row} />
      <Sign row={row} unread={unread} group={group} />
    </Link>
  );
}

function Clock({ row, group }: { row: Row; group: string }) {
  const now = useNow(1_000);
  // Answered while the order is held: it is no longer a wait.
  if (group !== 'reply' || row.unanswered_since === undefined) return <span className="tm"><When at={group === 'done' ? (row.ended_at ?? since(row)) : since(row)} /></span>;
  const waited = now - since(row);
  const tone = waited >= LATE_MS ? 't-bad' : waited >= LATE_MS * 0.75 ? 't-warn' : '';
  return (
    <span className={`tm ${tone}`}>
      {tone !== '' && <Icon name={tone === 't-bad' ? 'oct' : 'clock'} />}
      <span className="vh">waiting </span>{clock(waited)}
    </span>
  );
}

function Snippet({ row }: { row: Row }) {
  const live = useLive();
  const peek = useLiveState((s) => s.peek.get(row.conv));
  const typing = useLiveState((s) => s.typing.get(row.conv));
  if (peek) return <span className="sn cut typing" dir="auto">typing: “{oneLine(peek.text)}”</span>;
  if (typing?.kind === 'customer') return <span className="sn cut typing">typing…</span>;
  const last = row.last;
  if (!last) return <span className="sn cut">No message yet</span>;
  const who = last.note ? 'Note: ' : byCustomer(last) ? '' : row.owner?.id === live.session.agent.id ? 'You: ' : '';
  return <span className="sn cut"><span>{who}</span><bdi>{oneLine(last.text) || 'File'}</bdi></span>;
}

function Sign({ row, unread, group }: { row: Row; unread: number; group: string }) {
  const live = useLive();
  const peek = useLiveState((s) => s.peek.has(row.conv));
  useLiveState((s) => s.lines.get(row.conv));
  if (unread > 0) return <span className="rt"><span className="unread" aria-label={`${unread} new`}>{unread > 99 ? '99+' : unread}</span></span>;
  if (peek) return <span className="rt"><Icon name="eye" /></span>;
  if (group === 'done') {
    const icon = row.score === 'bad' ? 'sad' : row.score === 'fine' ? 'meh' : row.score === 'good' ? 'smile' : null;
    return <span className="rt">{icon && <><Icon name={icon} className={row.score === 'bad' ? 't-bad' : ''} /><span className="vh">rated {row.score}</span></>}</span>;
  }
  if (!row.last || row.last.note || byCustomer(row.last)) return <span className="rt" />;
  const own = lastOwn(live.thread(row.conv).events);
  const seen = own > 0 && (row.seen ?? 0) >= own;
  const delivered = own > 0 && (row.delivered ?? 0) >= own;
  return (
    <span className="rt">
      <Icon name={delivered ? 'checks' : 'check'} className={seen ? 's-open' : ''} />
      <span className="vh">{seen ? 'seen' : delivered ? 'delivered' : 'sent'}</span>
    </span>
  );
}

/** seq of the last public line of an agent; 0 = none loaded. */
function lastOwn(events: readonly Event[]): number {
  for (let i = events.length - 1; i >= 0; i--) {
    const { ev, seq, body } = events[i]!;
    const m = body as unknown as MessageBody;
    if (ev === 'message' && m.from.kind === 'agent' && !m.note) return seq;
  }
  return 0;
}
