import { check, cutoff } from '../kit/icons';
import { Icon } from './icon';
import { useClock } from './hooks';
import { OUTAGE_MS, type Session } from './session';

/** How the connection is, when it is not well. The countdown is silent to screen readers; the fact is told once. */
export function Strip({ session }: { session: Session }) {
  const { state, caughtUp } = session;
  const away = state.kind === 'waiting' || state.kind === 'connecting';
  const now = useClock(250, away);
  if (away && now - state.since >= OUTAGE_MS) {
    const seconds = state.kind === 'waiting' ? Math.max(1, Math.ceil((state.retryAt - now) / 1000)) : 0;
    return (
      <div class="strip">
        <Icon of={cutoff} />
        <span>
          <span role="status">No connection.</span> {seconds > 0 ? `Trying again in ${seconds} s` : 'Trying now'}
        </span>
        {state.kind === 'waiting' && (
          <button type="button" onClick={() => session.connection.retry()}>
            Now
          </button>
        )}
      </div>
    );
  }
  if (caughtUp !== null) {
    return (
      <div class="strip ok" role="status">
        <Icon of={check} />
        {caughtUp > 0 ? `Back. ${caughtUp} new message${caughtUp > 1 ? 's' : ''}.` : 'Back.'}
      </div>
    );
  }
  return null;
}
