import type { Conv, Score } from '@parley/client';
import { useState } from 'preact/hooks';
import { check, meh, oct, reply, sad, smile } from '../kit/icons';
import { Icon } from './icon';
import type { Session } from './session';

const FACES: [Score, string, string][] = [
  ['bad', 'Bad', sad],
  ['fine', 'Fine', meh],
  ['good', 'Good', smile],
];

interface Props {
  session: Session;
  conv: Conv;
  /** Back to the lines, with the composer at hand. */
  write: () => void;
}

/** Asks how it was; the answer can be changed in place. */
export function Rating({ session, conv, write }: Props) {
  const [score, setScore] = useState<Score | undefined>(conv.score);
  const [comment, setComment] = useState('');
  const [state, setState] = useState<'asking' | 'sending' | 'thanks'>(conv.score ? 'thanks' : 'asking');
  const [fault, setFault] = useState('');
  const name = conv.agent?.name.split(/\s/u)[0];

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (!score) return setFault('Choose one of the three first');
    setFault('');
    setState('sending');
    try {
      await session.rate(score, comment.trim());
      setState('thanks');
    } catch (error) {
      setState('asking');
      setFault(`Not sent. ${(error as Error).message}`);
    }
  }

  const again = (
    <button class="btn" type="button" onClick={write}>
      <Icon of={reply} small />
      Write again
    </button>
  );
  if (state === 'thanks') {
    return (
      <div class="pad thanks">
        <p role="status">
          <Icon of={check} /> Thank you. You said: {FACES.find(([s]) => s === score)?.[1].toLowerCase()}.
        </p>
        <button class="btn ghost" type="button" onClick={() => setState('asking')}>
          Change it
        </button>
        {again}
      </div>
    );
  }
  return (
    <form class="pad" onSubmit={(e) => void submit(e)}>
      <h2 id="rq">{name ? `How was it with ${name}?` : 'How was it?'}</h2>
      <div class="faces" role="radiogroup" aria-labelledby="rq">
        {FACES.map(([value, word, face]) => (
          <label key={value} class={value}>
            <input type="radio" name="score" value={value} checked={score === value} onChange={() => setScore(value)} />
            <Icon of={face} />
            {word}
          </label>
        ))}
      </div>
      <div>
        <label class="lbl" for="c">
          Anything to add? (optional)
        </label>
        <textarea class="in" id="c" dir="auto" maxLength={2000} value={comment} onInput={(e) => setComment(e.currentTarget.value)} />
      </div>
      {fault && (
        <p class="err" role="alert">
          <Icon of={oct} small />
          {fault}
        </p>
      )}
      <button class="btn pri" type="submit" disabled={state === 'sending'}>
        Send rating
      </button>
      {again}
    </form>
  );
}
