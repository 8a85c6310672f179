import { describe, expect, test } from 'vitest';
import { LINGER_MS, type OfferAct, type OfferCard, reduceOffers, ring } from './offers';

const appear: OfferAct = { type: 'appear', conv: 'c1', offer: 'o1', until: 31_000, now: 1_000 };
const run = (...acts: OfferAct[]): OfferCard[] => acts.reduce(reduceOffers, [] as OfferCard[]);
const words = (...acts: OfferAct[]) => run(appear, ...acts)[0]?.end?.words;

describe('every end of an offer', () => {
  const ended = (why: string, misses = 0): OfferAct => ({ type: 'offer_ended', offer: 'o1', why, misses, now: 5_000 });
  const assigned = (id: string): OfferAct => ({ type: 'assigned', conv: 'c1', agent: { id, name: 'Jonas Berger' }, self: 'me', now: 5_000 });

  test.each([
    ['taken by a colleague', assigned('other'), 'Taken by Jonas Berger'],
    ['lapsed', ended('lapsed', 1), 'Lapsed. 1 missed in a row'],
    ['the customer left', ended('ended'), 'Withdrawn: the customer left'],
    ['withdrawn', ended('withdrawn'), 'Withdrawn'],
    ['refused late', { type: 'refused', offer: 'o1', words: 'Taken by Jonas Berger', again: false, taken: true, now: 5_000 } as OfferAct, 'Taken by Jonas Berger'],
  ])('%s', (_, act, want) => expect(words(act)).toBe(want));

  test('accepted by oneself, or declined: the card is gone', () => {
    expect(run(appear, assigned('me'))).toEqual([]);
    expect(run(appear, ended('declined'))).toEqual([]);
    expect(run(appear, { type: 'declined', offer: 'o1' })).toEqual([]);
  });

  test('no longer standing: its reason may come later, and replaces the words', () => {
    const gone: OfferAct = { type: 'standing', offers: [], now: 5_000 };
    expect(words(gone)).toBe('No longer offered');
    expect(words(gone, assigned('other'))).toBe('Taken by Jonas Berger');
    expect(words({ ...gone, now: 32_000 })).toBe('Lapsed');
  });

  test('a me that was under way when the offer came does not end it', () => {
    expect(run(appear, { type: 'standing', offers: [], now: 1_200 })[0]?.state).toBe('open');
  });

  test('an ended card stays six seconds and never opens again', () => {
    const cards = run(appear, ended('lapsed'), appear);
    expect(cards.map((c) => c.state)).toEqual(['ended']);
    expect(reduceOffers(cards, { type: 'sweep', now: 5_000 + LINGER_MS })).toBe(cards);
    expect(reduceOffers(cards, { type: 'sweep', now: 5_001 + LINGER_MS })).toEqual([]);
  });

  test('pressed while under way; a refusal that may be repeated opens it again', () => {
    const pressed: OfferAct = { type: 'pressed', offer: 'o1', what: 'accepting' };
    expect(run(appear, pressed)[0]?.state).toBe('accepting');
    expect(run(appear, pressed, { type: 'refused', offer: 'o1', words: 'Busy', again: true, now: 2_000 })[0]?.state).toBe('open');
    // The server has it as accepted, not as standing, before its answer arrives.
    expect(run(appear, pressed, { type: 'standing', offers: [], now: 5_000 })[0]?.state).toBe('accepting');
  });
});

describe('the ring follows the server', () => {
  const [card] = run(appear) as [OfferCard];
  test.each([
    [1_000, 30, 100],
    [16_000, 15, 50],
    [30_500, 1, 3],
    [40_000, 0, 0],
  ])('at %d', (now, seconds, percent) => expect(ring(card, now)).toEqual({ seconds, percent }));
});
