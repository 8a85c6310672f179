import type { Conv, Event, MessageBody, Named, Score } from './wire';

/** Takes one event into a customer's view of its conversation; an event already counted changes nothing. */
export function reduceConv(conv: Conv, event: Event): Conv {
  if (event.seq <= conv.seq) return conv;
  const next: Conv = { ...conv, seq: event.seq };
  const body = event.body;
  switch (event.ev) {
    case 'message': {
      const { text, from } = body as unknown as MessageBody;
      next.last = { text, at: event.at, from };
      if (from.kind !== 'customer') next.unread = (conv.unread ?? 0) + 1;
      break;
    }
    case 'assigned':
      next.agent = body.agent as Named;
      next.status = 'open';
      next.position = 0;
      break;
    case 'unassigned':
      next.agent = undefined;
      if (conv.status === 'open') next.status = 'new';
      break;
    case 'resolved':
      next.status = 'resolved';
      next.ended_at = event.at;
      next.survey = body.survey === true;
      break;
    case 'reopened':
      next.status = conv.agent ? 'open' : 'new';
      next.ended_at = undefined;
      next.survey = false;
      break;
    case 'closed':
      next.status = 'closed';
      next.ended_at ??= event.at;
      next.survey = body.survey === true;
      break;
    case 'rated':
      next.score = body.score as Score;
      break;
  }
  return next;
}

/** Has the talk ended, from its customer's view? */
export function ended(conv: Conv): boolean {
  return conv.status === 'resolved' || conv.status === 'closed';
}
