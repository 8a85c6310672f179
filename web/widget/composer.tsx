import { NEW } from '@parley/client';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { clip, oct, refresh, up, x } from '../kit/icons';
import { bytes, middle } from './format';
import { Icon } from './icon';
import type { Session } from './session';
import { type Upload, useUploads } from './uploads';

/** From here on the count is shown. */
const NEARLY = 0.95;

/** Where a line is written. Enter sends, Shift+Enter breaks it; on a touch keyboard Enter breaks it. */
export function Composer({ session, hint }: { session: Session; hint: string }) {
  const conv = session.current ?? NEW;
  const [text, setText] = useState(session.draft(conv));
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const shownFor = useRef(conv);
  const files = useUploads(session);
  const length = [...text].length;
  const tooLong = length > session.limits.text;
  const ready = files.uploads.filter((u) => u.state === 'done');
  const busy = files.uploads.length > ready.length;
  const can = !tooLong && !busy && ready.length <= session.limits.files && (text.trim() !== '' || ready.length > 0);
  const canAttach = conv !== NEW;

  useEffect(() => {
    if (session.host.mode.open) area.current?.focus();
  }, [session.host.mode.open, conv]);
  useEffect(() => {
    // A conversation that begins gets its number while one writes: same text, other name.
    if (shownFor.current === NEW && conv !== NEW) {
      session.keepDraft(NEW, '');
      session.keepDraft(conv, text);
    } else if (shownFor.current !== conv) setText(session.draft(conv));
    shownFor.current = conv;
  }, [conv]);
  useLayoutEffect(() => {
    const el = area.current!;
    el.style.height = 'auto';
    el.style.height = `${el.scrollHeight}px`;
  }, [text]);

  function write(value: string): void {
    setText(value);
    session.keepDraft(conv, value);
    session.typed(value);
  }

  function send(): void {
    if (!can) return;
    session.send(text, ready.map((u) => u.file!));
    session.keepDraft(conv, '');
    setText('');
    files.clear();
    area.current?.focus();
  }

  function keyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || matchMedia('(pointer: coarse)').matches) return;
    event.preventDefault();
    send();
  }

  function pasted(event: ClipboardEvent): void {
    const got = [...(event.clipboardData?.files ?? [])];
    if (got.length === 0 || !canAttach) return;
    event.preventDefault();
    files.add(got);
  }

  return (
    <form
      class="compose"
      onSubmit={(e) => {
        e.preventDefault();
        send();
      }}
      onDragOver={(e) => canAttach && e.preventDefault()}
      onDrop={(e) => {
        if (!canAttach || !e.dataTransfer?.files.length) return;
        e.preventDefault();
        files.add(e.dataTransfer.files);
      }}
    >
      {files.uploads.length > 0 && (
        <ul class="ups" aria-label="Files to send">
          {files.uploads.map((u) => (
            <Chip key={u.id} upload={u} retry={() => files.retry(u)} remove={() => files.remove(u)} />
          ))}
        </ul>
      )}
      {length >= session.limits.text * NEARLY && (
        <p class={tooLong ? 'err' : 'meta'} role={tooLong ? 'alert' : undefined}>
          {length.toLocaleString()} of {session.limits.text.toLocaleString()} characters
        </p>
      )}
      <div class="wc">
        <textarea
          ref={area}
          class="tx"
          rows={1}
          dir="auto"
          value={text}
          placeholder={hint}
          aria-label="Write a message"
          enterkeyhint="send"
          onInput={(e) => write(e.currentTarget.value)}
          onKeyDown={keyDown}
          onPaste={pasted}
          onBlur={() => session.lane.quiet()}
        />
        {canAttach && (
          <>
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              onChange={(e) => {
                files.add(e.currentTarget.files ?? []);
                e.currentTarget.value = '';
              }}
            />
            <button type="button" class="ib" aria-label="Attach a file" onClick={() => picker.current?.click()}>
              <Icon of={clip} />
            </button>
          </>
        )}
        <button type="submit" class="ib go" aria-label="Send" disabled={!can}>
          <Icon of={up} />
        </button>
      </div>
    </form>
  );
}

function Chip({ upload, retry, remove }: { upload: Upload; retry: () => void; remove: () => void }) {
  const { state, name, content, fault } = upload;
  return (
    <li class={state}>
      <Icon of={state === 'failed' ? oct : clip} small />
      <span class="cut" title={name}>
        {middle(name, 22)}
      </span>
      <span class="meta" role="status">
        {state === 'going' ? 'Going up' : state === 'failed' ? fault : bytes(content.size)}
      </span>
      {state === 'failed' && !fault?.startsWith('Larger') && (
        <button type="button" class="ib" aria-label={`Try ${name} again`} onClick={retry}>
          <Icon of={refresh} small />
        </button>
      )}
      <button type="button" class="ib" aria-label={`Remove ${name}`} onClick={remove}>
        <Icon of={x} small />
      </button>
    </li>
  );
}
