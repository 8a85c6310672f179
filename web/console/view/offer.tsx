import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { Refusal, type MessageBody } from '@parley/client';
import { clock } from '../format/clock';
import { oneLine } from '../format/text';
import { type OfferCard as Card, ring } from '../live/offers';
import { words } from '../live/words';
import { Icon, Keys, MOD } from './bits';
import { useLive, useLiveState, useNow } from './context';
import { useCommand } from './keys';

/** Offers, oldest first: the first in full, the others one line each; never takes the focus. */
export function Offers({ pane }: { pane: React.RefObject<HTMLElement | null> }) {
  const cards = useLiveState((s) => s.offers);
  const answer = useAnswer();
  const first = cards.find((c) => c.state !== 'ended');
  useOfferKeys(first, answer, pane);
  return (
    <>
      <Announce cards={cards} />
      {cards.map((card) =>
        card.state === 'ended' ? <Ended key={card.offer} card={card} /> :
        card === first ? <Whole key={card.offer} card={card} answer={answer} /> : <Short key={card.offer} card={card} answer={answer} />,
      )}
    </>
  );
}

/** On other pages: the same card, bottom left. */
export function FloatingOffers() {
  const pane = useRef<HTMLDivElement>(null);
  return <div className="float" ref={pane}><Offers pane={pane} /></div>;
}

type Answer = (card: Card, what: 'accept' | 'decline') => Promise<void>;

function useAnswer(): Answer {
  const live = useLive();
  const navigate = useNavigate();
  return async (card, what) => {
    if (card.state !== 'open') return;
    const { conv, offer } = card;
    live.offers({ type: 'pressed', offer, what: what === 'accept' ? 'accepting' : 'declining' });
    try {
      await live.command(what, { conv, offer });
    } catch (error) {
      const refusal = error as Refusal;
      const taken = refusal.code === 'offer_taken';
      live.offers({ type: 'refused', offer, words: words(error), again: refusal.do === 'retry', taken, now: live.now() });
      if (refusal.do === 'retry') live.toast(words(error), { bad: true });
      return;
    }
    if (what === 'decline') return live.offers({ type: 'declined', offer });
    live.offers({ type: 'mine', offer });
    const number = live.store.state.rows.get(conv)?.number ?? (await live.view(conv))?.number;
    if (number === undefined) return;
    // Never take a page from under somebody who is writing.
    if (writing()) live.toast(`#${number} is yours`, { action: { name: `Open #${number}`, run: () => void navigate(`/c/${number}`, { state: { compose: true } }) } });
    else void navigate(`/c/${number}`, { state: { compose: true } });
  };
}

function writing(): boolean {
  const at = document.activeElement;
  return at instanceof HTMLTextAreaElement && at.value.trim() !== '';
}

function useOfferKeys(first: Card | undefined, answer: Answer, pane: React.RefObject<HTMLElement | null>) {
  const press = (what: 'accept' | 'decline') => () => (first ? void answer(first, what) : false);
  const here = (what: 'accept' | 'decline') => () => {
    const at = document.activeElement;
    const near = at === null || at === document.body || (pane.current?.contains(at) ?? false);
    return first && near ? void answer(first, what) : false;
  };
  useCommand('accept', press('accept'));
  useCommand('decline', press('decline'));
  useCommand('accept1', here('accept'));
  useCommand('decline1', here('decline'));
}

/** Said once when it comes and once at 10 s left; the ring itself is silent. */
function Announce({ cards }: { cards: readonly Card[] }) {
  const live = useLive();
  const now = useNow();
  const open = cards.filter((c) => c.state === 'open');
  const newest = open.at(-1);
  const row = newest && live.store.state.rows.get(newest.conv);
  const late = newest && newest.until - now <= 10_000;
  const text = newest ? (late ? 'Offer: 10 seconds left' : `New offer${row ? ` from ${row.queue.name}: ${row.name || 'Anonymous'}` : ''}`) : '';
  const ended = cards.filter((c) => c.state === 'ended').at(-1);
  return <div className="vh" role="status">{text || ended?.end?.words || ''}</div>;
}

function useFacts(card: Card) {
  const row = useLiveState((s) => s.rows.get(card.conv));
  const live = useLive();
  const lines = useLiveState((s) => s.lines.get(card.conv));
  const events = live.thread(card.conv).events;
  void lines;
  const first = events.find((e) => e.ev === 'message' && (e.body as unknown as MessageBody).from.kind === 'customer');
  const text = first ? (first.body as unknown as MessageBody).text : (row?.last?.text ?? '');
  return { row, text };
}

