import { arrow, cart, term } from '../kit/icons';
import { Avatar, Icon } from '../widget/icon';
import type { Person, State } from './state';

const ABOUT: Record<Person['role'], string> = {
  agent: 'Takes what is offered, answers, leaves notes, resolves.',
  supervisor: 'Who waits, who is there, and every conversation.',
  administrator: 'May change queues, inboxes and agents, over the API for now.',
};

/** The ways into the demo. Each opens in a tab of its own: two people in one browser need two windows anyway. */
export function Doors({ state, opened }: { state: State; opened: () => void }) {
  return (
    <div class="doors">
      <a class="card door pri" href="../shop/" target="_blank" rel="noopener">
        <div class="tp">
          <span class="ic">
            <Icon of={cart} />
          </span>
          <h2>Customer</h2>
        </div>
        <p>The shop page with the chat. No sign-in.</p>
        <span class="go">
          Open the shop <Icon of={arrow} small />
        </span>
      </a>
      {state.people.map((person) => (
        <a key={person.id} class="card door" href={person.url} target="_blank" rel="noopener" onClick={opened}>
          <div class="tp">
            <Avatar id={person.id} name={person.name} />
            <h2>
              {person.name.split(' ')[0]}, {person.role}
            </h2>
          </div>
          <p>{ABOUT[person.role]}</p>
          <span class="go">
            Sign in <Icon of={arrow} small />
            <span class="meta">once, 30 min</span>
          </span>
        </a>
      ))}
      <a class="card door" href="../api/docs" target="_blank" rel="noopener">
        <div class="tp">
          <span class="ic plain">
            <Icon of={term} />
          </span>
          <h2>Engineer</h2>
        </div>
        <p>Protocol, REST reference and metrics.</p>
        <span class="go">
          Open <Icon of={arrow} small />
        </span>
      </a>
    </div>
  );
}
