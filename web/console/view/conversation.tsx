import type { Row } from '@parley/client';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import { mine } from '../live/groups';
import { Icon } from './bits';
import { Composer, type ComposerHandle } from './composer';
import { useLive, useLiveState } from './context';
import { Header } from './header';
import { Strips } from './strips';
import { Timeline } from './timeline';

/** One conversation: header, what was said, and the composer of whoever holds it. */
export function Conversation({ row, toggleCard }: { row: Row; toggleCard: () => void }) {
  const live = useLive();
  const own = mine(row, live.session.agent.id);
  const composer = useRef<ComposerHandle>(null);
  const [over, setOver] = useState(0);

  // Somebody else's, or nobody's: its lines come only while it is followed.
  useEffect(() => (own ? undefined : live.follow(row.conv)), [own, live, row.conv]);

  const drop = (e: DragEvent) => {
    if (!e.dataTransfer.types.includes('Files')) return;
    e.preventDefault();
    setOver(0);
    composer.current?.attach([...e.dataTransfer.files]);
  };
  const enter = (by: number) => (e: DragEvent) => e.dataTransfer.types.includes('Files') && setOver((n) => Math.max(0, n + by));
  return (
    <div className="pane" onDragEnter={enter(1)} onDragLeave={enter(-1)} onDragOver={(e) => e.preventDefault()} onDrop={drop}>
      <Header row={row} own={own} toggleCard={toggleCard} />
      <div className="narrow-strips"><Strips writing /></div>
      <Timeline conv={row.conv} row={row} />
      <Writing conv={row.conv} />
      <Composer ref={composer} row={row} own={own} />
      {over > 0 && <div className="drop"><span><Icon name="clip" /> Drop to attach</span></div>}
    </div>
  );
}

/** A colleague, or the customer where no sneak-peek is shown. */
function Writing({ conv }: { conv: string }) {
  const typing = useLiveState((s) => s.typing.get(conv));
  const peek = useLiveState((s) => s.peek.has(conv));
  if (!typing || peek) return <div className="tline" />;
  const who = typing.kind === 'customer' ? 'Customer' : typing.name;
  return <div className="tline"><span className="dots" aria-hidden="true"><i /><i /><i /></span><span className="cut"><bdi>{who}</bdi> is typing</span></div>;
}
