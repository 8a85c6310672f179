import { Refusal, type Row } from '@parley/client';
import { useEffect } from 'react';
import { presenceGlyph, presenceWord } from '../live/me';
import { words } from '../live/words';
import { Avatar, Slots } from './bits';
import { useLive, useLiveState } from './context';
import { PopItem } from './pop';

/** Who can take it: with presence and load where this person may see them (T29). */
export function AssignItems({ row, close }: { row: Row; close: () => void }) {
  const live = useLive();
  const centre = useLiveState((s) => s.centre);
  const agents = useLiveState((s) => s.agents);
  const self = live.session.agent;
  useEffect(() => (self.role === 'agent' ? undefined : live.watch('agents')), [live, self.role]);

  const assign = async (id: string, name: string, forced: boolean) => {
    close();
    try {
      await live.command('assign', { conv: row.conv, agent: id, ...(forced ? { forced } : {}) });
      live.toast(`#${row.number} assigned to ${id === self.id ? 'you' : name}`);
    } catch (error) {
      const refusal = error as Refusal;
      // Full: the server lets a person go beyond the limit who has said so.
      if (!forced && refusal.code.includes('capacity')) {
        live.toast(`${name} has no free slot`, { bad: true, action: { name: 'Assign anyway', run: () => void assign(id, name, true) } });
      } else live.toast(`#${row.number}: ${words(error)}`, { bad: true });
    }
  };
  const list = [...(centre?.agents ?? [])].sort((a, b) => (a.id === self.id ? -1 : b.id === self.id ? 1 : a.name.localeCompare(b.name)));
  return (
    <div role="group" aria-label="Agents" style={{ maxHeight: 320, overflow: 'auto' }}>
      {list.map((a) => {
        const view = agents?.get(a.id);
        const held = row.owner?.id === a.id && row.status === 'open';
        return (
          <PopItem
            key={a.id}
            disabled={held}
            left={<Avatar id={a.id} name={a.name} size={24} glyph={view ? presenceGlyph(view.presence) : undefined} />}
            right={
              held ? <span className="meta">has it</span> : view ? (
                <><span className="meta">{view.presence === 'accepting' ? '' : presenceWord(view.presence, view.reason)}</span><Slots used={view.workload} offered={0} limit={view.limit} /></>
              ) : undefined
            }
            onClick={() => void assign(a.id, a.name, false)}
          >
            {a.id === self.id ? `${a.name} (you)` : a.name}
          </PopItem>
        );
      })}
    </div>
  );
}
