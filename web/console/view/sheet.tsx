import { type ReactNode, useEffect, useRef } from 'react';

/** A sheet over the page: the browser's own dialog keeps the focus inside, closes on Escape and gives the focus back. */
export function Sheet({ label, close, wide = false, children }: { label: string; close: () => void; wide?: boolean; children: ReactNode }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    box.current?.showModal();
  }, []);
  return (
    <dialog
      ref={box}
      className={`psheet ${wide ? 'wide' : ''}`}
      aria-label={label}
      onClose={close}
      // A press on the backdrop lands on the dialog itself.
      onClick={(e) => e.target === box.current && close()}
    >
      <div className="in-sheet">{children}</div>
    </dialog>
  );
}
