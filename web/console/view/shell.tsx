import { useMantineColorScheme, useComputedColorScheme } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link, NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import { groups } from '../live/groups';
import { Icon } from './bits';
import { useLive, useLiveState } from './context';
import { KeySheet, useKey } from './keys';
import { FloatingOffers } from './offer';
import { Presence } from './presence';
import { Toast } from './toast';

/** The frame of every page: side bar on the canvas, work on one sheet. */
export function Shell({ leave }: { leave: (why: string) => void }) {
  const { pathname } = useLocation();
  const work = pathname === '/work' || pathname.startsWith('/c/');
  useTitle(pathname);
  return (
    <div className={`app ${pathname.startsWith('/c/') ? 'in-conv' : ''}`}>
      <Side leave={leave} />
      <main className="sheet"><Outlet /></main>
      <TabBar />
      {!work && <FloatingOffers />}
      <Toast />
      <KeySheet />
    </div>
  );
}

/** The tab says how many things wait: offers and conversations with new lines. */
function useTitle(pathname: string) {
  const offers = useLiveState((s) => s.offers);
  const unread = useLiveState((s) => s.unread);
  const rows = useLiveState((s) => s.rows);
  const self = useLive().session.agent.id;
  const n = offers.filter((o) => o.state === 'open').length + [...unread.keys()].filter((c) => rows.get(c)?.owner?.id === self && rows.get(c)?.status === 'open').length;
  const page = pathname.startsWith('/wall') ? 'Wall' : pathname.startsWith('/queues') ? 'Queue' : pathname.startsWith('/me') ? 'My settings' : 'My work';
  useEffect(() => {
    document.title = `${n > 0 ? `(${n}) ` : ''}${page} · parley`;
  }, [n, page]);
}

function Side({ leave }: { leave: (why: string) => void }) {
  const live = useLive();
  const centre = useLiveState((s) => s.centre);
  const queues = useLiveState((s) => s.queues);
  const role = live.session.agent.role;
  useEffect(() => live.watch('queues'), [live]);
  const list = queues ?? (centre?.queues ?? []).map((q) => ({ ...q, waiting: 0 }));
  return (
    <header className="side">
      <div className="brand"><Icon name="logo" /><span className="grow cut">{centre?.name || 'parley'}</span></div>
      <Presence leave={leave} />
      <nav aria-label="Main">
        <WorkLink />
        {list.length > 0 && <h2 className="over">Queues</h2>}
        {list.map((q) => (
          <NavLink key={q.id} className="nav" to={`/queues/${q.id}`} title={`${q.name}, ${q.waiting} waiting`}>
            <Icon name="stNew" /><span>{q.name}</span><span className="count" aria-label={`${q.waiting} waiting`}>{q.waiting}</span>
          </NavLink>
        ))}
        {role !== 'agent' && (
          <>
            <h2 className="over">Centre</h2>
            <NavLink className="nav" to="/wall" title="Wall"><Icon name="wall" /><span>Wall</span></NavLink>
          </>
        )}
      </nav>
      <Foot />
    </header>
  );
}

function WorkLink() {
  const live = useLive();
  const rows = useLiveState((s) => s.rows);
  const me = useLiveState((s) => s.me);
  const { pathname } = useLocation();
  const all = groups(rows.values(), live.session.agent.id, me);
  const n = (name: string) => all.find((g) => g.name === name)?.rows.length ?? 0;
  const on = pathname === '/work' || pathname.startsWith('/c/');
  return (
    <Link className="nav" to="/work" aria-current={on ? 'page' : undefined} title="My work">
      <Icon name="inbox" /><span>My work</span>
      <span className="count" aria-label={`${n('reply')} need your reply, ${n('reply') + n('customer')} in all`}>{n('reply')}<span className="of"> of {n('reply') + n('customer')}</span></span>
    </Link>
  );
}

function Foot() {
  const net = useLiveState((s) => s.net);
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const openKeys = useKey('?');
  const online = net.kind === 'online';
  return (
    <div className="net">
      <span className={`pz ${online ? 'on' : 'off'}`} />
      <span className="grow">{online ? 'Live' : net.kind === 'stopped' ? 'Stopped' : 'Reconnecting'}</span>
      <button type="button" className="ib sm" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick={openKeys}><Icon name="key" /></button>
      <button type="button" className="ib sm" aria-label={scheme === 'dark' ? 'Switch to light' : 'Switch to dark'} title={scheme === 'dark' ? 'Switch to light' : 'Switch to dark'} onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}>
        <Icon name="moon" />
      </button>
    </div>
  );
}

/** Phone: the places of the side bar, below the thumb. */
function TabBar() {
  const live = useLive();
  const navigate = useNavigate();
  const centre = useLiveState((s) => s.centre);
  const { pathname } = useLocation();
  const [last, setLast] = useState<string | undefined>();
  const queue = last ?? centre?.queues[0]?.id;
  useEffect(() => {
    if (pathname.startsWith('/queues/')) setLast(pathname.slice('/queues/'.length));
  }, [pathname]);
  const on = (start: string) => (pathname.startsWith(start) || (start === '/work' && pathname.startsWith('/c/')) ? 'page' : undefined);
  return (
    <nav className="tabbar" aria-label="Places">
      <Link to="/work" aria-current={on('/work')}><Icon name="inbox" />Work</Link>
      {queue && <Link to={`/queues/${queue}`} aria-current={on('/queues')}><Icon name="stNew" />Queues</Link>}
      {live.session.agent.role !== 'agent' && <NavLink to="/wall"><Icon name="wall" />Wall</NavLink>}
      <button type="button" aria-current={on('/me')} onClick={() => void navigate('/me')}><Icon name="user" />Me</button>
    </nav>
  );
}
