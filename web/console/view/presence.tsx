import { Menu } from '@mantine/core';
import type { Presence as State } from '@parley/client';
import { type KeyboardEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { clock } from '../format/clock';
import { breakReasons, presenceGlyph, presenceWord } from '../live/me';
import { words } from '../live/words';
import { Avatar, Icon, Slots } from './bits';
import { useLive, useLiveState, useNow } from './context';
import { useCommand } from './keys';

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
  const choices: Choice[] = [
    { state: 'accepting', name: 'Accepting' },
    { state: 'not_accepting', name: 'Not accepting' },
    ...(reasons.length > 0
      ? reasons.map((r) => ({ state: 'break' as const, reason: r.id, name: `Break: ${r.name}`, minutes: r.minutes }))
      : [{ state: 'break' as const, name: 'Break' }]),
    { state: 'call', name: 'On a call' },
    { state: 'offline', name: 'Offline' },
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
    <Menu opened={open} onChange={setOpen} position={pill ? 'bottom-end' : 'bottom-start'} width={252} offset={4}>
      <Menu.Target>
        <button type="button" className={pill ? 'pme' : 'me'} aria-label={`${self.name}, ${word}. Change presence`} title="Presence (B)">
          <Avatar id={self.id} name={self.name} size={28} glyph={me ? presenceGlyph(me.presence) : 'off'} />
          {pill ? me && <Slots used={me.workload} offered={me.offers?.length ?? 0} limit={me.limit} /> : (
            <>
              <b className="cut">{self.name}</b>
              <Icon name="cdown" className="sm" />
              <span className="l2">
                <span className="meta cut">{word}</span>
                {me && <Slots used={me.workload} offered={me.offers?.length ?? 0} limit={me.limit} />}
              </span>
            </>
          )}
        </button>
      </Menu.Target>
      <Menu.Dropdown onKeyDown={digit}>
        {me && <Header since={me.since} word={word} />}
        {choices.map((c, i) => {
          const on = me?.presence === c.state && (c.state !== 'break' || c.reason === undefined || c.reason === me.reason);
          return (
            <Menu.Item
              key={c.name}
              role="menuitemradio"
              aria-checked={on}
              leftSection={<span className={`pz ${presenceGlyph(c.state)}`} />}
              rightSection={<span className="row">{c.minutes !== undefined && <span className="meta">{c.minutes} min</span>}<kbd aria-hidden="true">{i + 1}</kbd></span>}
              onClick={() => void choose(c)}
            >
              {c.name}
            </Menu.Item>
          );
        })}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="settings" />} onClick={() => void navigate('/me')}>My settings</Menu.Item>
        <Menu.Item
          leftSection={<Icon name="power" />}
          onClick={() => {
            // The answer may never come: the session ends with it.
            if (live.connection.online) void live.command('sign_out', {}).catch(() => {}).finally(() => leave(''));
            else leave('');
          }}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Header({ since, word }: { since: number; word: string }) {
  const now = useNow();
  return <Menu.Label>{word} for {clock(now - since)}</Menu.Label>;
}

/** The engine put this person on a break: say why, and the way back. */
export function AutomaticBreak() {
  const live = useLive();
  const me = useLiveState((s) => s.me);
  const [busy, setBusy] = useState(false);
  if (me?.presence !== 'break' || !me.automatic) return null;
  const again = async () => {
    setBusy(true);
    try {
      await live.command('presence', { state: 'accepting' });
    } catch (error) {
      live.toast(words(error), { bad: true });
    } finally {
      setBusy(false);
    }
  };
  const missed = me.misses && me.misses > 0 ? `You missed ${me.misses} offers and are on break` : 'You missed offers and are on break';
  return (
    <div className="bar warn" role="status">
      <Icon name="pause" />{missed}
      <button type="button" className="btn sm" disabled={busy} onClick={() => void again()}>Accept again</button>
    </div>
  );
}
