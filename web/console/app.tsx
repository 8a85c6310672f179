import { useCallback, useEffect, useState } from 'react';
import { Navigate, Route, Routes, useLocation, useNavigate } from 'react-router';
import { local } from './live/keep';
import { Live } from './live/live';
import { home, keep, restore, type Session } from './live/session';
import { LiveProvider } from './view/context';
import { Login } from './view/login';
import { MePage } from './view/mepage';
import { QueuePage } from './view/queue';
import { Shell } from './view/shell';
import { Wall } from './view/wall';
import { Work } from './view/work';

const kept = local();

function socketUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
}

/** Routes of the console; without a session every address leads to the sign-in and back. */
export function App() {
  const [session, setSession] = useState(() => restore(kept));
  const [notice, setNotice] = useState('');
  const navigate = useNavigate();
  const enter = useCallback(
    (next: Session, to: string | null) => {
      keep(kept, next);
      setNotice('');
      setSession(next);
      void navigate(to ?? home(next.agent.role), { replace: true });
    },
    [navigate],
  );
  const leave = useCallback((why: string) => {
    keep(kept, null);
    setNotice(why);
    setSession(null);
  }, []);

  return (
    <Routes>
      <Route path="/login" element={<Login notice={notice} enter={enter} session={session} />} />
      <Route path="/*" element={session ? <Signed key={session.token} session={session} leave={leave} /> : <ToLogin />} />
    </Routes>
  );
}

function ToLogin() {
  const { pathname, search, hash } = useLocation();
  const link = hash.startsWith('#link=');
  const to = pathname === '/' || link ? '' : `?to=${encodeURIComponent(pathname + search)}`;
  return <Navigate to={`/login${to}${link ? hash : ''}`} replace />;
}

function Signed({ session, leave }: { session: Session; leave: (why: string) => void }) {
  const [live] = useState(() => new Live(session, kept, socketUrl()));
  const { hash } = useLocation();

  useEffect(() => {
    live.start();
    const off = live.connection.on('state', (state) => {
      if (state.kind !== 'stopped') return;
      if (state.error.code === 'sign_in_again' || state.error.code === 'not_signed_in') leave('You were signed out. Sign in again.');
    });
    const again = () => live.connection.probe();
    const visible = () => document.visibilityState === 'visible' && again();
    const wake = () => live.bell.wake();
    // Another tab of this browser signed out or came in as somebody else.
    const other = (e: StorageEvent) => {
      if (e.key === 'parley.session' && restore(kept)?.token !== session.token) location.reload();
    };
    window.addEventListener('online', again);
    document.addEventListener('visibilitychange', visible);
    window.addEventListener('pointerdown', wake, { once: true });
    window.addEventListener('keydown', wake, { once: true });
    window.addEventListener('storage', other);
    return () => {
      off();
      live.stop();
      window.removeEventListener('online', again);
      document.removeEventListener('visibilitychange', visible);
      window.removeEventListener('pointerdown', wake);
      window.removeEventListener('keydown', wake);
      window.removeEventListener('storage', other);
    };
  }, [live, leave, session.token]);

  // A one-time link opened in a browser that is signed in already.
  if (hash.startsWith('#link=')) return <Navigate to={`/login${hash}`} replace />;
  return (
    <LiveProvider value={live}>
      <Routes>
        <Route element={<Shell leave={leave} />}>
          <Route path="/work" element={<Work leave={leave} />} />
          <Route path="/c/:number" element={<Work leave={leave} />} />
          <Route path="/queues/:id" element={<QueuePage />} />
          <Route path="/wall" element={session.agent.role === 'agent' ? <Navigate to="/work" replace /> : <Wall />} />
          <Route path="/me" element={<MePage leave={leave} />} />
          <Route path="*" element={<Navigate to={home(session.agent.role)} replace />} />
        </Route>
      </Routes>
    </LiveProvider>
  );
}
