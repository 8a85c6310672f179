import type { CSSProperties, ReactNode } from 'react';
import { clock, full, stamp } from '../format/clock';
import { colour, initials } from '../format/text';
import * as icons from '../../kit/icons';
import { useNow } from './context';

export type IconName = keyof typeof icons;
const drawings: Record<IconName, string> = { ...icons };

/** One of the kit's drawings, sized by class; always beside a word or a label. */
export function Icon({ name, className = '' }: { name: IconName; className?: string }) {
  // The drawings are constants of the kit, never text of a person.
  return <svg className={`i ${className}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false" dangerouslySetInnerHTML={{ __html: drawings[name] }} />;
}

export function iconOf(name: string): IconName {
  return name in drawings ? (name as IconName) : 'arrow';
}

const SIZES: Record<number, string> = { 20: 'a20', 24: 'a24', 28: 'a28', 32: '', 40: 'a40' };

/** A person: initials on the colour of the id; no name makes the outline of somebody. glyph is a presence class. */
export function Avatar({ id, name, size = 32, glyph }: { id: string; name: string; size?: 20 | 24 | 28 | 32 | 40; glyph?: string }) {
  const anonymous = name.trim() === '';
  return (
    <span className={`av ${SIZES[size]} ${anonymous ? 'anon' : `p${colour(id)}`}`} aria-hidden="true">
      {anonymous ? <Icon name="user" /> : initials(name)}
      {glyph && <span className={`pz ${glyph}`} />}
    </span>
  );
}

/** Capacity of an agent: filled = in use, striped = offered, hollow = free. Above twelve it is figures. */
export function Slots({ used, offered, limit }: { used: number; offered: number; limit: number }) {
  const label = `${used} of ${limit} slots in use${offered > 0 ? `, ${offered} offered` : ''}`;
  const n = Math.max(limit, used + offered);
  if (n > 12) return <span className="meta num">{label}</span>;
  const kind = (i: number) => (i < used ? 'u' : i < used + offered ? 'o' : '');
  return (
    <span className="slots" role="img" aria-label={label} title={label}>
      {Array.from({ length: n }, (_, i) => <i key={i} className={`${kind(i)} ${i >= limit ? 'over' : ''}`} />)}
    </span>
  );
}

/** A moment, short, with the whole of it in the tooltip. */
export function When({ at, className }: { at: number; className?: string }) {
  const now = useNow(60_000);
  return (
    <time className={className} dateTime={new Date(at).toISOString()} title={full(at)}>
      {stamp(at, now)}
    </time>
  );
}

/** How long since; counts by itself. */
export function Since({ at }: { at: number }) {
  const now = useNow();
  return <>{clock(now - at)}</>;
}

export function Keys({ keys }: { keys: string[] }) {
  return <span className="keys" aria-hidden="true">{keys.map((k) => <kbd key={k}>{k}</kbd>)}</span>;
}

export function Skeleton({ rows, height }: { rows: number; height: number }) {
  return (
    <div className="skel" aria-hidden="true">
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} style={{ height } as CSSProperties}><i /><b><i /><i /></b></div>
      ))}
    </div>
  );
}

/** One line what it means, one line what comes next, at most one button. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <Icon name={icon} className="xl" />
      <b>{title}</b>
      <div className="meta">{children}</div>
    </div>
  );
}

export const MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
export const MOD = MAC ? '⌘' : 'Ctrl';
