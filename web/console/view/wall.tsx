import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import type { Presence } from '@parley/client';
import { clock, time } from '../format/clock';
import { type AgentView, presenceGlyph, presenceWord, type QueueView } from '../live/me';
import { Avatar, Icon, type IconName, Slots } from './bits';
import { useLive, useLiveState, useNow } from './context';
import { Strips } from './strips';

/** The longest wait that is still fine; a queue's own target comes with service levels. */
const LIMIT_MS = 3 * 60_000;

type Tone = '' | 'warn' | 'bad';

/** The centre now: figures, queues, agents; watched, and swapped together. */
export function Wall() {
  const live = useLive();
  useEffect(() => live.watch('queues'), [live]);
  useEffect(() => live.watch('agents'), [live]);
  const queues = useLiveState((s) => s.queues) ?? [];
  const agents = useLiveState((s) => s.agents);
  const at = useLiveState((s) => s.figuresAt);
  const online = useLiveState((s) => s.net.kind === 'online');
  const list = [...(agents?.values() ?? [])];
  return (
    <>
      <div className="top">
        <h1>Wall</h1><span className="grow" />
        <span className="meta row" style={{ gap: 6 }}><span className={`pz ${online ? 'on' : 'off'}`} />{online ? <Clock /> : `As of ${at ? time(at) : 'none'}`}</span>
      </div>
      <Strips />
      <div className={`board ${online ? '' : 'stale'}`} role="region" aria-label="Figures" tabIndex={0}>
        <Figures queues={queues} agents={list} />
        <Queues queues={queues} />
        <Agents agents={list} />
      </div>
    </>
  );
}

