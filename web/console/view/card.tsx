import type { Row } from '@parley/client';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { oneLine } from '../format/text';
import { words } from '../live/words';
import { Avatar, Icon, When } from './bits';
import { useLive, useLiveState } from './context';
import { languageName } from './offer';
import { StatusMark } from './status';
import { Timeline } from './timeline';

interface CardOK {
  contact: { id: string; name: string; email?: string; email_proven?: boolean; since?: number };
  conversations: Row[];
  maybe_same?: Row[];
}

function useCard(contact: string, stamp: string) {
  const live = useLive();
  const online = useLiveState((s) => s.net.kind === 'online');
  const [card, setCard] = useState<CardOK | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (!online) return;
    let gone = false;
    live.connection.request<CardOK>('card', { contact }).then(
      (ok) => gone || (setCard(ok), setProblem('')),
      (e: unknown) => gone || setProblem(words(e)),
    );
    return () => {
      gone = true;
    };
  }, [contact, stamp, online, live]);
  return { card, problem };
}

/** Who it is, what is known, and what was before. */
export function Card({ row, open, close }: { row: Row; open: (conv: string) => void; close?: () => void }) {
  const { card, problem } = useCard(row.contact, `${row.conv} ${row.status}`);
  const name = row.name || 'Anonymous';
  const email = row.email ?? card?.contact.email;
  const earlier = (card?.conversations ?? []).filter((r) => r.conv !== row.conv);
  const same = (card?.maybe_same ?? []).filter((r) => r.conv !== row.conv);
  return (
    <div className="cust" role="region" aria-label="Customer card" tabIndex={0}>
      <section>
        <div className="idn">
          <Avatar id={row.contact} name={row.name} size={40} glyph={row.customer_online ? 'on' : 'off'} />
          <div className="row">
            <div className="grow">
              <h2 dir="auto" style={{ overflowWrap: 'anywhere' }}>{name}</h2>
              <span className="meta row" style={{ gap: 5, marginTop: 2 }}>
                {card?.contact.email_proven ? <><Icon name="shield" className="sm t-ok" />E-mail proven</> : row.name || email ? 'By the form, not proven' : 'Gave no name'}
              </span>
            </div>
            {close && <button type="button" className="ib sm" aria-label="Close the card" onClick={close}><Icon name="x" /></button>}
          </div>
        </div>
        <dl className="kv" style={{ marginTop: 14 }}>
          <dt>E-mail</dt><dd>{email ? <><span className="cut" title={email}>{email}</span><Copy text={email} what="e-mail" /></> : 'No email address'}</dd>
          <dt>Now</dt><dd>{row.customer_online ? 'On the page' : 'Away'}</dd>
          {row.language && <><dt>Language</dt><dd>{languageName(row.language)}</dd></>}
          {row.page && <><dt>Page</dt><dd><Page page={row.page} /></dd></>}
          {card?.contact.since ? <><dt>Known since</dt><dd><When at={card.contact.since} /></dd></> : null}
        </dl>
      </section>
      {row.score && <Rating row={row} />}
      <section>
        <h2>Earlier{earlier.length > 0 && <span className="count" style={{ marginLeft: 6 }}>{earlier.length}</span>}</h2>
        {problem && <p className="meta t-bad">Not loaded: {problem}</p>}
        {card && earlier.length === 0 && <p className="meta">This is the first conversation.</p>}
        {earlier.map((r) => <Past key={r.conv} row={r} open={open} />)}
      </section>
      {same.length > 0 && (
        <section>
          <h2>Same e-mail</h2>
          <p className="same"><Icon name="warn" className="sm" /> May be the same person, e-mail not verified</p>
          {same.map((r) => <Past key={r.conv} row={r} open={open} />)}
        </section>
      )}
    </div>
  );
}

function Rating({ row }: { row: Row }) {
  const icon = row.score === 'bad' ? 'sad' : row.score === 'fine' ? 'meh' : 'smile';
  return (
    <section>
      <h2>Rating</h2>
      <div className={`row ${row.score === 'bad' ? 't-bad' : ''}`}><Icon name={icon} /><span>Rated {row.score}</span></div>
      {row.comment && <p dir="auto" style={{ marginTop: 4 }}>“{row.comment}”</p>}
    </section>
  );
}

function Page({ page }: { page: string }) {
  let short = page;
  try {
    const url = new URL(page);
    short = url.pathname + url.search;
    if (!/^https?:$/.test(url.protocol)) return <span className="cut" title={page}>{page}</span>;
  } catch {
    return <span className="cut" title={page}>{page}</span>;
  }
  return <a className="cut" href={page} target="_blank" rel="noreferrer noopener" title={page}>{short}</a>;
}

function Copy({ text, what }: { text: string; what: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1_500);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () => void navigator.clipboard?.writeText(text).then(() => setDone(true), () => {});
  return <button type="button" className="ib" aria-label={done ? 'Copied' : `Copy ${what}`} title={done ? 'Copied' : 'Copy'} onClick={copy}><Icon name={done ? 'check' : 'copy'} className="sm" /></button>;
}

function Past({ row, open }: { row: Row; open: (conv: string) => void }) {
  const live = useLive();
  const holder = row.owner ? (row.owner.id === live.session.agent.id ? 'with you' : row.owner.name) : 'with nobody';
  return (
    <button type="button" className="ev" onClick={() => open(row.conv)}>
      <StatusMark row={row} bare />
      <span className="cut" dir="auto" style={{ textAlign: 'left' }}>{oneLine(row.last?.text ?? '') || `#${row.number}`}</span>
      <span className="meta" style={{ gridColumn: 'auto' }}><When at={row.ended_at ?? row.started_at} /></span>
      <span className="meta cut">#{row.number} · {holder}{row.score && <> · rated <span className={row.score === 'bad' ? 't-bad' : ''}>{row.score}</span></>}</span>
    </button>
  );
}

/** An earlier conversation, read only, in the card's place. */
export function Beside({ conv, close }: { conv: string; close: () => void }) {
  const live = useLive();
  const navigate = useNavigate();
  const row = useLiveState((s) => s.rows.get(conv));
  useEffect(() => {
    if (!row) void live.view(conv).catch(() => {});
  }, [row, conv, live]);
  return (
    <div className="pane beside">
      <div className="thead">
        <button type="button" className="ib" aria-label="Back to the card" title="Back to the card (Esc)" onClick={close}><Icon name="cleft" /></button>
        <div className="ttl">
          <h2 className="cut" style={{ fontSize: 'var(--fs-ui)' }}>#{row?.number ?? ''}</h2>
          <div className="sub">{row && <><StatusMark row={row} /><span aria-hidden="true">·</span><When at={row.started_at} /></>}</div>
        </div>
        {row && <button type="button" className="ib" aria-label="Open in full" title="Open in full" onClick={() => void navigate(`/c/${row.number}?id=${conv}`)}><Icon name="arrow" /></button>}
      </div>
      <Timeline conv={conv} row={row} watch />
      <div className="bar info ro" style={{ marginTop: 8 }}><Icon name="lock" className="sm" />Read only</div>
    </div>
  );
}
