import { memo, useState } from 'react';
import { day, full, time } from '../format/clock';
import { emojiOnly, pieces } from '../format/text';
import type { Part } from '../live/activity';
import type { Act, Line, TimelineItem } from '../live/timeline';
import { Avatar, Icon, iconOf } from './bits';
import { useLive, useNow } from './context';
import { Files } from './media';

/** Longer texts fold; the reader opens them. */
const LONG = 900;
const LINES = 12;

interface Props {
  item: TimelineItem;
  conv: string;
  customer: string;
  /** The newest own line: it says how far it got. */
  newest: boolean;
  last: boolean;
}

/** One row of the timeline. */
export const TimelineRow = memo(function TimelineRow({ item, conv, customer, newest, last }: Props) {
  return <div className={`it k-${item.kind === 'line' ? item.side : item.kind} ${last ? 'last' : ''}`}>{body(item, conv, customer, newest)}</div>;
});

function body(item: TimelineItem, conv: string, customer: string, newest: boolean) {
  switch (item.kind) {
    case 'day':
      return <Day at={item.at} />;
    case 'new':
      return <div className="day new"><span>{item.n} new since you looked</span></div>;
    case 'started':
      return <Born item={item} />;
    case 'act':
      return <Activity act={item} />;
    case 'fold':
      return <Fold acts={item.acts} />;
    case 'line':
      return item.side === 'note' ? <Note line={item} conv={conv} /> : <Bubble line={item} conv={conv} customer={customer} newest={newest} />;
  }
}

function Day({ at }: { at: number }) {
  const now = useNow(60_000);
  return <div className="day"><span>{day(at, now)}</span></div>;
}

function Born({ item }: { item: Extract<TimelineItem, { kind: 'started' }> }) {
  return (
    <div className="born">
      <div>#{item.number} started <Time at={item.at} />{item.page ? <> on <bdi>{item.page}</bdi></> : null}</div>
      {(item.name || item.email) && (
        <dl>
          {item.name && <><dt>Name</dt><dd dir="auto">{item.name}</dd></>}
          {item.email && <><dt>E-mail</dt><dd>{item.email}</dd></>}
        </dl>
      )}
      {item.greeting && <p dir="auto">{item.greeting}</p>}
    </div>
  );
}

function Time({ at }: { at: number }) {
  return <time dateTime={new Date(at).toISOString()} title={full(at)}>{time(at)}</time>;
}

function Activity({ act }: { act: Act }) {
  return (
    <div className={`act ${act.tone ?? ''}`}>
      <Icon name={iconOf(act.icon)} />
      <span>{act.parts.map(part)}</span>
      <Time at={act.at} />
    </div>
  );
}

function part(p: Part, i: number) {
  return typeof p === 'string' ? <bdi key={i}>{p}</bdi> : <b key={i}><bdi>{p.b}</bdi></b>;
}

function Fold({ acts }: { acts: Act[] }) {
  const [open, setOpen] = useState(false);
  if (open) return <>{acts.map((a) => <Activity key={a.key} act={a} />)}</>;
  return (
    <div className="act">
      <Icon name="list" />
      <span><button type="button" onClick={() => setOpen(true)}>{acts.length} changes</button></span>
      <Time at={acts.at(-1)!.at} />
    </div>
  );
}

function Words({ text }: { text: string }) {
  return (
    <>
      {pieces(text).map((p, i) => (p.href ? <a key={i} href={p.href} target="_blank" rel="noreferrer noopener">{p.text}</a> : p.text))}
    </>
  );
}

