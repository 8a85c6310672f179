import type { MessageBody, Row } from '@parley/client';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { timeline } from '../live/timeline';
import { words } from '../live/words';
import { Empty, Icon } from './bits';
import { useLive, useLiveState } from './context';
import { PeekBubble, TimelineRow } from './items';
import { useCommand } from './keys';

/** How near to the end still counts as being there, in px. */
const NEAR = 48;
/** Older lines are fetched this far before the reader gets to them. */
const AHEAD = 300;
const NONE: never[] = [];

/**
 * The lines of one conversation. Opens at the end and stays there while the reader
 * is there; older pages come in above without a shift; what comes below while one
 * reads above is told by a pill. watch: a reader beside, who marks nothing as seen.
 */
export function Timeline({ conv, row, watch = false }: { conv: string; row: Row | undefined; watch?: boolean }) {
  const live = useLive();
  const thread = live.thread(conv);
  useLiveState((s) => s.lines.get(conv));
  const { events } = thread;
  const outbox = useOwn(conv, 'outbox');
  const notes = useOwn(conv, 'notes');
  const peek = useLiveState((s) => s.peek.get(conv));
  const divider = useDivider(conv, watch);
  const self = live.session.agent;
  const items = useMemo(
    () => timeline(events, { self: self.id, name: self.name, row, divider, outbox, notes }),
    [events, self.id, self.name, row, divider, outbox, notes],
  );

  const { problem, load, shift } = useHistory(conv, events[0]?.seq ?? 0);
  const scroll = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const stick = useRef(true);
  const hand = useRef(0);
  const touched = () => void (hand.current = performance.now() + 400);
  const [below, setBelow] = useState(0);
  const last = events.at(-1)?.seq ?? 0;

  const toEnd = useCallback(() => {
    const box = scroll.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, []);
  useStickToEnd(scroll, stick, toEnd, items.length + (peek ? 1 : 0));
  useBelow(events, stick, setBelow);
  useSeen(conv, last, stick, watch);
  useCommand('newest', () => (watch ? false : (stick.current = true, setBelow(0), toEnd())));

  const moved = () => {
    const box = scroll.current;
    if (!box) return;
    const end = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    // Only a hand leaves the end: sizes that are found out later also scroll.
    if (end || hand.current > performance.now()) stick.current = end;
    if (end) {
      setBelow(0);
      if (!watch && document.hasFocus()) live.saw(conv, thread.last);
    }
    if (box.scrollTop < AHEAD) load();
  };

  if (problem && events.length === 0) {
    return <Empty icon="warn" title="Messages not loaded">{problem}<br /><button type="button" className="btn sm" onClick={() => load()}>Try again</button></Empty>;
  }
  return (
    <div className="pane">
      <div className="log" role="log" aria-live="off" aria-label="Messages" tabIndex={0} ref={scroll} style={{ flexDirection: 'column' }} onWheel={touched} onTouchMove={touched} onKeyDown={touched} onPointerMove={(e) => e.buttons > 0 && touched()} onPointerDown={touched}>
        <div className="grow" />
        <Virtualizer ref={list} shift={shift} scrollRef={scroll} startMargin={0} onScroll={moved} bufferSize={600}>
          {[
            ...items.map((item, i) => <TimelineRow key={item.key} item={item} conv={conv} customer={row?.name ?? ''} newest={!watch && newestOwn(items, i)} last={i === items.length - 1 && !peek} />),
            ...(peek ? [<PeekBubble key="peek" text={peek.text} />] : []),
          ]}
        </Virtualizer>
      </div>
      {below > 0 && (
        <button type="button" className="btn jump" onClick={() => (stick.current = true, setBelow(0), toEnd())}>
          <Icon name="up" className="sm" />{below} new {below === 1 ? 'message' : 'messages'}
        </button>
      )}
      <Speak conv={conv} name={row?.name || 'Customer'} />
    </div>
  );
}

/** Only the newest own line says a word about how far it got. */
function newestOwn(items: ReturnType<typeof timeline>, at: number): boolean {
  for (let i = items.length - 1; i > at; i--) {
    const item = items[i]!;
    if (item.kind === 'line' && item.side === 'out') return false;
  }
  return true;
}

function useOwn(conv: string, list: 'outbox' | 'notes') {
  const all = useLiveState((s) => s[list]);
  return useMemo(() => {
    const own = all.filter((i) => i.conv === conv);
    return own.length === 0 ? NONE : own;
  }, [all, conv]);
}

/** Where "new since you looked" stands: at what was seen when the reader came, or came back to the window. */
function useDivider(conv: string, watch: boolean): number {
  const live = useLive();
  const [divider, set] = useState(() => (watch ? Infinity : live.seen(conv) || Infinity));
  useEffect(() => {
    if (watch) return;
    const left = () => set(live.thread(conv).last);
    window.addEventListener('blur', left);
    return () => window.removeEventListener('blur', left);
  }, [conv, live, watch]);
  return divider;
}

/** Loads the first page, and older ones when asked; shift is true for the render that prepends. */
function useHistory(conv: string, first: number) {
  const live = useLive();
  const [problem, setProblem] = useState('');
  const online = useLiveState((s) => s.net.kind === 'online');
  const before = useRef(first);
  // Lower than at the last render: this render puts lines above the ones that are there.
  const shift = before.current !== 0 && first < before.current;
  useLayoutEffect(() => {
    before.current = first;
  }, [first]);
  const load = useCallback(() => {
    const thread = live.thread(conv);
    if (!thread.more || thread.loading) return;
    setProblem('');
    live.older(conv).catch((error: unknown) => setProblem(words(error)));
  }, [conv, live]);
  useEffect(() => {
    if (online && live.thread(conv).events.length < 20) load();
  }, [online, load, conv, live]);
  return { problem, load, shift };
}

/** Follows the end while the reader is there: new lines, a growing composer, images that find their size. */
function useStickToEnd(scroll: React.RefObject<HTMLDivElement | null>, stick: React.RefObject<boolean>, toEnd: () => void, count: number) {
  useLayoutEffect(() => {
    if (stick.current) toEnd();
  }, [count, stick, toEnd]);
  useEffect(() => {
    const box = scroll.current;
    if (!box) return;
    const watch = new ResizeObserver(() => stick.current && toEnd());
    watch.observe(box);
    for (const child of box.children) watch.observe(child);
    return () => watch.disconnect();
  }, [scroll, stick, toEnd]);
}

/** Counts the lines that arrived below while the reader was above. */
function useBelow(events: readonly { seq: number; ev: string }[], stick: React.RefObject<boolean>, set: (n: (old: number) => number) => void) {
  const known = useRef(events.at(-1)?.seq ?? 0);
  useEffect(() => {
    const last = events.at(-1)?.seq ?? 0;
    if (known.current > 0 && !stick.current) {
      const n = events.filter((e) => e.seq > known.current && e.ev === 'message').length;
      if (n > 0) set((old) => old + n);
    }
    known.current = last;
  }, [events, stick, set]);
}

/** What stands on the screen of somebody who looks is seen. */
function useSeen(conv: string, last: number, stick: React.RefObject<boolean>, watch: boolean) {
  const live = useLive();
  useEffect(() => {
    if (watch || last === 0) return;
    const look = () => stick.current && document.visibilityState === 'visible' && document.hasFocus() && live.saw(conv, last);
    look();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [conv, last, live, stick, watch]);
}

/** Speaks new customer lines, and nothing else, to a screen reader. */
function Speak({ conv, name }: { conv: string; name: string }) {
  const live = useLive();
  useLiveState((s) => s.lines.get(conv));
  const { events } = live.thread(conv);
  const from = useRef(events.at(-1)?.seq ?? 0);
  const newest = events.at(-1);
  if (from.current === 0) from.current = newest?.seq ?? 0;
  const body = newest?.body as unknown as MessageBody | undefined;
  const say = newest && newest.seq > from.current && newest.ev === 'message' && body?.from.kind === 'customer';
  return <div className="vh" role="status">{say ? `${name}: ${body!.text}` : ''}</div>;
}
