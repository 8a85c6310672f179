/** One line, white space collapsed: for snippets. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** How many code points; what the limit of 10,000 counts. */
export function length(text: string): number {
  let n = 0;
  for (const _ of text) n++;
  return n;
}

/** Cuts in the middle and keeps the extension: `Packliste…Karton.pdf`. */
export function middle(name: string, max = 28): string {
  const chars = [...name];
  if (chars.length <= max) return name;
  const tail = Math.min(12, Math.floor(max / 2));
  return `${chars.slice(0, max - tail - 1).join('')}…${chars.slice(-tail).join('')}`;
}

/** Two letters for an avatar: of the first and the last word, without the Arabic article. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean).map((w) => w.replace(/^ال(?=.{2})/u, ''));
  const first = [...(words[0] ?? '')][0] ?? '';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : ([...(words[0] ?? '')][1] ?? '');
  return (first + last).toLocaleUpperCase();
}

/** Emoji alone, at most three: shown large and without a bubble. */
export function emojiOnly(text: string): boolean {
  const t = text.trim();
  if (t === '' || t.length > 40 || !/^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u200d|\ufe0f|\s)+$/u.test(t)) return false;
  const Segmenter = Intl.Segmenter;
  const n = [...new Segmenter(undefined, { granularity: 'grapheme' }).segment(t)].filter((s) => s.segment.trim() !== '').length;
  return n <= 3;
}

export interface Piece {
  text: string;
  href?: string;
}

const LINK = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g;

/** Text with its web addresses told apart; only http and https ever become a link. */
export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const m of text.matchAll(LINK)) {
    if (m.index > at) out.push({ text: text.slice(at, m.index) });
    out.push({ text: m[0], href: m[0] });
    at = m.index + m[0].length;
  }
  if (at < text.length) out.push({ text: text.slice(at) });
  return out;
}

/** One of eight colours of people, the same for the same id everywhere. */
export function colour(id: string): number {
  let h = 2166136261;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 16777619);
  return ((h >>> 0) % 8) + 1;
}
