import { useEffect, useRef, useState } from 'react';
import { Icon, MAC, MOD } from './bits';
import { Sheet } from './sheet';

/** One command: its keys, its name on the `?` sheet. Handlers are hung in by the part that can do it. */
export interface Command {
  id: string;
  name: string;
  keys: string[];
  /** Also while a text field has the focus. */
  always?: boolean;
}

export const COMMANDS: Command[] = [
  { id: 'next', name: 'Next conversation', keys: ['J'] },
  { id: 'previous', name: 'Previous conversation', keys: ['K'] },
  { id: 'accept', name: 'Accept the offer, anywhere', keys: [MOD, '⇧', 'Y'], always: true },
  { id: 'decline', name: 'Decline the offer, anywhere', keys: [MOD, '⇧', 'X'], always: true },
  { id: 'accept1', name: 'Accept the offer', keys: ['Y'] },
  { id: 'decline1', name: 'Decline the offer', keys: ['D'] },
  { id: 'reply', name: 'Reply', keys: ['R'] },
  { id: 'note', name: 'Note', keys: ['N'] },
  { id: 'resolve', name: 'Resolve', keys: ['E'] },
  { id: 'reopen', name: 'Reopen', keys: ['Z'] },
  { id: 'presence', name: 'Presence', keys: ['B'] },
  { id: 'card', name: 'Customer card', keys: [']'] },
  { id: 'back', name: 'Back one level', keys: ['Esc'] },
  { id: 'newest', name: 'Newest line', keys: ['End'] },
  { id: '?', name: 'This sheet', keys: ['?'] },
];

/** What a pressed key means; AltGr is never a modifier, a lone letter needs no modifier at all. */
export function commandOf(e: { key: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean; altKey: boolean }, mac = MAC): Command | undefined {
  const mod = mac ? e.metaKey : e.ctrlKey;
  if (e.altKey) return undefined;
  return COMMANDS.find(({ keys }) => {
    const last = keys.at(-1)!;
    if (keys.length === 3) return mod && e.shiftKey && e.key.toLowerCase() === last.toLowerCase();
    if (mod || (mac ? e.ctrlKey : e.metaKey)) return false;
    if (last === 'Esc') return e.key === 'Escape';
    if (last === '?') return e.key === '?';
    return !e.shiftKey && e.key.toLowerCase() === last.toLowerCase();
  });
}

const handlers = new Map<string, (() => boolean | void)[]>();

/** Hangs run on a command while the caller is shown; the newest wins, `false` passes it on. */
export function useCommand(id: string, run: () => boolean | void): void {
  const ref = useRef(run);
  ref.current = run;
  useEffect(() => {
    const call = () => ref.current();
    handlers.set(id, [...(handlers.get(id) ?? []), call]);
    return () => void handlers.set(id, (handlers.get(id) ?? []).filter((c) => c !== call));
  }, [id]);
}

/** Does a command as if its key had been pressed. */
export function perform(id: string): boolean {
  for (const run of (handlers.get(id) ?? []).toReversed()) if (run() !== false) return true;
  return false;
}

export function useKey(id: string): () => void {
  return () => void perform(id);
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Listens for the page, and is itself the `?` sheet. */
export function KeySheet() {
  const [open, setOpen] = useState(false);
  useCommand('?', () => setOpen(true));
  useEffect(() => {
    // Looked at before anybody acts on the key: the sheet that Escape closes is gone by the time press is called.
    let layered = false;
    const look = () => {
      layered = document.querySelector('[role=menu], [role=dialog], dialog[open]') !== null;
    };
    const press = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.isComposing) return;
      const command = commandOf(e);
      if (!command || (typing(e.target) && !command.always)) return;
      // An open menu or sheet has its own keys.
      if (!command.always && layered) return;
      if (command.id === 'newest' && !(e.target instanceof HTMLElement && e.target.closest('.conv, body'))) return;
      if (perform(command.id)) e.preventDefault();
    };
    window.addEventListener('keydown', look, true);
    window.addEventListener('keydown', press);
    return () => {
      window.removeEventListener('keydown', look, true);
      window.removeEventListener('keydown', press);
    };
  }, []);
  if (!open) return null;
  return (
    <Sheet label="Keys" close={() => setOpen(false)}>
      <div className="row" style={{ marginBottom: 12 }}>
        <h2 className="grow">Keys</h2>
        <button type="button" className="ib sm" aria-label="Close" onClick={() => setOpen(false)}><Icon name="x" /></button>
      </div>
      <dl className="keylist">
        {COMMANDS.map(({ id, name, keys }) => (
          <Row key={id} name={name} keys={keys} />
        ))}
        <Row name="Send" keys={['↵']} />
        <Row name="New line" keys={['⇧', '↵']} />
        <Row name="Open the conversation" keys={['↵']} />
      </dl>
    </Sheet>
  );
}

function Row({ name, keys }: { name: string; keys: string[] }) {
  return (
    <>
      <dt>{name}</dt>
      <dd><span className="keys">{keys.map((k) => <kbd key={k}>{k}</kbd>)}</span></dd>
    </>
  );
}
