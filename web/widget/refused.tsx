import type { WireError } from '@parley/client';
import { ban, clock } from '../kit/icons';
import { Icon } from './icon';

/** What happened, and the way on; never a code. */
export function Refused({ error, again }: { error: WireError; again: () => void }) {
  const full = error.code === 'too_many_connections' || error.code === 'rate_limited' || error.code === 'broken_frames';
  return (
    <div class="pad refused">
      <span class="av anon" aria-hidden="true">
        <Icon of={full ? clock : ban} />
      </span>
      <h2>{full ? 'A lot is going on right now' : 'The chat is not available here'}</h2>
      <p>
        {full
          ? 'We can not connect you at the moment. Your messages are kept on this device.'
          : 'This page may not open the chat, or it was switched off. The other ways to reach us still work.'}
      </p>
      <button class="btn" type="button" onClick={again}>
        Look again
      </button>
    </div>
  );
}
