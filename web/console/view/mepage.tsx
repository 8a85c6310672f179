import { useMantineColorScheme } from '@mantine/core';
import { useState } from 'react';
import { useLive } from './context';
import { signOut } from './presence';

/** One's own settings, as far as there are any. */
export function MePage({ leave }: { leave: (why: string) => void }) {
  const live = useLive();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [muted, setMuted] = useState(live.bell.muted);
  const scheme = (value: 'auto' | 'light' | 'dark', name: string) => (
    <button type="button" aria-pressed={colorScheme === value} onClick={() => setColorScheme(value)}>{name}</button>
  );
  const mute = (off: boolean) => {
    live.mute(off);
    setMuted(off);
  };
  return (
    <>
      <div className="top"><h1>My settings</h1></div>
      <div className="page">
        <section className="card">
          <h2>Look</h2>
          <div className="setting"><span>Colours</span><div className="seg" role="group" aria-label="Colours">{scheme('auto', 'As the device')}{scheme('light', 'Light')}{scheme('dark', 'Dark')}</div></div>
        </section>
        <section className="card">
          <h2>Sound</h2>
          <div className="setting">
            <span>Offers ring until they are answered</span>
            <div className="seg" role="group" aria-label="Sound">
              <button type="button" aria-pressed={!muted} onClick={() => mute(false)}>On</button>
              <button type="button" aria-pressed={muted} onClick={() => mute(true)}>Off</button>
            </div>
          </div>
          <div className="setting"><span className="meta">Browsers give sound after the first click or key on this page.</span><button type="button" className="btn sm" disabled={muted} onClick={() => (live.bell.wake(), live.bell.chime())}>Test</button></div>
        </section>
        <section className="card">
          <h2>Account</h2>
          <div className="setting">
            <span>{live.session.agent.name}, {live.session.agent.role}</span>
            <button type="button" className="btn sm" onClick={() => signOut(live, leave)}>Sign out</button>
          </div>
        </section>
      </div>
    </>
  );
}