/** Text as it was typed; over twelve lines it folds. */
function Text({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  const long = text.length > LONG || text.split('\n').length > LINES;
  if (!long) return <Words text={text} />;
  return (
    <>
      <div className={open ? '' : 'fold'}><Words text={text} /></div>
      <button type="button" className="more" onClick={() => setOpen(!open)}>{open ? 'Show less' : 'Show all'}</button>
    </>
  );
}

function Bubble({ line, conv, customer, newest }: { line: Line; conv: string; customer: string; newest: boolean }) {
  const out = line.side === 'out';
  const colleague = out && !line.own;
  const name = out ? line.who.name : customer;
  const large = line.text !== '' && line.files.length === 0 && emojiOnly(line.text);
  const face = line.tail && (!out || colleague);
  const foot = line.tail || line.state === 'failed' || line.state === 'sending';
  return (
    <div className={`m ${out ? 'out' : ''} ${colleague ? 'with' : ''} ${line.cont ? 'cont' : ''} ${line.state === 'failed' ? 'fail' : ''}`}>
      {!out && (face ? <Avatar id={line.who.id} name={customer} size={28} /> : <span />)}
      <div className="bs">
        <span className="vh">{line.own ? 'You' : name || 'Customer'}: </span>
        {(line.text !== '' || line.files.length > 0) && (
          <div className={`b ${large ? 'emoji' : ''}`} dir="auto">
            {line.text !== '' && <Text text={line.text} />}
            {line.files.length > 0 && <Files conv={conv} files={line.files} />}
          </div>
        )}
      </div>
      {colleague && (face ? <Avatar id={line.who.id} name={line.who.name} size={28} /> : <span />)}
      {foot && <Foot line={line} newest={newest} colleague={colleague} />}
    </div>
  );
}

function Foot({ line, newest, colleague }: { line: Line; newest: boolean; colleague: boolean }) {
  if (line.state === 'failed') return <Failed line={line} />;
  return (
    <div className="ft">
      {colleague && <><bdi>{line.who.name}</bdi><span aria-hidden="true">·</span></>}
      {line.own && line.side === 'out' && <><span>You</span><span aria-hidden="true">·</span></>}
      <Time at={line.at} />
      {line.side === 'out' && (newest || line.state === 'sending') && <State state={line.state} />}
    </div>
  );
}

/** One tick = stored, two = delivered, two in the accent = seen. */
function State({ state }: { state: Line['state'] }) {
  switch (state) {
    case 'sending':
      return <span className="st going"><Icon name="clock" />Sending</span>;
    case 'delivered':
      return <span className="st"><Icon name="checks" />Delivered</span>;
    case 'seen':
      return <span className="st seen"><Icon name="checks" />Seen</span>;
    default:
      return <span className="st" title="Stored"><Icon name="check" />Sent, safe</span>;
  }
}

function Failed({ line }: { line: Line }) {
  const live = useLive();
  const box = line.side === 'note' ? live.notes : live.outbox;
  const again = () => {
    const item = box.items.find((i) => i.key === line.key);
    if (!item) return;
    // A key the server will not take again: the line goes out anew, it was never stored.
    if (item.error && item.error.code.startsWith('key_')) {
      box.discard(item.key);
      box.post(item.conv, { text: item.text, files: item.files });
    } else box.retry(line.key);
  };
  return (
    <div className="ft" role="alert">
      <Icon name="oct" /><span title={line.error}>Not sent{line.error ? `: ${line.error.replace(/\.$/, '')}` : ''}</span>
      <button type="button" className="link" onClick={again}>Try again</button>
      <button type="button" className="link" onClick={() => void navigator.clipboard?.writeText(line.text)}>Copy</button>
      <button type="button" className="link" onClick={() => box.discard(line.key)}>Discard</button>
    </div>
  );
}

function Note({ line, conv }: { line: Line; conv: string }) {
  return (
    <div className={`nt ${line.state === 'sending' ? 'sendin' : ''} ${line.state === 'failed' ? 'fail' : ''}`}>
      <Avatar id={line.who.id} name={line.who.name} size={28} />
      <div>
        <div className="hd">
          <b className="cut">{line.own ? 'You' : line.who.name}</b><Icon name="lock" className="sm" />note for the team<Time at={line.at} />
        </div>
        {line.text !== '' && <div className="txt" dir="auto"><Text text={line.text} /></div>}
        {line.files.length > 0 && <Files conv={conv} files={line.files} />}
        {line.state === 'failed' && <Failed line={line} />}
        {line.state === 'sending' && <div className="ft">Sending</div>}
      </div>
    </div>
  );
}

/** What the customer is writing, where the inbox allows it (F46): not sent, never stored. */
export function PeekBubble({ text }: { text: string }) {
  return (
    <div className="it last">
      <div className="m peek" aria-hidden="true">
        <span />
        <div className="b" dir="auto">{text}</div>
        <div className="ft"><Icon name="eye" />Typing, not sent yet</div>
      </div>
    </div>
  );
}
