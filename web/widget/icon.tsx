import { dots } from '../kit/icons';

/** One icon of the kit; decoration only, the words stand beside it or in a label. */
export function Icon({ of, small = false }: { of: string; small?: boolean }) {
  // The strings are constants of ours (kit/icons.ts).
  const look = ['i', small && 'sm', of === dots && 'fat'].filter(Boolean).join(' ');
  return <svg class={look} viewBox="0 0 24 24" aria-hidden="true" dangerouslySetInnerHTML={{ __html: of }} />;
}

/** Somebody's initials on one of eight colours that were checked for contrast. */
export function Avatar({ id, name, size = 36 }: { id: string; name: string; size?: 28 | 36 }) {
  return (
    <span class={`av p${colour(id)} ${size === 28 ? 'a28' : 'a36'}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

function colour(id: string): number {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) >>> 0;
  return (hash % 8) + 1;
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = [...(words[0] ?? '')][0] ?? '?';
  const last = words.length > 1 ? ([...words.at(-1)!][0] ?? '') : '';
  return (first + last).toUpperCase();
}
