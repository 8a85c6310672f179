import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { arrow, cdown, dots, logo } from '../kit/icons';
import { Avatar, Icon } from './icon';

interface Props {
  title: string;
  sub?: string;
  person?: { id: string; name: string };
  close: () => void;
  back?: () => void;
  menu?: ComponentChildren;
}

/** The bar on top: who one talks to, and the ways out. */
export function Head({ title, sub, person, close, back, menu }: Props) {
  return (
    <div class="wh">
      {back && (
        <button type="button" class="ib back" aria-label="All conversations" onClick={back}>
          <Icon of={arrow} />
        </button>
      )}
      {person ? (
        <Avatar id={person.id} name={person.name} />
      ) : (
        <span class="mark">
          <Icon of={logo} />
        </span>
      )}
      <div class="grow">
        <h1 class="cut" dir="auto" title={title}>
          {title}
        </h1>
        {sub && <p class="cut">{sub}</p>}
      </div>
      {menu && <Menu>{menu}</Menu>}
      <button type="button" class="ib" aria-label="Close chat window (Escape)" onClick={close}>
        <Icon of={cdown} />
      </button>
    </div>
  );
}

/** What is needed seldom, behind three dots. Closes on Escape, on a choice, and when the focus leaves. */
function Menu({ children }: { children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (open) box.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  }, [open]);
  return (
    <div
      class="more"
      onFocusOut={(e) => !e.currentTarget.contains(e.relatedTarget as Node | null) && setOpen(false)}
      onKeyDown={(e) => {
        if (e.key !== 'Escape' || !open) return;
        e.stopPropagation();
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button ref={button} type="button" class="ib" aria-label="More" aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon of={dots} />
      </button>
      {open && (
        <div ref={box} class="pop menu" role="menu" onClick={() => setOpen(false)}>
          {children}
        </div>
      )}
    </div>
  );
}
