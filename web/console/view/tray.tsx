import type { FileRef } from '@parley/client';
import { useCallback, useRef, useState } from 'react';
import { size } from '../format/clock';
import { middle } from '../format/text';
import type { Mode } from '../live/drafts';
import { send } from '../live/files';
import { words } from '../live/words';
import { Icon } from './bits';
import { useLive, useLiveState } from './context';

interface Entry {
  id: number;
  mode: Mode;
  name: string;
  size: number;
  source: File;
  state: 'going' | 'there' | 'failed';
  words?: string;
  file?: FileRef;
  abort: AbortController;
}

let ids = 0;

/** Files of the line being written: each goes up at once, the line waits for them. */
export function useTray(conv: string, mode: Mode) {
  const live = useLive();
  const limits = useLiveState((s) => s.limits);
  const [all, setAll] = useState<Entry[]>([]);
  const now = useRef({ conv, mode, limits });
  now.current = { conv, mode, limits };

  const change = useCallback((id: number, part: Partial<Entry>) => setAll((list) => list.map((e) => (e.id === id ? { ...e, ...part } : e))), []);
  const go = useCallback(
    async (entry: Entry) => {
      try {
        change(entry.id, { state: 'there', file: await send(live.session.token, now.current.conv, entry.source, entry.abort.signal) });
      } catch (error) {
        if ((error as Error).name !== 'AbortError') change(entry.id, { state: 'failed', words: words(error) });
      }
    },
    [change, live],
  );
  const add = useCallback(
    (files: File[]) => {
      const { mode: at, limits: max } = now.current;
      const fresh: Entry[] = files.map((source) => ({ id: ++ids, mode: at, name: source.name || 'picture.png', size: source.size, source, state: 'going', abort: new AbortController() }));
      setAll((list) => {
        let room = max.files - list.filter((e) => e.mode === at).length;
        return [...list, ...fresh.map((e) => (--room < 0 ? { ...e, state: 'failed' as const, words: `At most ${max.files} files in one message` } : e))];
      });
      for (const e of fresh) {
        if (e.size > max.file_bytes) change(e.id, { state: 'failed', words: `Larger than ${size(max.file_bytes)}` });
        else if (e.size === 0) change(e.id, { state: 'failed', words: 'Empty file' });
        else void go(e);
      }
    },
    [change, go],
  );
  const own = all.filter((e) => e.mode === mode);
  return {
    entries: own,
    files: own.flatMap((e) => (e.state === 'there' && e.file ? [e.file] : [])),
    busy: own.some((e) => e.state === 'going'),
    add,
    again: (e: Entry) => (change(e.id, { state: 'going', words: undefined }), void go(e)),
    remove: (e: Entry) => (e.abort.abort(), setAll((list) => list.filter((x) => x.id !== e.id))),
    clear: () => setAll((list) => list.filter((e) => e.mode !== mode)),
  };
}

export function Tray({ tray }: { tray: ReturnType<typeof useTray> }) {
  if (tray.entries.length === 0) return null;
  return (
    <div className="tray">
      {tray.entries.map((e) => (
        <span key={e.id} className={`fl ${e.state === 'failed' ? 'bad' : ''}`}>
          <span className="ic"><Icon name={e.state === 'failed' ? 'oct' : 'file'} /></span>
          <span><span className="nmx cut" title={e.name}>{middle(e.name, 22)}</span><span className="meta" role={e.state === 'failed' ? 'alert' : undefined}>{e.state === 'going' ? 'Going up…' : e.state === 'failed' ? e.words : size(e.size)}</span></span>
          {e.state === 'failed' && e.size > 0 && <button type="button" className="ib sm" aria-label={`Try ${e.name} again`} title="Try again" onClick={() => tray.again(e)}><Icon name="refresh" className="sm" /></button>}
          <button type="button" className="ib sm" aria-label={`Remove ${e.name}`} title="Remove" onClick={() => tray.remove(e)}><Icon name="x" className="sm" /></button>
        </span>
      ))}
    </div>
  );
}
