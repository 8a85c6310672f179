import type { Event, Named } from '@parley/client';
import { clock } from '../format/clock';
import type { Act } from './timeline';

/** A piece of an activity line; `b` is who did it. */
export type Part = string | { b: string };

/** `You` at the start of a sentence, `you` inside it, a name otherwise. */
function name(who: Named | undefined, self: string, start = false): Part {
  if (!who) return start ? 'Somebody' : 'somebody';
  if (who.id === self) return { b: start ? 'You' : 'you' };
  return { b: who.name };
}

const ENDED: Record<string, string> = {
  declined: 'declined',
  lapsed: 'let the offer lapse',
  agent_gone: 'lost the connection',
  withdrawn: 'was no longer free',
  ended: 'was offered it',
  superseded: 'was offered it',
};

interface Wait {
  key: string;
  at: number;
  queue: string;
  head: boolean;
  offered?: Named;
  ended: { agent: Named; why: string }[];
}

/**
 * Tells the way through a queue in one line: "Waited 0:38. Jonas let the offer
 * lapse, you accepted." Its single steps (queued, offered, offer_ended, seeking)
 * would be noise beside what people wrote.
 */
export class Routing {
  #self: string;
  #wait: Wait | null = null;

  constructor(self: string) {
    this.#self = self;
  }

  /** The line an event completes; undefined where it adds to one or is not of this kind. */
  take(event: Event): Act | undefined {
    const { ev, seq, at, body } = event;
    const agent = body.agent as Named | undefined;
    if (ev === 'queued') {
      const queue = (body.queue as Named | undefined)?.name ?? '';
      this.#wait ??= { key: `w${seq}`, at, queue, head: body.head === true, ended: [] };
    } else if (ev === 'offered' && this.#wait) {
      this.#wait.offered = agent;
    } else if (ev === 'offer_ended' && this.#wait) {
      this.#wait.offered = undefined;
      // The offer that was accepted ends too; the line says so in its own words.
      if (agent && body.why !== 'superseded') this.#wait.ended.push({ agent, why: body.why as string });
    } else if (ev === 'resolved' || ev === 'closed') {
      this.#wait = null;
    } else if (ev === 'assigned') {
      return this.#assigned(event, agent);
    }
    return undefined;
  }

  /** Who still waits, at the end of the timeline. */
  still(): Act | undefined {
    const w = this.#wait;
    if (!w) return undefined;
    const parts: Part[] = [w.head ? 'Waits at the head of ' : 'Waits in ', { b: w.queue || 'the queue' }, '. ', ...this.#misses(w)];
    if (w.offered) parts.push('Offered to ', name(w.offered, this.#self), '.');
    return { kind: 'act', key: w.key, at: w.at, icon: 'clock', parts };
  }

  #assigned({ seq, at, body }: Event, agent: Named | undefined): Act {
    const w = this.#wait;
    this.#wait = null;
    const parts: Part[] = [];
    if (w && at - w.at >= 1_000) parts.push(`Waited ${clock(at - w.at)}. `);
    const misses = w ? this.#misses(w, true) : [];
    parts.push(...misses);
    const start = misses.length === 0;
    const by = body.by as Named | undefined;
    switch (body.how) {
      case 'picked':
        parts.push(name(agent, this.#self, start), ' picked it.');
        break;
      case 'by_hand':
        parts.push(name(by, this.#self, start), ' assigned it to ', by?.id === agent?.id ? 'themselves' : name(agent, this.#self), '.');
        break;
      case 'returned':
        parts.push(start ? 'Back with ' : 'back with ', name(agent, this.#self), '.');
        break;
      case 'reopened':
        parts.push(name(agent, this.#self, start), ' reopened it.');
        break;
      default:
        parts.push(name(agent, this.#self, start), ' accepted.');
    }
    return { kind: 'act', key: `e${seq}`, at, icon: 'arrow', parts };
  }

  /** open: something follows in the same sentence. */
  #misses(w: Wait, open = false): Part[] {
    const parts: Part[] = [];
    for (const { agent, why } of w.ended) {
      parts.push(name(agent, this.#self, parts.length === 0), ` ${ENDED[why] ?? 'was offered it'}`, ', ');
    }
    if (parts.length > 0 && !open) parts[parts.length - 1] = '. ';
    return parts;
  }
}

const CLOSED: Record<string, string> = {
  agent: 'Closed',
  customer: 'Closed by the customer',
  timer: 'Closed: nobody wrote any more',
  abandoned: 'Closed: the customer left before an answer',
  max_wait: 'Closed: it waited longer than allowed',
};

/** The line of every other event worth one; coming and going of connections is not. */
export function activity({ ev, seq, at, body }: Event, self: string): Act | undefined {
  const act = (icon: string, ...parts: Part[]): Act => ({ kind: 'act', key: `e${seq}`, at, icon, parts });
  switch (ev) {
    case 'unassigned': {
      const by = (body.by ?? body.agent) as Named | undefined;
      if (body.why === 'agent_gone') return act('cutoff', 'The connection of ', name(body.agent as Named | undefined, self), ' was lost. Back in the queue.');
      return by ? act('swap', name(by, self, true), ' gave it back to the queue') : act('swap', 'Back in the queue');
    }
    case 'resolved':
      if (body.by === 'customer') return act('stResolved', { b: 'The customer' }, ' ended it');
      return act('stResolved', ...resolver(body.agent as Named | undefined, self), body.survey ? '. A rating was asked' : '');
    case 'reopened':
      return body.by_customer ? act('refresh', { b: 'The customer' }, ' wrote again') : undefined;
    case 'closed':
      return act('stClosed', CLOSED[body.reason as string] ?? 'Closed');
    case 'rated':
      return rated(act, body.score as string, (body.comment as string) ?? '');
    case 'customer_left':
      return act('user', { b: 'The customer' }, ' left the page');
    case 'return_waits':
      return act('clock', 'Waits for its agent to come back from the break');
  }
  return undefined;
}

function resolver(agent: Named | undefined, self: string): Part[] {
  return agent ? [name(agent, self, true), ' resolved it'] : ['Resolved'];
}

function rated(act: (icon: string, ...parts: Part[]) => Act, score: string, comment: string): Act {
  const icon = { bad: 'sad', fine: 'meh', good: 'smile' }[score] ?? 'smile';
  const line = act(icon, { b: 'Rated ' + score }, comment === '' ? '' : `: “${comment}”`);
  return score === 'bad' ? { ...line, tone: 'bad' } : line;
}
