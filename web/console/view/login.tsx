import { Refusal } from '@parley/client';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Navigate, useLocation, useNavigate, useSearchParams } from 'react-router';
import { home, linkOf, redeem, type Session, signIn } from '../live/session';
import { words } from '../live/words';
import { Icon } from './bits';

/** Redeemed in this page: a second try with the same link could only fail. */
const used = new Map<string, Promise<Session>>();

function once(link: string): Promise<Session> {
  const running = used.get(link) ?? redeem(link);
  used.set(link, running);
  return running;
}

interface Props {
  notice: string;
  session: Session | null;
  enter: (session: Session, to: string | null) => void;
}

/** Sign-in by name and password, or by a one-time link whose secret stands in the fragment. */
export function Login({ notice, session, enter }: Props) {
  const { hash } = useLocation();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const to = inside(search.get('to'));
  const [link] = useState(() => linkOf(hash));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(link !== null);

  useEffect(() => {
    document.title = 'Sign in · parley';
    if (link === null) return;
    // Out of the address and the history before anything else can read it.
    void navigate('/login', { replace: true });
    once(link).then(
      (s) => enter(s, to),
      (error: unknown) => {
        setBusy(false);
        setProblem(words(error));
      },
    );
  }, [link, enter, navigate, to]);

  if (session && link === null) return <Navigate to={to ?? home(session.agent.role)} replace />;
  return (
    <main className="login">
      {busy && link !== null ? (
        <div className="box" role="status"><Title /><p className="meta">Signing you in with your link.</p></div>
      ) : (
        <Form notice={notice} problem={problem} setProblem={setProblem} busy={busy} setBusy={setBusy} enter={(s) => enter(s, to)} />
      )}
    </main>
  );
}

/** Only addresses of this console; anything else could lead elsewhere. */
function inside(to: string | null): string | null {
  return to !== null && to.startsWith('/') && !to.startsWith('//') && !to.startsWith('/\\') ? to : null;
}

function Title() {
  return <h1><Icon name="logo" />Sign in to parley</h1>;
}

interface FormProps {
  notice: string;
  problem: string;
  setProblem: (words: string) => void;
  busy: boolean;
  setBusy: (busy: boolean) => void;
  enter: (session: Session) => void;
}

function Form({ notice, problem, setProblem, busy, setBusy, enter }: FormProps) {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);

  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (login.trim() === '') return void (setProblem('Enter your name'), first.current?.focus());
    if (password === '') return void (setProblem('Enter your password'), second.current?.focus());
    setBusy(true);
    setProblem('');
    try {
      enter(await signIn(login.trim(), password));
    } catch (error) {
      setBusy(false);
      setProblem(words(error));
      if (error instanceof Refusal && error.code === 'wrong_password') second.current?.select();
    }
  };

  return (
    <form onSubmit={(e) => void submit(e)} noValidate>
      <Title />
      {notice !== '' && problem === '' && <div className="bar info" role="status"><Icon name="lock" />{notice}</div>}
      {problem !== '' && <div className="bar bad" role="alert"><Icon name="oct" />{problem}</div>}
      <div>
        <label className="lbl" htmlFor="login">Name</label>
        <input id="login" ref={first} className="in" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus value={login} onChange={(e) => setLogin(e.target.value)} />
      </div>
      <div>
        <label className="lbl" htmlFor="password">Password</label>
        <input id="password" ref={second} className="in" type="password" autoComplete="current-password" value={password} onChange={(e) => setPassword(e.target.value)} />
      </div>
      <button className="btn pri" type="submit" disabled={busy}>{busy ? 'Signing in…' : 'Sign in'}</button>
      <p className="meta">With a one-time link you need neither: open the link in this browser.</p>
    </form>
  );
}
