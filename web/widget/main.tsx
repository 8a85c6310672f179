import '../kit/tokens.css';
import '../kit/base.css';
import './widget.css';
import { render } from 'preact';
import { App } from './app';
import { Host } from './host';
import { local } from './local';
import { Session } from './session';

const key = new URLSearchParams(location.search).get('key') ?? '';
const host = new Host(window);
const session = new Session({ key, origin: location.origin + location.pathname.replace(/\/widget\/.*$/, ''), host, store: local() });

render(<App session={session} host={host} />, document.getElementById('root')!);
host.ready();
session.start();