interface Earlier {
  count: number;
  last?: string;
}

/** How many earlier conversations, and with whom the last one was. */
function useEarlier(contact: string | undefined, conv: string): Earlier | null {
  const live = useLive();
  const [earlier, set] = useState<Earlier | null>(null);
  useEffect(() => {
    if (!contact) return;
    let gone = false;
    live.connection.request<{ conversations: { conv: string; owner?: { id: string; name: string } }[] }>('card', { contact }).then(
      ({ conversations }) => {
        const others = conversations.filter((c) => c.conv !== conv);
        const owner = others[0]?.owner;
        if (!gone) set({ count: others.length, last: owner && (owner.id === live.session.agent.id ? 'you' : owner.name) });
      },
      () => {},
    );
    return () => {
      gone = true;
    };
  }, [contact, conv, live]);
  return earlier;
}

function Ring({ card }: { card: Card }) {
  const now = useNow(1_000);
  const { percent, seconds } = ring(card, now);
  return <span className="ring" role="timer" aria-live="off" aria-label={`${seconds} seconds left`} style={{ '--p': percent } as React.CSSProperties}>{seconds}</span>;
}

function Whole({ card, answer }: { card: Card; answer: Answer }) {
  const { row, text } = useFacts(card);
  const now = useNow(1_000);
  const earlier = useEarlier(row?.contact, card.conv);
  // At its end the server's word is awaited; a press could only come too late.
  const busy = card.state !== 'open' || now >= card.until;
  return (
    <section className="offer" aria-label={`Offer: ${row?.name || 'Anonymous'}`}>
      <div className="head">
        <Ring card={card} />
        <div className="grow">
          <div>New offer</div>
          <div className="meta cut">{row ? `${row.queue.name} · waited ${clock(now - (row.queued_at ?? row.started_at))}` : ' '}</div>
        </div>
      </div>
      <div className="who cut" dir="auto" title={row?.name}>{row ? row.name || 'Anonymous' : ' '}</div>
      <q dir="auto">{oneLine(text)}</q>
      <div className="facts">
        {earlier && <span><Icon name="hist" className="sm" />{earlier.count === 0 ? 'First conversation' : `${earlier.count} earlier${earlier.last ? `, last with ${earlier.last}` : ''}`}</span>}
        {row?.language && <span><Icon name="globe" className="sm" />{languageName(row.language)}</span>}
      </div>
      <div className="acts">
        <button type="button" className="btn pri" disabled={busy} onClick={() => void answer(card, 'accept')}>
          {card.state === 'accepting' ? 'Accepting…' : <>Accept <Keys keys={[MOD, '⇧', 'Y']} /></>}
        </button>
        <button type="button" className="btn" disabled={busy} title={`Decline (${MOD}+Shift+X)`} onClick={() => void answer(card, 'decline')}>Decline</button>
      </div>
    </section>
  );
}

/** `de-DE` as a person says it; what the browser does not know stays as it is. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

function Short({ card, answer }: { card: Card; answer: Answer }) {
  const { row, text } = useFacts(card);
  return (
    <section className="offer line" aria-label={`Offer: ${row?.name || 'Anonymous'}`}>
      <Ring card={card} />
      <span className="grow cut" dir="auto"><b>{row?.name || 'Anonymous'}</b> <span className="meta">{oneLine(text)}</span></span>
      <button type="button" className="btn sm pri" disabled={card.state !== 'open'} onClick={() => void answer(card, 'accept')}>Accept</button>
    </section>
  );
}

function Ended({ card }: { card: Card }) {
  const row = useLiveState((s) => s.rows.get(card.conv));
  const now = useNow(1_000);
  const icon = card.end?.why === 'lapsed' ? 'clock' : 'x';
  return (
    <div className="offer ended">
      <Icon name={icon} />
      <b>{card.end?.words.replace(/\.$/, '')}.</b>
      <span className="cut grow" dir="auto">{row?.name || 'Anonymous'}</span>
      <span className="meta num">{now - (card.end?.at ?? now) < 2_000 ? 'now' : clock(now - (card.end?.at ?? now))}</span>
    </div>
  );
}

