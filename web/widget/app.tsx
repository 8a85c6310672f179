import { NEW } from '@parley/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { bright } from '../kit/contrast';
import { Form } from './form';
import { Head } from './head';
import type { Host } from './host';
import { useChanges } from './hooks';
import { List } from './list';
import { inLine } from './format';
import { Refused } from './refused';
import type { Session } from './session';
import { Strip } from './strip';
import { Talk } from './talk';

/** Nothing is drawn for this long: a fast connection shows no skeleton at all. */
const PATIENCE_MS = 150;
/** --b-brand of kit/tokens.css. */
const OWN = '#0b6c80';
/** A place in the queue is spoken at most this often. */
const SPOKEN_MS = 15_000;

interface Props {
  session: Session;
  host: Host;
}

export function App({ session, host }: Props) {
  useChanges(session);
  useTheme(session, host);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => event.key === 'Escape' && host.close();
    const looked = () => session.looked();
    const awake = () => document.visibilityState === 'visible' && session.connection.probe();
    document.addEventListener('keydown', keys);
    document.addEventListener('visibilitychange', looked);
    document.addEventListener('visibilitychange', awake);
    window.addEventListener('online', awake);
    return () => {
      document.removeEventListener('keydown', keys);
      document.removeEventListener('visibilitychange', looked);
      document.removeEventListener('visibilitychange', awake);
      window.removeEventListener('online', awake);
    };
  }, []);
  const name = session.inbox?.centre ?? 'us';
  return (
    <div class={host.mode.phone ? 'w phone' : 'w'} role="dialog" aria-modal={host.mode.phone} aria-label={`Chat with ${name}`}>
      <Screen session={session} host={host} />
      <Spoken session={session} />
    </div>
  );
}

function Screen({ session, host }: Props) {
  const { state, inbox, current, convs } = session;
  const title = inbox?.centre ?? 'Chat';
  const close = () => host.close();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);

  if (state.kind === 'stopped') {
    return (
      <>
        <Head title={title} close={close} />
        <Refused error={state.error} again={() => session.connection.start()} />
      </>
    );
  }
  const begun = current === NEW && session.outbox.of(NEW).length > 0;
  if (session.conv || begun) {
    return <Talk session={session} back={convs.length > 1 ? () => session.show(null) : undefined} />;
  }
  if (!inbox) {
    return (
      <>
        <Head title={title} sub={late ? 'Connecting' : ' '} close={close} />
        <Strip session={session} />
        <div class="pad skel" aria-hidden="true">
          {late && [1, 2, 3].map((n) => <i key={n} />)}
        </div>
      </>
    );
  }
  if (current === null && convs.length > 0) {
    return (
      <>
        <Head title="Your conversations" sub={title} close={close} />
        <Strip session={session} />
        <List session={session} />
      </>
    );
  }
  return (
    <>
      <Head title={title} sub={inbox.name === title ? undefined : inbox.name} close={close} back={convs.length > 0 ? () => session.show(null) : undefined} />
      <Strip session={session} />
      <Form session={session} />
    </>
  );
}

/** The one place that speaks: new lines of the other side, what happened, and, seldom, the place in the queue. */
function Spoken({ session }: { session: Session }) {
  const [words, setWords] = useState('');
  const last = useRef({ position: 0, at: 0 });
  useEffect(() => session.on('say', setWords), [session]);
  const position = session.place?.shown ?? 0;
  useEffect(() => {
    const due = Date.now() - last.current.at >= SPOKEN_MS;
    if (position === 0 || position === last.current.position || !due) return;
    last.current = { position, at: Date.now() };
    setWords(inLine(position));
  });
  return (
    <p class="vh" role="status">
      {words}
    </p>
  );
}

/** Scheme by the page or by the device, colour by the inbox. */
function useTheme(session: Session, host: Host): void {
  const wanted = new URLSearchParams(location.search).get('theme') ?? host.mode.theme;
  const brand = session.inbox?.brand;
  useEffect(() => host.on('mode', () => session.emit('change', null)), []);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const apply = () => {
      document.documentElement.dataset.theme = wanted === 'auto' ? (dark.matches ? 'dark' : 'light') : wanted;
    };
    apply();
    dark.addEventListener('change', apply);
    return () => dark.removeEventListener('change', apply);
  }, [wanted]);
  useEffect(() => {
    // The product's own colour has a shade for dark already.
    if (!brand || !/^#[0-9a-f]{6}$/iu.test(brand) || brand.toLowerCase() === OWN) return;
    document.documentElement.style.setProperty('--b-brand', brand);
    document.documentElement.style.setProperty('--b-brand-ink', bright(brand) ? '#121a1c' : '#ffffff');
  }, [brand]);
}
