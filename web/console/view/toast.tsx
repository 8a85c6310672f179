import { useEffect, useRef } from 'react';
import { Icon } from './bits';
import { useLive, useLiveState } from './context';

/** The result of one's own action: one at a time, 6 s, held while looked at. Errors stay. */
export function Toast() {
  const live = useLive();
  const toast = useLiveState((s) => s.toast);
  const held = useRef(false);
  useEffect(() => {
    if (!toast || toast.bad) return;
    const timer = setInterval(() => {
      if (!held.current && live.store.state.toast === toast) live.store.set({ toast: null });
    }, 6_000);
    return () => clearInterval(timer);
  }, [toast, live]);
  if (!toast) return <div role="status" className="vh" />;
  const close = () => live.store.set({ toast: null });
  return (
    <div
      className={`toast ${toast.bad ? 'bad' : ''}`}
      role={toast.bad ? 'alert' : 'status'}
      onMouseEnter={() => (held.current = true)}
      onMouseLeave={() => (held.current = false)}
      onFocus={() => (held.current = true)}
      onBlur={() => (held.current = false)}
    >
      <Icon name={toast.bad ? 'oct' : 'check'} />
      <span className="grow">{toast.words}</span>
      {toast.action && (
        <button type="button" className="btn sm" onClick={() => (close(), toast.action!.run())}>{toast.action.name}</button>
      )}
      <button type="button" className="ib sm" aria-label="Close" onClick={close}><Icon name="x" /></button>
    </div>
  );
}
