import { ended, NEW } from '@parley/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { when } from './format';
import { Composer } from './composer';
import { Head } from './head';
import { Log } from './log';
import { Rating } from './rating';
import type { Session } from './session';
import { Strip } from './strip';

/** One conversation: waiting, going on, or ended and to be rated. */
export function Talk({ session, back }: { session: Session; back?: () => void }) {
  const { conv, inbox } = session;
  const [ending, setEnding] = useState<'' | 'asked' | 'going' | 'failed'>('');
  const [reading, setReading] = useState(false);
  const over = conv !== null && ended(conv);
  const waiting = !conv || conv.status === 'new' || conv.status === 'bot';
  const asks = over && conv.survey === true && inbox?.rating !== false && !reading;
  useEffect(() => {
    setEnding('');
    // Who has rated already comes back to the lines.
    setReading(Boolean(conv?.score));
  }, [conv?.conv, over]);
  const below = useRef<HTMLDivElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (ending === 'asked') keep.current?.focus();
    // What had the focus is gone: on to what comes next, so that keys do not fall into the void.
    else if (document.activeElement === document.body && session.host.mode.open) below.current?.querySelector<HTMLElement>('input[type=radio], textarea')?.focus();
  }, [ending, asks]);

  async function end(): Promise<void> {
    setEnding('going');
    try {
      await session.end();
      setEnding('');
    } catch {
      setEnding('failed');
    }
  }

  const sub = over
    ? `Ended, ${when(conv.ended_at ?? conv.started_at, session.connection.now())}`
    : waiting
      ? 'Looking for somebody for you'
      : (inbox?.centre ?? '');
  return (
    <>
      <Head
        title={conv?.agent?.name ?? inbox?.centre ?? 'Chat'}
        sub={sub}
        person={conv?.agent}
        close={() => session.host.close()}
        back={back}
        menu={
          <>
            {conv && !over && (
              <button type="button" role="menuitem" onClick={() => setEnding('asked')}>
                End the chat
              </button>
            )}
            {asks && (
              <button type="button" role="menuitem" onClick={() => setReading(true)}>
                Read the chat again
              </button>
            )}
            {over && !asks && (
              <button type="button" role="menuitem" onClick={() => session.show(NEW)}>
                New conversation
              </button>
            )}
          </>
        }
      />
      <Strip session={session} />
      {ending && (
        <div class="strip ask" role="alertdialog" aria-label="End this chat?">
          <span>{ending === 'failed' ? 'Not ended. Try again' : waiting ? 'End? You lose your place in line' : 'End this chat?'}</span>
          <button type="button" disabled={ending === 'going'} onClick={() => void end()}>
            End
          </button>
          <button ref={keep} type="button" onClick={() => setEnding('')}>
            Keep it
          </button>
        </div>
      )}
      <div ref={below} class="below">
        {asks ? (
          <Rating key={conv.conv} session={session} conv={conv} write={() => setReading(true)} />
        ) : (
          <>
            <Log key={session.current === NEW ? 'new' : 'log'} session={session} />
            <Composer session={session} hint={over ? 'Write again' : waiting ? 'Add something' : 'Write a message'} />
          </>
        )}
      </div>
    </>
  );
}
