import type { Presence } from '@parley/client';

/** The push `me`: an agent's own state, whole on every change. */
export interface Me {
  presence: Presence;
  /** Of a break; `missed_offers` when the engine set it. */
  reason?: string;
  since: number;
  /** Set by the engine, not chosen. */
  automatic?: boolean;
  connected: boolean;
  workload: number;
  limit: number;
  misses?: number;
  offers?: { conv: string; offer: string; until: number }[];
  work?: { conv: string; offer?: string; since: number }[];
  done?: { conv: string; at: number }[];
}

export interface QueueView {
  id: string;
  name: string;
  waiting: number;
  oldest_since?: number;
  accepting: number;
  free: number;
  per_assignment_ms?: number;
  assigned?: number;
  ended?: number;
  first?: { conv: string; since: number; offered_to?: { id: string; name: string } | string }[];
}

export interface AgentView {
  id: string;
  name: string;
  presence: Presence;
  reason?: string;
  since?: number;
  connected: boolean;
  workload: number;
  limit: number;
}

const WORDS: Record<Presence, string> = {
  accepting: 'Accepting',
  not_accepting: 'Not accepting',
  break: 'Break',
  call: 'On a call',
  offline: 'Offline',
};

/** `missed_offers` is the engine's own reason; the others are the centre's words as they stand. */
function reasonWord(reason: string): string {
  return reason === 'missed_offers' ? 'missed offers' : reason;
}

export function presenceWord(presence: Presence, reason?: string): string {
  if (presence === 'break' && reason) return `Break, ${reasonWord(reason)}`;
  return WORDS[presence] ?? presence;
}

/** Class of the presence glyph: its shape says the state without its colour. */
export function presenceGlyph(presence: Presence): string {
  return { accepting: 'on', not_accepting: 'na', break: 'break', call: 'call', offline: 'off' }[presence] ?? 'off';
}

export interface BreakReason {
  id: string;
  name: string;
  minutes?: number;
}

/** The centre names its reasons, plainly or with their minutes. */
export function breakReasons(raw: unknown): BreakReason[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((r: unknown) => {
    if (typeof r === 'string') return [{ id: r, name: r }];
    const o = r as { id?: string; name?: string; minutes?: number };
    return o?.name ? [{ id: o.id ?? o.name, name: o.name, minutes: o.minutes }] : [];
  });
}
