import { type Conv, ended, NEW } from '@parley/client';
import { check, plus } from '../kit/icons';
import { when } from './format';
import { Avatar, Icon } from './icon';
import type { Session } from './session';

/** Several conversations, newest first. */
export function List({ session }: { session: Session }) {
  const now = session.connection.now();
  const open = session.convs.some((c) => !ended(c));
  return (
    <>
      <nav class="wl grow" aria-label="Your conversations">
        {session.convs.map((conv) => (
          <Entry key={conv.conv} conv={conv} now={now} show={() => session.show(conv.conv)} />
        ))}
      </nav>
      {!open && (
        <div class="foot">
          <button type="button" class="btn pri" onClick={() => session.show(NEW)}>
            <Icon of={plus} small />
            New conversation
          </button>
        </div>
      )}
    </>
  );
}

function Entry({ conv, now, show }: { conv: Conv; now: number; show: () => void }) {
  const { last, agent, unread } = conv;
  const name = agent?.name ?? `Conversation ${conv.number}`;
  const mine = last?.from === 'customer' || (typeof last?.from === 'object' && last.from.kind === 'customer');
  return (
    <button type="button" onClick={show}>
      <Avatar id={agent?.id ?? conv.conv} name={name} />
      <span class={unread ? 'cut strong' : 'cut'} dir="auto">
        {name}
      </span>
      <time dateTime={new Date(last?.at ?? conv.started_at).toISOString()}>{when(last?.at ?? conv.started_at, now)}</time>
      <span class="sn cut" dir="auto">
        {mine && 'You: '}
        {last?.text.replace(/\s+/gu, ' ') ?? 'No message yet'}
      </span>
      {unread ? (
        <span class="unread">{unread}</span>
      ) : (
        <span class="t-ok">
          {ended(conv) && (
            <>
              <Icon of={check} small />
              <span class="vh">Solved</span>
            </>
          )}
        </span>
      )}
    </button>
  );
}
