import type { Row } from '@parley/client';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { words } from '../live/words';
import { AssignItems } from './assign';
import { Icon, When } from './bits';
import { useLive } from './context';
import { useCommand } from './keys';
import { PopItem, PopLine, PopMenu } from './pop';
import { StatusMark } from './status';

/** Name, status, number, queue; and what can be done with the conversation now. */
export function Header({ row, own, toggleCard }: { row: Row; own: boolean; toggleCard: () => void }) {
  const navigate = useNavigate();
  const self = useLive().session.agent.id;
  const act = useAct(row);
  const name = row.name || 'Anonymous';
  const ended = row.status === 'resolved' || row.status === 'closed';
  useCommand('resolve', () => (own ? void act.resolve() : false));
  useCommand('reopen', () => (row.status === 'resolved' ? void act.reopen() : false));
  return (
    <div className="thead">
      <button type="button" className="ib back1" aria-label="Back to the list" onClick={() => void navigate('/work')}><Icon name="cleft" /></button>
      <div className="ttl">
        <h1 className="cut" dir="auto" title={name}>{name}</h1>
        <div className="sub">
          <StatusMark row={row} />
          <span aria-hidden="true">·</span><span>#{row.number}</span>
          <span aria-hidden="true" className="opt">·</span><span className="cut opt" title={row.queue.name}>{row.queue.name}</span>
          {row.owner && !own && <><span aria-hidden="true">·</span><span className="cut">{ended ? 'was with' : 'with'} <bdi>{row.owner.id === self ? 'you' : row.owner.name}</bdi></span></>}
          {ended && row.ended_at && <><span aria-hidden="true">·</span><When at={row.ended_at} /></>}
        </div>
      </div>
      <button type="button" className="ib narrow-only" aria-label="Customer card" title="Customer card (])" onClick={toggleCard}><Icon name="user" /></button>
      {row.status !== 'closed' && <Assign row={row} own={own} unassign={act.unassign} />}
      {own && <button type="button" className="btn" title="Resolve (E)" disabled={act.busy} onClick={() => void act.resolve()}><Icon name="check" className="sm" />Resolve</button>}
      {row.status === 'resolved' && <button type="button" className="btn" title="Reopen (Z)" disabled={act.busy} onClick={() => void act.reopen()}><Icon name="refresh" className="sm" />Reopen</button>}
      {row.status === 'new' && <button type="button" className="btn pri" disabled={act.busy} onClick={() => void act.pick()}>Pick</button>}
    </div>
  );
}

function Assign({ row, own, unassign }: { row: Row; own: boolean; unassign: () => Promise<void> }) {
  const [open, setOpen] = useState(false);
  return (
    <PopMenu
      open={open}
      setOpen={setOpen}
      label="Assign to"
      end
      width={348}
      header={<div className="pmenu-label">Assign to</div>}
      target={<button type="button" className="ib" aria-label="Assign" title="Assign" aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}><Icon name="swap" /></button>}
    >
      <AssignItems row={row} close={() => setOpen(false)} />
      {own && (
        <>
          <PopLine />
          <PopItem left={<Icon name="stNew" />} onClick={() => (setOpen(false), void unassign())}>Back to {row.queue.name}</PopItem>
        </>
      )}
    </PopMenu>
  );
}

/** The commands of the header; what was refused is said beside the conversation, in words. */
function useAct(row: Row) {
  const live = useLive();
  const [busy, setBusy] = useState(false);
  const run = async (cmd: string, done?: () => void) => {
    if (busy) return;
    setBusy(true);
    try {
      await live.command(cmd, { conv: row.conv });
      done?.();
    } catch (error) {
      live.toast(`#${row.number}: ${words(error)}`, { bad: true });
    } finally {
      setBusy(false);
    }
  };
  const reopen = () => run('reopen');
  return {
    busy,
    reopen,
    resolve: () => run('resolve', () => live.toast(`#${row.number} resolved`, { action: { name: 'Reopen', run: () => void reopen() } })),
    unassign: () => run('unassign', () => live.toast(`#${row.number} is back in ${row.queue.name}`)),
    pick: () => run('pick'),
  };
}
