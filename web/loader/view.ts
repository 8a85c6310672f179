import { bright } from '../kit/contrast';
import { cdown, logo } from '../kit/icons';

interface Look {
  left: boolean;
  /** Colour of the launcher, #rrggbb; the product's own when undefined. */
  color?: string;
  /** What the chat is called to screen readers. */
  title: string;
  toggle: () => void;
  /** The pointer or the focus comes near: the app may be fetched. */
  near: () => void;
}

interface Shown {
  open: boolean;
  unread: number;
  phone: boolean;
}

// Values of kit/tokens.css; the page's root does not have them.
const SHEET = `
:host{all:initial;--b:#0b6c80;--on:#fff}
:host([hidden]){display:none}
button{position:fixed;bottom:24px;right:24px;z-index:2147483001;width:60px;height:60px;padding:0;border:0;border-radius:50%;background:var(--b);color:var(--on);--logo-dot:var(--b);display:grid;place-items:center;cursor:pointer;box-shadow:0 4px 16px rgb(0 40 50/.28)}
button:focus-visible{outline:2px solid #0b7f97;outline-offset:3px;box-shadow:0 0 0 3px #fff,0 4px 16px rgb(0 40 50/.28)}
svg{width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
span{position:absolute;top:-2px;right:-2px;min-width:18px;height:18px;padding:0 5px;box-sizing:border-box;border-radius:9px;background:#c32f33;color:#fff;box-shadow:0 0 0 2px #fff;font:600 11px/18px system-ui,sans-serif;text-align:center}
span:empty{display:none}
iframe{position:fixed;bottom:98px;right:24px;z-index:2147483000;width:384px;max-width:calc(100vw - 32px);height:min(640px,calc(100vh - 120px));border:0;border-radius:16px;background:transparent;box-shadow:0 0 0 1px rgb(16 32 36/.12),0 2px 6px rgb(16 32 36/.08),0 16px 40px rgb(16 32 36/.16);color-scheme:normal;visibility:hidden;opacity:0;transform:translateY(8px)}
.open iframe{visibility:visible;opacity:1;transform:none}
.left button,.left iframe{right:auto;left:24px}
.phone iframe{inset:0;width:100%;max-width:none;height:100vh;height:100dvh;border-radius:0;box-shadow:none}
.phone.open button{display:none}
@media(prefers-reduced-motion:no-preference){.open iframe{transition:opacity .18s,transform .18s cubic-bezier(.2,.7,.2,1)}}
@media(prefers-reduced-motion:reduce){iframe{transform:none}}
@media(forced-colors:active){button,iframe{outline:1px solid CanvasText}}
@media print{:host{display:none}}
`;

/** Builds an icon of the kit node by node: pages with trusted types refuse innerHTML. */
function svg(inside: string): Element {
  const make = (name: string, attributes: Iterable<RegExpMatchArray>) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [, key, value] of attributes) element.setAttribute(key!, value!);
    return element;
  };
  const icon = make('svg', 'viewBox="0 0 24 24" aria-hidden="true"'.matchAll(ATTRIBUTE));
  for (const [, attributes] of inside.matchAll(/<path ([^>]*)>/g)) icon.append(make('path', attributes!.matchAll(ATTRIBUTE)));
  return icon;
}

const ATTRIBUTE = /([\w-]+)="([^"]*)"/g;

/** Draws the launcher at the end of the page; nothing of the page moves. */
export function draw(look: Look) {
  const host = document.createElement('div');
  host.id = 'parley';
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(SHEET);
  root.adoptedStyleSheets = [sheet];
  const box = document.createElement('div');
  const button = document.createElement('button');
  const icon = document.createElement('div');
  const badge = document.createElement('span');
  icon.style.display = 'contents';
  button.type = 'button';
  button.setAttribute('aria-haspopup', 'dialog');
  button.append(icon, badge);
  button.addEventListener('click', look.toggle);
  button.addEventListener('pointerenter', look.near, { once: true });
  button.addEventListener('focus', look.near, { once: true });
  box.append(button);
  root.append(box);
  document.body.append(host);

  const tint = (color: string) => {
    if (!/^#[0-9a-f]{6}$/i.test(color)) return;
    host.style.setProperty('--b', color);
    host.style.setProperty('--on', bright(color) ? '#121a1c' : '#fff');
  };
  if (look.color) tint(look.color);

  return {
    tint,
    paint({ open, unread, phone }: Shown): void {
      box.className = [open && 'open', phone && 'phone', look.left && 'left'].filter(Boolean).join(' ');
      const count = unread > 99 ? '99+' : String(unread || '');
      badge.textContent = open ? '' : count;
      icon.replaceChildren(svg(open ? cdown : logo));
      const news = unread > 0 ? `, ${unread} new message${unread > 1 ? 's' : ''}` : '';
      button.setAttribute('aria-label', open ? `Close ${look.title.toLowerCase()}` : `Open ${look.title.toLowerCase()}${news}`);
      button.setAttribute('aria-expanded', String(open));
    },
    /** The frame stands before the launcher, as it is read. */
    frame(src: string): HTMLIFrameElement {
      const frame = document.createElement('iframe');
      frame.title = look.title;
      frame.allow = 'clipboard-write';
      frame.src = src;
      box.prepend(frame);
      return frame;
    },
    focusLauncher: () => button.focus(),
    /** Full screen: the page behind is out of reach until the answer is called. */
    coverPage(): () => void {
      const html = document.documentElement;
      const overflow = html.style.overflow;
      const covered = [...document.body.children].filter((e) => e !== host && !(e as HTMLElement).inert) as HTMLElement[];
      html.style.overflow = 'hidden';
      for (const e of covered) e.inert = true;
      return () => {
        html.style.overflow = overflow;
        for (const e of covered) e.inert = false;
      };
    },
  };
}
