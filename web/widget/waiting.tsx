import { estimate, inLine } from './format';
import type { Place } from './session';

/** Cells of the bar. */
const CELLS = 5;

/** The place in the queue, as a figure, in words, and as a bar. Also on a wait without a known place. */
export function Waiting({ place }: { place: Place | null }) {
  const position = place?.shown ?? 0;
  const done = Math.max(0, CELLS - position);
  return (
    <section class="queue" aria-label="Your place in the queue">
      <div class="pos">
        {position > 0 ? (
          <>
            <b aria-hidden="true">{position}</b>
            <span>{inLine(position)}</span>
          </>
        ) : (
          <span>Looking for somebody for you</span>
        )}
      </div>
      <div class="steps" aria-hidden="true">
        {Array.from({ length: CELLS }, (_, i) => (
          <i key={i} class={position > 0 && i < done ? 'd' : position > 0 && i === done ? 'n' : ''} />
        ))}
      </div>
      <p>
        {estimate(place?.waitMs)} {place?.overtaken && 'Somebody who was here before goes first. '}
        You can close this window: your place is kept while this page is open.
      </p>
    </section>
  );
}
