import { Popover } from '@mantine/core';
import { type KeyboardEvent, type ReactElement, type ReactNode, useEffect, useRef } from 'react';

interface Props {
  open: boolean;
  setOpen: (open: boolean) => void;
  /** Name of the menu for a screen reader. */
  label: string;
  /** The button that opens it; gets the ref. */
  target: ReactElement;
  /** Stands above the items. */
  header?: ReactNode;
  width?: number;
  end?: boolean;
  /** Keys of the menu's own, such as 1-9. */
  onKey?: (e: KeyboardEvent) => void;
  children: ReactNode;
}

/**
 * A menu that floats: arrows walk it, Escape and Tab leave it, the focus goes back
 * to its button. Mantine's Menu carries helpers inside role=menu that axe refuses,
 * so only its Popover is used, in place and not in a portal, inside the landmark.
 */
export function PopMenu({ open, setOpen, label, target, header, width = 260, end = false, onKey, children }: Props) {
  return (
    <Popover opened={open} onChange={setOpen} position={end ? 'bottom-end' : 'bottom-start'} offset={4} width={width} withRoles={false} withinPortal={false} classNames={{ dropdown: 'pmenu' }}>
      <Popover.Target>{target}</Popover.Target>
      <Popover.Dropdown>
        {header}
        {open && <Items label={label} close={() => setOpen(false)} onKey={onKey}>{children}</Items>}
      </Popover.Dropdown>
    </Popover>
  );
}

function Items({ label, close, onKey, children }: { label: string; close: () => void; onKey?: (e: KeyboardEvent) => void; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const items = () => [...(box.current?.querySelectorAll<HTMLElement>('[role^=menuitem]:not(:disabled)') ?? [])];
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const timer = requestAnimationFrame(() => (items().find((i) => i.ariaChecked === 'true') ?? items()[0])?.focus());
    return () => {
      cancelAnimationFrame(timer);
      // Only when the focus would be lost with the menu; a click elsewhere has its own.
      if (box.current === null || box.current.contains(document.activeElement) || document.activeElement === document.body) before?.focus();
    };
  }, []);
  const keys = (e: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[e.key];
    if (to !== undefined) void (e.preventDefault(), all[(to + all.length) % all.length]?.focus());
    else if (e.key === 'Escape') void (e.preventDefault(), e.stopPropagation(), close());
    else if (e.key === 'Tab') close();
    else onKey?.(e);
  };
  return <div role="menu" aria-label={label} ref={box} onKeyDown={keys}>{children}</div>;
}

interface ItemProps {
  left?: ReactNode;
  right?: ReactNode;
  /** Given: one of a choice. */
  checked?: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}

export function PopItem({ left, right, checked, disabled, onClick, children }: ItemProps) {
  return (
    <button type="button" className="pmenu-item" role={checked === undefined ? 'menuitem' : 'menuitemradio'} aria-checked={checked} disabled={disabled} tabIndex={-1} onClick={onClick}>
      {left}<span className="grow cut">{children}</span>{right}
    </button>
  );
}

export function PopLine() {
  return <hr className="pmenu-div" />;
}
