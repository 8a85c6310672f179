/** How long something lasts: `m:ss` under an hour, then `h:mm h`. ms below zero count as zero. */
export function clock(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  if (s < 3600) return `${Math.floor(s / 60)}:${two(s % 60)}`;
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)} h`;
}

const DAY = 86_400_000;

function midnight(at: number): number {
  const d = new Date(at);
  return new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
}

/**
 * When something was, as short as it can be told apart: today `14:31`, in the last
 * six days `Tue 14:31`, this year `3 Oct`, older `3 Oct 2025`.
 */
export function stamp(at: number, now: number, locale?: string): string {
  const clockTime = time(at, locale);
  const days = Math.round((midnight(now) - midnight(at)) / DAY);
  if (days <= 0) return clockTime;
  if (days < 7) return `${new Intl.DateTimeFormat(locale, { weekday: 'short' }).format(at)} ${clockTime}`;
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? undefined : ('numeric' as const);
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year }).format(at);
}

/** The time of day alone. */
export function time(at: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** The full stamp with its zone, for tooltips. */
export function full(at: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }).format(at);
}

/** The heading of a day in a timeline: `Today, 22 November`, `Yesterday, …`, `Tuesday, 3 October 2025`. */
export function day(at: number, now: number, locale?: string): string {
  const days = Math.round((midnight(now) - midnight(at)) / DAY);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: sameYear ? undefined : 'numeric' }).format(at);
  if (days === 0) return `Today, ${date}`;
  if (days === 1) return `Yesterday, ${date}`;
  return `${new Intl.DateTimeFormat(locale, { weekday: 'long' }).format(at)}, ${date}`;
}

/** Do both lie on one day of the reader's calendar? */
export function sameDay(a: number, b: number): boolean {
  return midnight(a) === midnight(b);
}

/** `184 KB`, `2.4 MB`: sizes as a person reads them. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
}
