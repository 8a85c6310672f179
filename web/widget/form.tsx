import { useEffect, useRef, useState } from 'preact/hooks';
import { oct } from '../kit/icons';
import { emailFault } from './format';
import { Icon } from './icon';
import type { Session } from './session';

type Faults = Partial<Record<'name' | 'email' | 'text', string>>;

/** Begins a conversation: who, and the first line. What was typed survives a refusal and a reload. */
export function Form({ session }: { session: Session }) {
  const anonymous = session.inbox?.anonymous ?? false;
  const [name, setName] = useState(session.identity.name);
  const [email, setEmail] = useState(session.identity.email);
  const [text, setText] = useState(session.draft('new'));
  const [faults, setFaults] = useState<Faults>(() => told(session.formFault));
  const form = useRef<HTMLFormElement>(null);
  const optional = anonymous ? ' (optional)' : '';

  useEffect(() => {
    const empty = [...(form.current?.querySelectorAll<HTMLInputElement>('input, textarea') ?? [])].find((e) => !e.value);
    if (session.host.mode.open) empty?.focus();
  }, [session.host.mode.open]);

  function submit(event: Event): void {
    event.preventDefault();
    const found = check(name.trim(), email.trim(), text, anonymous, session.limits.text);
    setFaults(found);
    const first = (['name', 'email', 'text'] as const).find((field) => found[field]);
    if (first) return form.current?.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
    session.keepDraft('new', '');
    session.begin({ name: name.trim(), email: email.trim() }, text);
  }

  return (
    <form ref={form} class="pad" noValidate onSubmit={submit}>
      <Field label={`Name${optional}`} fault={faults.name} id="n">
        <input class="in" id="n" name="name" autocomplete="name" maxLength={200} dir="auto" value={name} required={!anonymous} {...invalid(faults.name, 'n')} onInput={(e) => setName(e.currentTarget.value)} />
      </Field>
      <Field label={`E-mail${optional}`} fault={faults.email} id="e">
        <input class="in" id="e" name="email" type="email" inputMode="email" autocomplete="email" maxLength={254} value={email} required={!anonymous} {...invalid(faults.email, 'e')} onInput={(e) => setEmail(e.currentTarget.value)} />
      </Field>
      <Field label="How can we help?" fault={faults.text} id="t" grow>
        <textarea
          class="in"
          id="t"
          name="text"
          dir="auto"
          value={text}
          required
          {...invalid(faults.text, 't')}
          onInput={(e) => {
            setText(e.currentTarget.value);
            session.keepDraft('new', e.currentTarget.value);
          }}
        />
      </Field>
      {session.inbox?.peek && <p class="meta">In the chat we see what you type before you send it.</p>}
      <button class="btn pri" type="submit">
        Start the chat
      </button>
    </form>
  );
}

function check(name: string, email: string, text: string, anonymous: boolean, longest: number): Faults {
  const faults: Faults = {};
  if (!anonymous && !name) faults.name = 'Your name is missing';
  if (!anonymous && !email) faults.email = 'Your e-mail address is missing';
  else if (email && emailFault(email)) faults.email = emailFault(email);
  if (!text.trim()) faults.text = 'Write a few words, so that the right person answers';
  else if ([...text].length > longest) faults.text = `At most ${longest.toLocaleString()} characters fit into one message`;
  return faults;
}

/** Puts the server's refusal at its field, or at the text when it is about none of them. */
function told(fault: Session['formFault']): Faults {
  if (!fault) return {};
  const field = (['name', 'email'] as const).find((f) => f === fault.field || fault.code.startsWith(f)) ?? 'text';
  return { [field]: fault.message };
}

function invalid(fault: string | undefined, id: string) {
  return fault ? { 'aria-invalid': true as const, 'aria-describedby': `${id}-e` } : {};
}

interface FieldProps {
  label: string;
  fault?: string;
  id: string;
  grow?: boolean;
  children: preact.ComponentChildren;
}

function Field({ label, fault, id, grow, children }: FieldProps) {
  return (
    <div class={grow ? 'field grow' : 'field'}>
      <label class="lbl" for={id}>
        {label}
      </label>
      {children}
      {fault && (
        <p class="err" id={`${id}-e`}>
          <Icon of={oct} small />
          {fault}
        </p>
      )}
    </div>
  );
}
