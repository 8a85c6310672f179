/** How an offer card came to its end. `gone`: the server no longer has it and has not yet said why. */
export type End = 'taken' | 'lapsed' | 'withdrawn' | 'customer_left' | 'gone' | 'refused';

export interface OfferCard {
  conv: string;
  offer: string;
  /** The server's deadline. */
  until: number;
  /** Server's time at which this page first saw it; the ring starts full here. */
  seen: number;
  state: 'open' | 'accepting' | 'declining' | 'ended';
  end?: { why: End; words: string; at: number };
}

/** An ended card stays this long as one line. */
export const LINGER_MS = 6_000;

export type OfferAct =
  | { type: 'appear'; conv: string; offer: string; until: number; now: number }
  | { type: 'pressed'; offer: string; what: 'accepting' | 'declining' }
  /** The answer to a press was an error; again: the offer stands, the press may be repeated. */
  | { type: 'refused'; offer: string; words: string; again: boolean; taken?: boolean; now: number }
  | { type: 'declined' | 'mine'; offer: string }
  /** From the conversation's events; agent is who took it, self is the reader. */
  | { type: 'assigned'; conv: string; agent: { id: string; name: string }; self: string; now: number }
  | { type: 'offer_ended'; offer: string; why: string; misses: number; now: number }
  /** The push me: what the server has as open offers. */
  | { type: 'standing'; offers: string[]; now: number }
  | { type: 'sweep'; now: number };

/** Takes one act into the cards; oldest first. An ended card never opens again. */
export function reduceOffers(cards: OfferCard[], act: OfferAct): OfferCard[] {
  switch (act.type) {
    case 'appear': {
      if (cards.some((c) => c.offer === act.offer)) return cards;
      // A later offer of the same conversation takes the place of the earlier line.
      const rest = cards.filter((c) => c.conv !== act.conv);
      return [...rest, { conv: act.conv, offer: act.offer, until: act.until, seen: act.now, state: 'open' }];
    }
    case 'pressed':
      return change(cards, (c) => c.offer === act.offer && c.state !== 'ended', (c) => ({ ...c, state: act.what }));
    case 'refused':
      return change(cards, (c) => c.offer === act.offer && (c.state !== 'ended' || c.end?.why === 'gone'), (c) =>
        act.again ? { ...c, state: 'open' } : ended(c, act.taken ? 'taken' : 'refused', act.words, act.now),
      );
    case 'declined':
    case 'mine':
      return cards.some((c) => c.offer === act.offer) ? cards.filter((c) => c.offer !== act.offer) : cards;
    case 'assigned':
      if (act.agent.id === act.self) return cards.some((c) => c.conv === act.conv) ? cards.filter((c) => c.conv !== act.conv) : cards;
      return change(cards, (c) => c.conv === act.conv && (c.state !== 'ended' || c.end?.why === 'gone'), (c) =>
        ended(c, 'taken', `Taken by ${act.agent.name}`, act.now),
      );
    case 'offer_ended':
      if (act.why === 'declined') return cards.filter((c) => c.offer !== act.offer);
      return change(cards, (c) => c.offer === act.offer && (c.state !== 'ended' || c.end?.why === 'gone'), (c) => {
        const [why, words] = endWords(act.why, act.misses);
        return ended(c, why, words, act.now);
      });
    case 'standing': {
      const standing = new Set(act.offers);
      return change(cards, (c) => c.state === 'open' && !standing.has(c.offer) && act.now - c.seen > 1_000, (c) =>
        ended(c, 'gone', act.now >= c.until ? 'Lapsed' : 'No longer offered', act.now),
      );
    }
    case 'sweep':
      return cards.some((c) => stale(c, act.now)) ? cards.filter((c) => !stale(c, act.now)) : cards;
  }
}

function stale(c: OfferCard, now: number): boolean {
  if (c.state === 'ended') return now - (c.end?.at ?? 0) > LINGER_MS;
  // The end never reached this page; the server's word would have come long ago.
  return now > c.until + 15_000;
}

function ended(c: OfferCard, why: End, words: string, now: number): OfferCard {
  return { ...c, state: 'ended', end: { why, words, at: c.end?.at ?? now } };
}

function endWords(why: string, misses: number): [End, string] {
  if (why === 'lapsed') return ['lapsed', misses > 0 ? `Lapsed. ${misses} missed in a row` : 'Lapsed'];
  if (why === 'ended') return ['customer_left', 'Withdrawn: the customer left'];
  if (why === 'agent_gone') return ['withdrawn', 'Withdrawn: your connection was lost'];
  return ['withdrawn', 'Withdrawn'];
}

function change(cards: OfferCard[], is: (c: OfferCard) => boolean, to: (c: OfferCard) => OfferCard): OfferCard[] {
  return cards.some(is) ? cards.map((c) => (is(c) ? to(c) : c)) : cards;
}

/** Share of the offer's time that is left, 0 to 100, in whole seconds: the ring steps. */
export function ring(card: OfferCard, now: number): { percent: number; seconds: number } {
  const total = Math.max(1_000, card.until - card.seen);
  const left = Math.max(0, Math.min(total, card.until - now));
  const seconds = Math.max(0, Math.ceil(left / 1000 - 0.2));
  return { seconds, percent: Math.round((Math.min(total, seconds * 1000) / total) * 100) };
}
