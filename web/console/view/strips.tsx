import { useEffect, useState } from 'react';
import { Icon } from './bits';
import { useLive, useLiveState, useNow } from './context';
import { AutomaticPresence } from './presence';

/** What holds for the whole pane (writing: one can write in it): connection, a presence the engine chose. */
export function Strips({ writing = false }: { writing?: boolean }) {
  return (
    <div className="strips">
      <Connection writing={writing} />
      <AutomaticPresence />
    </div>
  );
}

/** A cut shows after 2 s: most are shorter, and a strip that flashes says nothing. */
function Connection({ writing }: { writing: boolean }) {
  const live = useLive();
  const net = useLiveState((s) => s.net);
  const back = useLiveState((s) => s.back);
  const now = useNow(1_000);
  const [late, setLate] = useState(false);
  const lost = net.kind === 'waiting' || net.kind === 'connecting' ? net.since : 0;
  useEffect(() => {
    setLate(false);
    if (lost === 0) return;
    const timer = setTimeout(() => setLate(true), 2_000);
    return () => clearTimeout(timer);
  }, [lost]);

  if (net.kind === 'stopped') {
    return (
      <div className="bar bad" role="alert">
        <Icon name="oct" />{net.error.message || 'The server closed this connection'}
        <button type="button" className="btn sm" onClick={() => live.connection.start()}>Try again</button>
      </div>
    );
  }
  if (lost > 0 && late) {
    // retryAt is the device's clock, as now is the server's.
    const left = net.kind === 'waiting' ? Math.max(0, Math.ceil((net.retryAt - (now - live.connection.offset)) / 1000)) : 0;
    return (
      <div className="bar warn" role="status">
        <Icon name="cutoff" />
        <span>Reconnecting{left > 0 ? <span aria-hidden="true" className="num">, {left} s</span> : ''}.{writing ? ' You can go on writing.' : ''}</span>
        <button type="button" className="btn sm" onClick={() => live.connection.retry()}>Now</button>
      </div>
    );
  }
  if (back) {
    return (
      <div className="bar ok" role="status">
        <Icon name="check" />
        {back.lines === 0 ? 'Back. Nothing was missed.' : `Back. ${back.lines} ${back.lines === 1 ? 'message' : 'messages'} caught up.`}
      </div>
    );
  }
  return null;
}