function Clock() {
  const now = useNow(1_000);
  return <span className="num">Live, {new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' }).format(now)}</span>;
}

function oldest(queues: readonly QueueView[]): QueueView | undefined {
  return queues.filter((q) => q.oldest_since).sort((a, b) => a.oldest_since! - b.oldest_since!)[0];
}

function tone(wait: number): Tone {
  return wait >= LIMIT_MS ? 'bad' : wait >= LIMIT_MS * 0.75 ? 'warn' : '';
}

function Figures({ queues, agents }: { queues: readonly QueueView[]; agents: AgentView[] }) {
  const now = useNow(1_000);
  const waiting = queues.reduce((n, q) => n + q.waiting, 0);
  const late = queues.filter((q) => q.oldest_since && now - q.oldest_since >= LIMIT_MS).length;
  const old = oldest(queues);
  const wait = old ? now - old.oldest_since! : 0;
  const by = (p: Presence) => agents.filter((a) => a.presence === p).length;
  const signed = agents.filter((a) => a.presence !== 'offline').length;
  const limit = agents.filter((a) => a.presence === 'accepting').reduce((n, a) => n + a.limit, 0);
  const used = agents.filter((a) => a.presence === 'accepting').reduce((n, a) => n + Math.min(a.limit, a.workload), 0);
  const others = [[by('break'), 'break'], [by('call'), 'call'], [by('not_accepting'), 'not accepting'], [by('offline'), 'offline']] as const;
  const free = limit - used;
  const work = agents.reduce((n, a) => n + a.workload, 0);
  return (
    <dl className="card kpis">
      <Figure name="Waiting" value={String(waiting)} tone={late > 0 ? 'bad' : ''} words={waiting === 0 ? 'nobody waits' : late > 0 ? `${late} ${late === 1 ? 'queue' : 'queues'} past 3:00` : 'all within 3:00'} />
      <Figure name="Longest wait" value={old ? clock(wait) : 'none'} tone={tone(wait)} words={old ? `${old.name}, limit 3:00` : 'limit 3:00'} />
      <Figure name="Accepting" value={String(by('accepting'))} of={`of ${signed} here`} tone="" words={others.filter(([n]) => n > 0).map(([n, w]) => `${n} ${w}`).join(', ') || 'everybody'} />
      <Figure name="Free slots" value={String(free)} of={`of ${limit}`} tone={waiting > 0 && free === 0 ? 'warn' : ''} words={free === 0 ? (limit === 0 ? 'nobody accepts' : 'all in use') : 'of those accepting'} />
      <Figure name="In hand" value={String(work)} tone="" words={work === 1 ? 'conversation with an agent' : 'conversations with an agent'} />
    </dl>
  );
}

const MARK: Record<Tone, IconName> = { '': 'check', warn: 'warn', bad: 'oct' };

function Figure({ name, value, of, tone: t, words }: { name: string; value: string; of?: string; tone: Tone; words: string }) {
  return (
    <div className={`kpi ${t ? `is-${t}` : ''}`}>
      <dt className="k">{name}</dt>
      <dd className="v">{value}{of && <small> {of}</small>}</dd>
      <dd className={`w ${t ? `t-${t}` : 'q'}`}>{t && <Icon name={MARK[t]} />}<span className="cut">{words}</span></dd>
    </div>
  );
}

function Queues({ queues }: { queues: readonly QueueView[] }) {
  return (
    <section className="card wallq" aria-labelledby="wq" tabIndex={0}>
      <div className="hd2"><h2 id="wq">Queues</h2></div>
      <table className="tbl">
        <thead>
          <tr><th>Queue</th><th className="r">Waiting</th><th className="r">Oldest</th><th className="r">Estimate</th><th className="r">Accepting</th><th className="r">Free</th><th className="r">Answered</th><th className="r">Ended</th></tr>
        </thead>
        <tbody>
          {queues.map((q) => <QueueRow key={q.id} q={q} />)}
          {queues.length === 0 && <tr className="shut"><td colSpan={8}>No figures yet</td></tr>}
        </tbody>
      </table>
    </section>
  );
}

function QueueRow({ q }: { q: QueueView }) {
  const now = useNow(1_000);
  const wait = q.oldest_since ? now - q.oldest_since : 0;
  const t = tone(wait);
  const hot = t === 'bad' ? 'hot' : t === 'warn' ? 'mid' : '';
  return (
    <tr>
      <td><Link to={`/queues/${q.id}`} className="q-name"><Icon name={MARK[t]} className={t ? `t-${t}` : 't-ok'} /><span className="vh">{t === 'bad' ? 'past its limit: ' : t === 'warn' ? 'at risk: ' : ''}</span><span className="cut">{q.name}</span></Link></td>
      <td className="r">{hot ? <b className={hot}>{q.waiting}</b> : q.waiting}</td>
      <td className="r">{q.oldest_since ? (hot ? <b className={hot}>{clock(wait)}</b> : clock(wait)) : 'none'}</td>
      <td className="r">{estimate(q)}</td>
      <td className="r">{q.accepting}</td>
      <td className="r">{q.free}</td>
      <td className="r">{q.assigned ?? 0}</td>
      <td className="r">{q.ended ?? 0}</td>
    </tr>
  );
}

/** What the next one to come would wait; a plain estimate until the routing has more. */
function estimate(q: QueueView): string {
  if (q.waiting === 0 && q.free > 0) return 'at once';
  if (!q.per_assignment_ms) return 'none';
  const minutes = Math.max(1, Math.round((q.per_assignment_ms * (q.waiting + 1)) / 60_000));
  return `about ${minutes} min`;
}

const ORDER: Presence[] = ['accepting', 'break', 'call', 'not_accepting', 'offline'];

function Agents({ agents }: { agents: AgentView[] }) {
  const [only, setOnly] = useState<Presence | null>(null);
  const shown = agents
    .filter((a) => only === null || a.presence === only)
    .sort((a, b) => ORDER.indexOf(a.presence) - ORDER.indexOf(b.presence) || a.name.localeCompare(b.name));
  return (
    <section className="card agents" aria-labelledby="wa">
      <div className="hd2">
        <h2 id="wa" className="grow">Agents</h2>
        <div className="seg" role="group" aria-label="Show agents">
          <button type="button" aria-pressed={only === null} onClick={() => setOnly(null)}>All {agents.length}</button>
          {ORDER.map((p) => {
            const n = agents.filter((a) => a.presence === p).length;
            return <button key={p} type="button" aria-pressed={only === p} aria-label={`${presenceWord(p)}, ${n}`} title={presenceWord(p)} onClick={() => setOnly(only === p ? null : p)}><span className={`pz ${presenceGlyph(p)}`} />{n}</button>;
          })}
        </div>
      </div>
      <ul className="ag">
        {shown.map((a) => <Agent key={a.id} a={a} />)}
        {shown.length === 0 && <li className="meta" style={{ padding: 12 }}>{agents.length === 0 ? 'No agents yet' : 'Nobody in this state'}</li>}
      </ul>
    </section>
  );
}

function Agent({ a }: { a: AgentView }) {
  const now = useNow(1_000);
  return (
    <li className="agc">
      <Avatar id={a.id} name={a.name} glyph={presenceGlyph(a.presence)} />
      <span className="nm cut" title={a.name}>{a.name}</span>
      <span className="st cut">{presenceWord(a.presence, a.reason)}{a.since ? ` ${clock(now - a.since)}` : ''}{!a.connected && a.presence !== 'offline' ? ', connection lost' : ''}</span>
      <Slots used={a.workload} offered={0} limit={a.limit} />
    </li>
  );
}
