const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const DAY = 86_400_000;

/** Time of day today, with the day before that; at and now are unix milliseconds. */
export function when(at: number, now: number): string {
  const days = Math.round((midnight(now) - midnight(at)) / DAY);
  if (days <= 0) return time.format(at);
  return `${days < 7 ? weekday.format(at) : date.format(at)} ${time.format(at)}`;
}

/** "Today", "Yesterday" or the date, for dividers. */
export function day(at: number, now: number): string {
  const days = Math.round((midnight(now) - midnight(at)) / DAY);
  return days <= 0 ? 'Today' : days === 1 ? 'Yesterday' : date.format(at);
}

export function stamp(at: number): string {
  return full.format(at);
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

const ORDINALS = ['second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/** Where somebody stands, in words. */
export function inLine(position: number): string {
  if (position === 1) return 'You are next in line';
  const word = ORDINALS[position - 2];
  return word ? `You are ${word} in line` : `You are number ${position} in line`;
}

/** A wait in words, without false precision; nothing when nobody knows. */
export function estimate(ms: number | undefined): string {
  if (ms === undefined || ms <= 0) return '';
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'Less than a minute.';
  if (minutes === 1) return 'About 1 minute.';
  if (minutes <= 60) return `About ${minutes} minutes.`;
  return 'More than an hour.';
}

export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  const kb = size / 1024;
  return kb < 1000 ? `${kb.toFixed(0)} KB` : `${(kb / 1024).toFixed(1)} MB`;
}

/** Cuts a file name in its middle, so that its ending stays. */
export function middle(name: string, longest = 30): string {
  const chars = [...name];
  if (chars.length <= longest) return name;
  const tail = Math.min(12, Math.floor(longest / 2));
  return `${chars.slice(0, longest - tail - 1).join('')}…${chars.slice(-tail).join('')}`;
}

/** Is this up to three emoji and nothing else? They are drawn large, without a bubble. */
export function onlyEmoji(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed.length === 0 || trimmed.length > 40) return false;
  const graphemes = [...new Intl.Segmenter().segment(trimmed)].map((s) => s.segment).filter((s) => s.trim() !== '');
  return graphemes.length <= 3 && graphemes.every((g) => /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}/u.test(g));
}

export interface Piece {
  text: string;
  href?: string;
}

/** Splits a text into plain pieces and addresses; only http and https become links. */
export function links(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"]+/gu)) {
    // A full stop or bracket behind an address belongs to the sentence.
    const href = match[0].replace(/[.,;:!?'»)\]]+$/u, '');
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: href, href });
    end = match.index + href.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** Looks at an e-mail address as a person would; the server decides. Empty when nothing is odd. */
export function emailFault(email: string): string {
  const at = email.lastIndexOf('@');
  if (at < 1) return 'An e-mail address has an @ in the middle';
  if (/\s/u.test(email)) return 'There is a space in this address';
  const host = email.slice(at + 1);
  if (!/^[^.]+(\.[^.]+)+$/u.test(host)) return 'Looks unfinished: is there a .de or .com?';
  return '';
}
