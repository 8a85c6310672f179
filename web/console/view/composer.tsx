import type { Row } from '@parley/client';
import { type ClipboardEvent, type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import { useLocation } from 'react-router';
import { length } from '../format/text';
import type { Mode } from '../live/drafts';
import { Icon, Keys } from './bits';
import { useLive, useLiveState } from './context';
import { EmojiButton } from './emoji';
import { useCommand } from './keys';
import { Tray, useTray } from './tray';

/** From here on the count shows. */
const SHOW_COUNT = 500;
const SAVE_MS = 400;

export interface ComposerHandle {
  attach: (files: File[]) => void;
}

interface Props {
  row: Row;
  /** The conversation is in this person's hands: then it can be answered, else only noted. */
  own: boolean;
  ref: Ref<ComposerHandle>;
}

/** Reply and note, each with a draft of its own that outlives a reload. Enter sends, Shift+Enter breaks the line. */
export function Composer({ row, own, ref }: Props) {
  const [wanted, setMode] = useState<Mode>('reply');
  const mode: Mode = own ? wanted : 'note';
  const limits = useLiveState((s) => s.limits);
  const draft = useDraft(row.conv, mode);
  const tray = useTray(row.conv, mode);
  const box = useRef<HTMLTextAreaElement>(null);
  const { state } = useLocation() as { state: { compose?: boolean } | null };
  const closed = row.status === 'closed';

  useImperativeHandle(ref, () => ({ attach: tray.add }), [tray.add]);
  useEffect(() => {
    if (state?.compose) box.current?.focus();
  }, [state]);
  const to = (next: Mode) => () => {
    if (closed || (!own && next === 'reply')) return false;
    setMode(next);
    requestAnimationFrame(() => box.current?.focus());
    return undefined;
  };
  useCommand('reply', to('reply'));
  useCommand('note', to('note'));
  useGrow(box, draft.text);

  const count = length(draft.text);
  const over = count > limits.text;
  const ready = (draft.text.trim() !== '' || tray.files.length > 0) && !over && !tray.busy;
  const { submit, problem } = useSubmit(row.conv, mode, draft, tray, ready, over);
  if (closed) return <div className="bar info ro"><Icon name="stClosed" className="sm" />Closed. When the customer writes again, a new conversation begins.</div>;

  const keys = (e: KeyboardEvent) => {
    if (e.key === 'Enter' && !e.shiftKey && !e.altKey && !e.nativeEvent.isComposing) void (e.preventDefault(), submit());
    else if (e.key === 'Escape') box.current?.blur();
  };
  const paste = (e: ClipboardEvent) => {
    const files = [...e.clipboardData.files];
    if (files.length > 0) void (e.preventDefault(), tray.add(files));
  };
  const insert = (text: string) => {
    const at = box.current;
    if (!at) return;
    at.focus();
    at.setRangeText(text, at.selectionStart, at.selectionEnd, 'end');
    draft.change(at.value);
  };
  const note = mode === 'note';
  return (
    <>
      {!own && <ReadOnly row={row} />}
      <div className={`comp ${note ? 'is-note' : ''}`}>
        <div className="tabs">
          <div role="tablist" aria-label="Composer mode" className="row" style={{ gap: 2 }}>
            {own && <Tab on={!note} name="Reply" icon="reply" keyName="R" press={to('reply')} />}
            <Tab on={note} name="Note" icon="note" keyName="N" press={to('note')} />
          </div>
          <span className="meta" role="status">{note && draft.saved === '' ? '' : draft.saved}</span>
          {count > limits.text - SHOW_COUNT && <span className={`meta cnt ${over ? 'over' : ''}`} role="status">{count.toLocaleString()} of {limits.text.toLocaleString()}</span>}
        </div>
        <textarea
          ref={box}
          rows={1}
          dir="auto"
          aria-label={note ? 'Note for the team' : `Reply to ${row.name || 'the customer'}`}
          placeholder={note ? 'Only your team reads this' : `Write to ${row.name || 'the customer'}`}
          value={draft.text}
          onChange={(e) => draft.change(e.target.value)}
          onKeyDown={keys}
          onPaste={paste}
          onBlur={draft.quiet}
        />
        <Tray tray={tray} />
        {problem !== '' && <div className="err" role="alert"><Icon name="oct" className="sm" />{problem}</div>}
        <div className="tools">
          <AttachButton add={tray.add} />
          <EmojiButton insert={insert} />
          <span className="end">
            <button type="button" className={`btn ${note ? 'note' : 'pri'}`} disabled={!ready} onClick={submit}>
              {note ? 'Add note' : 'Send'} <Keys keys={['↵']} />
            </button>
          </span>
        </div>
      </div>
    </>
  );
}


function Tab({ on, name, icon, keyName, press }: { on: boolean; name: string; icon: 'reply' | 'note'; keyName: string; press: () => unknown }) {
  return <button type="button" className="tab" role="tab" aria-selected={on} title={`${name} (${keyName})`} onClick={() => void press()}><Icon name={icon} className="sm" />{name}</button>;
}

function ReadOnly({ row }: { row: Row }) {
  const words =
    row.status === 'resolved' ? 'Resolved. Reopen it to write to the customer' :
    row.status === 'new' ? 'Nobody has it yet. Pick it to answer' :
    row.owner ? <>Read only: <bdi>{row.owner.name}</bdi> has it</> : 'Read only';
  return <div className="bar info ro" style={{ marginBottom: 8 }}><Icon name="lock" className="sm" /><span>{words}</span></div>;
}

function AttachButton({ add }: { add: (files: File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className="ib sm" aria-label="Attach a file" title="Attach a file" onClick={() => input.current?.click()}><Icon name="clip" /></button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        onChange={(e) => {
          add([...(e.target.files ?? [])]);
          e.target.value = '';
        }}
      />
    </>
  );
}

interface Draft {
  text: string;
  saved: string;
  change: (text: string) => void;
  clear: () => void;
  quiet: () => void;
}

/** The text of one conversation and mode; kept on each pause and when it is left. */
function useDraft(conv: string, mode: Mode): Draft {
  const live = useLive();
  const [texts, setTexts] = useState(() => ({ reply: live.drafts.get(conv, 'reply'), note: live.drafts.get(conv, 'note') }));
  const [saved, setSaved] = useState('');
  const text = texts[mode];
  const latest = useRef(texts);
  latest.current = texts;
  const keep = () => {
    live.drafts.set(conv, 'reply', latest.current.reply);
    live.drafts.set(conv, 'note', latest.current.note);
  };
  useEffect(() => {
    if (live.drafts.get(conv, mode) === text) return;
    const timer = setTimeout(() => {
      live.drafts.set(conv, mode, text);
      setSaved(text.trim() === '' ? '' : 'Draft saved');
    }, SAVE_MS);
    return () => clearTimeout(timer);
  }, [text, conv, mode, live]);
  useEffect(() => {
    window.addEventListener('pagehide', keep);
    return () => {
      window.removeEventListener('pagehide', keep);
      keep();
      live.lane.quiet();
    };
  }, [conv, live]);
  const put = (next: string) => setTexts((t) => ({ ...t, [mode]: next }));
  return {
    text,
    saved,
    quiet: () => live.lane.quiet(),
    change: (next) => {
      put(next);
      setSaved('');
      live.lane.typed(conv, next, false, mode === 'note');
    },
    clear: () => {
      put('');
      setSaved('');
      live.drafts.set(conv, mode, '');
      live.lane.quiet();
    },
  };
}

function useSubmit(conv: string, mode: Mode, draft: Draft, tray: ReturnType<typeof useTray>, ready: boolean, over: boolean) {
  const live = useLive();
  const [problem, setProblem] = useState('');
  useEffect(() => setProblem(''), [draft.text, mode]);
  const submit = () => {
    if (over) return setProblem('Too long to send as one message. Shorten it, or send it in parts');
    if (tray.busy) return setProblem('A file is still on its way');
    if (!ready) return;
    const box = mode === 'note' ? live.notes : live.outbox;
    const files = tray.files;
    box.post(conv, { text: draft.text.trim() === '' ? '' : draft.text, ...(files.length > 0 ? { files } : {}) });
    draft.clear();
    tray.clear();
  };
  return { submit, problem };
}

/** As high as its text, up to 40 % of the pane. */
function useGrow(box: React.RefObject<HTMLTextAreaElement | null>, text: string) {
  useLayoutEffect(() => {
    const at = box.current;
    if (!at) return;
    at.style.height = 'auto';
    const pane = at.closest('.pane')?.clientHeight ?? 600;
    const most = Math.max(66, Math.round(pane * 0.4));
    at.style.height = `${Math.min(most, at.scrollHeight)}px`;
    at.style.overflowY = at.scrollHeight > most ? 'auto' : 'hidden';
  }, [box, text]);
}
