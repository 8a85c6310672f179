import { useEffect, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { clock } from '../format/clock';
import { oneLine } from '../format/text';
import type { QueueView } from '../live/me';
import { words } from '../live/words';
import { Avatar, Empty, Icon, Skeleton } from './bits';
import { useLive, useLiveState, useNow } from './context';
import { Strips } from './strips';

/** Who waits in one queue, longest first, with Pick (T10). */
export function QueuePage() {
  const { id } = useParams();
  const live = useLive();
  const queues = useLiveState((s) => s.queues);
  const centre = useLiveState((s) => s.centre);
  useEffect(() => live.watch('queues'), [live]);
  const queue = queues?.find((q) => q.id === id);
  const name = queue?.name ?? centre?.queues.find((q) => q.id === id)?.name ?? 'Queue';
  return (
    <>
      <div className="top"><h1 className="grow cut">{name}</h1></div>
      <Strips />
      {queue ? <Waiting queue={queue} /> : queues === null ? <Skeleton rows={5} height={60} /> : <Empty icon="stNew" title="This queue is not here">It may have been removed, or you are no member.</Empty>}
    </>
  );
}

function Waiting({ queue }: { queue: QueueView }) {
  const first = queue.first ?? [];
  const agents = useLiveState((s) => s.centre)?.agents ?? [];
  return (
    <>
      <Figures queue={queue} />
      {first.length === 0 ? (
        <Empty icon="check" title="Nobody waits">New conversations of this queue appear here.</Empty>
      ) : (
        <div className="grow" style={{ overflow: 'auto' }} role="region" aria-label="Waiting" tabIndex={0}>
          <ol>{first.map((w, i) => <Waiter key={w.conv} conv={w.conv} since={w.since} offered={nameOf(w.offered_to, agents)} place={i + 1} />)}</ol>
          {queue.waiting > first.length && <p className="meta" style={{ padding: '10px 20px' }}>and {queue.waiting - first.length} more behind them</p>}
        </div>
      )}
    </>
  );
}

/** The digest of a queue names agents by id. */
function nameOf(who: { name: string } | string | undefined, agents: { id: string; name: string }[]): string {
  return typeof who === 'string' ? (agents.find((a) => a.id === who)?.name ?? 'an agent') : (who?.name ?? '');
}

function Figures({ queue }: { queue: QueueView }) {
  const now = useNow(1_000);
  return (
    <dl className="qfig">
      <div><dt>Waiting</dt><dd>{queue.waiting}</dd></div>
      <div><dt>Longest wait</dt><dd>{queue.oldest_since ? clock(now - queue.oldest_since) : 'none'}</dd></div>
      <div><dt>Accepting</dt><dd>{queue.accepting}</dd></div>
      <div><dt>Free slots</dt><dd>{queue.free}</dd></div>
    </dl>
  );
}

function Waiter({ conv, since, offered, place }: { conv: string; since: number; offered: string; place: number }) {
  const live = useLive();
  const navigate = useNavigate();
  const now = useNow(1_000);
  const row = useLiveState((s) => s.rows.get(conv));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (!row) void live.view(conv).catch(() => {});
  }, [row, conv, live]);
  const pick = async () => {
    setBusy(true);
    setProblem('');
    try {
      await live.command('pick', { conv });
      const number = row?.number ?? (await live.view(conv))?.number;
      if (number !== undefined) void navigate(`/c/${number}?id=${conv}`, { state: { compose: true } });
    } catch (error) {
      setProblem(words(error));
      setBusy(false);
    }
  };
  return (
    <li className="qrow">
      <span className="pos">{place}</span>
      <Avatar id={row?.contact ?? conv} name={row?.name ?? ''} glyph={row ? (row.customer_online ? 'on' : 'off') : undefined} />
      <div style={{ minWidth: 0 }}>
        <div className="cut" dir="auto" style={{ fontWeight: 500 }}>{row ? row.name || 'Anonymous' : ' '}</div>
        <div className="sub cut" dir="auto">{problem ? <span className="t-bad" role="alert">{problem}</span> : row?.last ? oneLine(row.last.text) : ' '}</div>
      </div>
      <span className="sub" style={{ textAlign: 'right' }}><span className="num">{clock(now - since)}</span>{offered && <><br />offered to {offered}</>}</span>
      <span className="row">
        <button type="button" className="btn sm ghost" disabled={!row} onClick={() => row && void navigate(`/c/${row.number}?id=${conv}`)}>Look</button>
        <button type="button" className="btn sm" disabled={busy} onClick={() => void pick()}><Icon name="check" className="sm" />{busy ? 'Picking…' : 'Pick'}</button>
      </span>
    </li>
  );
}
