import type { Presence as State } from '@parley/client';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import { clock } from '../format/clock';
import { mine } from '../live/groups';
import type { Live } from '../live/live';
import { breakReasons, type Me, presenceGlyph, presenceWord } from '../live/me';
import { words } from '../live/words';
import { Avatar, Icon, Slots } from './bits';
import { useLive, useLiveState, useNow } from './context';
import { useCommand } from './keys';
import { PopItem, PopLine, PopMenu } from './pop';

interface Choice {
  state: State;
  reason?: string;
  name: string;
  minutes?: number;
}

/** The me card: who, presence in a word, slots; opens the choice of presence. pill: the small one of the phone. */
export function Presence({ leave, pill = false }: { leave: (why: string) => void; pill?: boolean }) {
  const live = useLive();
  const me = useLiveState((s) => s.me);
  const centre = useLiveState((s) => s.centre);
  const self = live.session.agent;
  const [open, setOpen] = useState(false);
  const navigate = useNavigate();
  useCommand('presence', () => (pill ? false : setOpen(true)));

  const reasons = breakReasons(centre?.break_reasons);
  // Offline is not among them: one is offline by signing out.
  const choices: Choice[] = [
    { state: 'accepting', name: 'Accepting' },
    { state: 'not_accepting', name: 'Not accepting' },
    ...(reasons.length > 0
      ? reasons.map((r) => ({ state: 'break' as const, reason: r.id, name: `Break: ${r.name}`, minutes: r.minutes }))
      : [{ state: 'break' as const, name: 'Break' }]),
    { state: 'call', name: 'On a call' },
  ];
  const choose = async ({ state, reason }: Choice) => {
    setOpen(false);
    try {
      await live.command('presence', { state, reason });
    } catch (error) {
      live.toast(words(error), { bad: true });
    }
  };
  const digit = (e: KeyboardEvent) => {
    const choice = choices[Number(e.key) - 1];
    if (choice && !e.ctrlKey && !e.metaKey && !e.altKey) void (e.preventDefault(), choose(choice));
  };
  const reasonName = me?.reason ? (reasons.find((r) => r.id === me.reason)?.name ?? me.reason) : undefined;
  const word = me ? presenceWord(me.presence, reasonName) : 'Connecting';
  return (
    <PopMenu
      open={open}
      setOpen={setOpen}
      label="Presence"
      end={pill}
      width={252}
      onKey={digit}
      header={me && <Header since={me.since} word={word} />}
      target={
        <button type="button" className={pill ? 'pme' : 'me'} aria-label={`${self.name}, ${word}. Change presence`} aria-haspopup="menu" aria-expanded={open} title="Presence (B)" onClick={() => setOpen(!open)}>
          <Avatar id={self.id} name={self.name} size={28} glyph={me ? presenceGlyph(me.presence) : 'off'} />
          {pill ? me && <MySlots me={me} /> : (
            <>
              <b className="cut">{self.name}</b>
              <Icon name="cdown" className="sm" />
              <span className="l2">
                <span className="meta cut" title={word}>{word}</span>
                {me && <MySlots me={me} />}
              </span>
            </>
          )}
        </button>
      }
    >
      {choices.map((c, i) => (
        <PopItem
          key={c.name}
          checked={me?.presence === c.state && (c.state !== 'break' || c.reason === undefined || c.reason === me.reason)}
          left={<span className={`pz ${presenceGlyph(c.state)}`} />}
          right={<>{c.minutes !== undefined && <span className="meta">{c.minutes} min</span>}<kbd aria-hidden="true">{i + 1}</kbd></>}
          onClick={() => void choose(c)}
        >
          {c.name}
        </PopItem>
      ))}
      <PopLine />
      <PopItem left={<Icon name="settings" />} onClick={() => (setOpen(false), void navigate('/me'))}>My settings</PopItem>
      <PopItem left={<Icon name="power" />} onClick={() => signOut(live, leave)}>Sign out</PopItem>
    </PopMenu>
  );
}

/** Ends this session on the server where it can be reached, and here in any case. */
export function signOut(live: Live, leave: (why: string) => void): void {
  if (!live.connection.online) return leave('');
  void live.command('sign_out', {}).catch(() => {}).finally(() => leave(''));
}

function Header({ since, word }: { since: number; word: string }) {
  const now = useNow();
  return <div className="pmenu-label num">{word} for {clock(now - since)}</div>;
}

/** An offer holds its slot already: the workload counts it. */
function MySlots({ me }: { me: Me }) {
  const offered = me.offers?.length ?? 0;
  return <Slots used={Math.max(0, me.workload - offered)} offered={offered} limit={me.limit} />;
}

/** Begins to take offers; also the one button of an empty list. */
export function AcceptOffers({ className, children }: { className: string; children: ReactNode }) {
  const live = useLive();
  const [busy, setBusy] = useState(false);
  const accept = async () => {
    setBusy(true);
    try {
      await live.command('presence', { state: 'accepting' });
    } catch (error) {
      live.toast(words(error), { bad: true });
    } finally {
      setBusy(false);
    }
  };
  return <button type="button" className={className} disabled={busy} onClick={() => void accept()}>{children}</button>;
}

/** The engine chose the presence: say why, and the way back. */
export function AutomaticPresence() {
  const me = useLiveState((s) => s.me);
  const rows = useLiveState((s) => s.rows);
  const self = useLive().session.agent.id;
  if (!me?.automatic) return null;
  if (me.presence === 'break') {
    const missed = me.misses && me.misses > 0 ? `You missed ${me.misses} ${me.misses === 1 ? 'offer' : 'offers'} and are on break` : 'You missed offers and are on break';
    return <div className="bar warn" role="status"><Icon name="pause" />{missed}<AcceptOffers className="btn sm">Accept again</AcceptOffers></div>;
  }
  // With nothing in hand the empty list has this button already.
  if (me.presence !== 'not_accepting' || ![...rows.values()].some((r) => mine(r, self))) return null;
  return <div className="bar info" role="status"><Icon name="pause" />You were away and get no offers yet<AcceptOffers className="btn sm">Accept offers</AcceptOffers></div>;
}
