import { useState } from 'preact/hooks';
import { check, copy } from '../kit/icons';
import { Icon } from '../widget/icon';
import type { State } from './state';

/** A first walk, and where everything is. */
export function Facts({ state }: { state: State }) {
  const agent = state.people.find((p) => p.role === 'agent')?.name.split(' ')[0] ?? 'an agent';
  return (
    <div class="two">
      <section class="card" aria-labelledby="five">
        <h2 id="five">Five minutes</h2>
        <ol class="try">
          <Step n={1} title="Write as a customer">
            Open the shop and the chat in it. You see your place in line.
          </Step>
          <Step n={2} title={`Accept as ${agent}, answer, leave a note`}>
            Sign in, choose “accepting”. The customer never sees the note.
          </Step>
          <Step n={3} title="Let an offer lapse">
            Do nothing for 30 seconds: the next free agent is asked.
          </Step>
          <Step n={4} title="Pull the plug" extra={<Copy what="the command" text={`kill -9 ${state.pid}`} />}>
            In a terminal: <span class="cmd">kill -9 {state.pid}</span>, then the same start command. Nothing is missing.
          </Step>
        </ol>
      </section>
      <section class="card" aria-labelledby="here">
        <h2 id="here">On this computer</h2>
        <dl class="facts2">
          <Fact name="Address" value={state.address} />
          <Fact name="Metrics" value={state.metrics} />
          <Fact name="Data" value={state.data} />
          {state.customers !== undefined && (
            <>
              <dt>Simulated</dt>
              <dd>{state.customers > 0 ? `${state.customers} customers come and go` : 'no customers; start with --customers 20'}</dd>
            </>
          )}
          <dt>Stop</dt>
          <dd>Ctrl C in its terminal. {state.temporary ? 'The data goes with it; --data DIR keeps it.' : 'The data stays.'}</dd>
        </dl>
      </section>
    </div>
  );
}

interface StepProps {
  n: number;
  title: string;
  children: preact.ComponentChildren;
  extra?: preact.ComponentChildren;
}

function Step({ n, title, children, extra }: StepProps) {
  return (
    <li>
      <span class="n" aria-hidden="true">
        {n}
      </span>
      <div>
        <b>{title}</b>
        <p>{children}</p>
      </div>
      {extra}
    </li>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <span class="mono cut" title={value}>
          {value}
        </span>
        <Copy what={name.toLowerCase()} text={value} />
      </dd>
    </>
  );
}

function Copy({ what, text }: { what: string; text: string }) {
  const [done, setDone] = useState(false);
  return (
    <button
      type="button"
      class="ib"
      aria-label={done ? 'Copied' : `Copy ${what}`}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setDone(true))}
    >
      <Icon of={done ? check : copy} small />
    </button>
  );
}
