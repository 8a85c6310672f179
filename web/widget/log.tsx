import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { check, checks, clock, down, oct } from '../kit/icons';
import { Attachment } from './attachment';
import { links, onlyEmoji, stamp, when } from './format';
import { Avatar, Icon } from './icon';
import { type Line, type Note, type Progress, lines } from './lines';
import type { Session } from './session';
import { Waiting } from './waiting';

/** Nearer to the end than this counts as reading the newest line. */
const END_PX = 60;
/** Older lines are fetched before the first one comes into view. */
const AHEAD_PX = 300;

/** The lines. Stays at the end while one reads there, and never moves under somebody who reads further up. */
export function Log({ session }: { session: Session }) {
  const box = useRef<HTMLDivElement>(null);
  const held = useRef({ atEnd: true, first: 0, height: 0, count: 0 });
  const [below, setBelow] = useState(0);
  const { conv, thread, typing } = session;
  const shown = lines({
    events: thread?.events ?? [],
    ...session.pending,
    conv,
    online: session.connection.online,
    now: session.connection.now(),
  });
  const waiting = !conv || conv.status === 'new' || conv.status === 'bot';
  const count = shown.filter((s) => s.kind === 'line').length;

  useLayoutEffect(() => {
    const el = box.current!;
    const was = held.current;
    const first = thread?.first ?? 0;
    if (was.atEnd) el.scrollTop = el.scrollHeight;
    else if (first < was.first) el.scrollTop += el.scrollHeight - was.height;
    else if (count > was.count) setBelow((n) => n + count - was.count);
    held.current = { ...was, first, height: el.scrollHeight, count };
  });
  // A picture that arrives, a composer that grows or a keyboard that opens must not hide the newest line.
  useEffect(() => {
    const el = box.current!;
    const watch = new ResizeObserver(() => {
      if (held.current.atEnd) el.scrollTop = el.scrollHeight;
    });
    watch.observe(el);
    return () => watch.disconnect();
  }, []);

  function scrolled(): void {
    const el = box.current!;
    held.current.atEnd = el.scrollHeight - el.scrollTop - el.clientHeight < END_PX;
    if (held.current.atEnd) setBelow(0);
    if (el.scrollTop < AHEAD_PX) session.older();
  }

  function toEnd(): void {
    held.current.atEnd = true;
    box.current!.scrollTop = box.current!.scrollHeight;
    setBelow(0);
  }

  return (
    <div class="logbox">
      {/* Not live itself: readers would hear the whole past again with each page of it. */}
      <div ref={box} class="wb" role="log" aria-live="off" aria-label="Messages" tabIndex={0} onScroll={scrolled}>
        {thread && !thread.loaded && shown.length === 0 && <Skeleton />}
        {shown.map((item) => (item.kind === 'note' ? <Centre key={item.key} note={item} /> : <Bubble key={item.key} line={item} session={session} />))}
        {waiting && <Waiting place={session.place} />}
        {typing && (
          <div class="wm">
            <Avatar id={typing.id} name={typing.name} size={28} />
            <div class="b">
              <span class="dots" role="img" aria-label={`${typing.name} is writing`}>
                <i />
                <i />
                <i />
              </span>
            </div>
          </div>
        )}
      </div>
      {below > 0 && (
        <button type="button" class="pill" onClick={toEnd}>
          <Icon of={down} small />
          {below} new message{below > 1 ? 's' : ''}
        </button>
      )}
    </div>
  );
}

function Centre({ note }: { note: Note }) {
  return (
    <p class="sys" dir="auto">
      {note.text}
      {note.at > 0 && (
        <>
          {', '}
          <Time at={note.at} />
        </>
      )}
    </p>
  );
}

function Bubble({ line, session }: { line: Line; session: Session }) {
  const { mine, from, text, files, at } = line;
  const big = text !== '' && onlyEmoji(text);
  const content = (
    <>
      {text && (
        <div class={big ? 'b big' : 'b'} dir="auto">
          {links(text).map((p, i) =>
            p.href ? (
              <a key={i} href={p.href} target="_blank" rel="noopener noreferrer nofollow">
                {p.text}
              </a>
            ) : (
              p.text
            ),
          )}
        </div>
      )}
      {files.map((file) => (
        <Attachment key={file.hash} session={session} file={file} />
      ))}
    </>
  );
  if (mine) {
    return (
      <div class={line.first ? 'wo' : 'wo c'}>
        <span class="vh">You: </span>
        {content}
        {line.progress === 'failed' ? <Failed line={line} session={session} /> : <Foot line={line} />}
      </div>
    );
  }
  return (
    <div class={line.first ? 'wm' : 'wm c'}>
      {line.first && (
        <span class="nm" dir="auto">
          {from?.name}
        </span>
      )}
      {line.last ? <Avatar id={from?.id ?? ''} name={from?.name ?? '?'} size={28} /> : <span />}
      <div class="body">{content}</div>
      {line.last && (
        <div class="ft">
          <Time at={at} />
        </div>
      )}
    </div>
  );
}

const WORDS: Record<Progress, [string, string]> = {
  sending: ['Sending', clock],
  offline: ['Goes out when you are back', clock],
  failed: ['Not sent.', oct],
  kept: ['Kept for the agent', check],
  sent: ['Sent', check],
  delivered: ['Delivered', checks],
  seen: ['Seen', checks],
};

/** Time of a group, and, below the newest own line, how far it has come. */
function Foot({ line }: { line: Line }) {
  const { progress, newest, last } = line;
  const onItsWay = progress === 'offline';
  if (!last && !newest && !onItsWay) return null;
  const [word, icon] = progress && (newest || onItsWay) ? WORDS[progress] : ['', ''];
  return (
    <div class={`ft ${progress ?? ''}`}>
      {progress !== 'offline' && <Time at={line.at} />}
      {word && (
        <>
          <Icon of={icon} />
          {word}
        </>
      )}
    </div>
  );
}

function Failed({ line, session }: { line: Line; session: Session }) {
  return (
    <div class="ft bad">
      <Icon of={oct} />
      <span title={line.fault}>Not sent.</span>
      <button type="button" class="link" onClick={() => session.outbox.retry(line.key)}>
        Try again
      </button>
      <button type="button" class="link" onClick={() => session.outbox.discard(line.key)}>
        Discard
      </button>
    </div>
  );
}

function Time({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={stamp(at)}>
      {when(at, at)}
    </time>
  );
}

function Skeleton() {
  return (
    <div class="skel" aria-hidden="true">
      <i />
      <i />
      <i />
    </div>
  );
}
