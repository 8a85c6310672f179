import '../kit/inter.css';
import '../kit/tokens.css';
import '../kit/base.css';
import './demo.css';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Doors } from './doors';
import { Facts } from './facts';
import { check, logo } from '../kit/icons';
import { Icon } from '../widget/icon';
import { fetchState, type State } from './state';

/** Links are single-use: a door that was opened gets a new one this soon. */
const FRESH_MS = 1500;
/** Links live 30 min. Each answer makes new ones, so they are asked for seldom. */
const RENEW_MS = 20 * 60_000;
/** How often the page looks whether the server is there. */
const LOOK_MS = 4000;

const dark = matchMedia('(prefers-color-scheme: dark)');
const paint = () => (document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light');
dark.addEventListener('change', paint);
paint();

function Demo() {
  const [state, setState] = useState<State | null>(null);
  const [away, setAway] = useState(false);
  const load = () =>
    void fetchState().then(
      (s) => {
        setState(s);
        setAway(false);
      },
      () => setAway(true),
    );
  useEffect(() => {
    load();
    const timer = setInterval(load, RENEW_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    const look = () =>
      void fetch('./', { method: 'HEAD' }).then(
        () => away && load(),
        () => setAway(true),
      );
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [away]);
  return (
    <main class="d">
      <div class="top1">
        <svg class="i lg" viewBox="0 0 24 24" aria-hidden="true" dangerouslySetInnerHTML={{ __html: logo }} />
        <div class="grow">
          <h1>{away ? 'Your contact centre is stopped' : 'Your contact centre is running'}</h1>
          <p>
            {away
              ? 'Start it again with the same command: nothing is missing.'
              : state && `${state.centre}: ${state.people.length} people, ${state.queues} queues. Everything stays on this computer.`}
          </p>
        </div>
        {state?.ready_ms !== undefined && !away && (
          <span class="chip ok">
            <Icon of={check} small />
            ready in {(state.ready_ms / 1000).toFixed(1)} s
          </span>
        )}
      </div>
      {state && (
        <>
          <Doors state={state} opened={() => setTimeout(load, FRESH_MS)} />
          <Facts state={state} />
        </>
      )}
    </main>
  );
}

render(<Demo />, document.getElementById('root')!);
