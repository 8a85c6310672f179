/**
 * The loader: one plain script on somebody else's page. It draws the launcher and,
 * when that is wanted, the frame with the widget. It knows nothing of conversations;
 * the frame tells it what to show. Everything it draws lives in a shadow root, and is
 * styled by constructed sheets, so that neither the page's styles nor a strict
 * Content-Security-Policy reach it.
 */
import { api } from './api';
import { type FromFrame, type ToFrame, isFromFrame } from './messages';
import { draw } from './view';

const script = document.currentScript as HTMLScriptElement | null;
const key = script?.dataset.key ?? '';
const PHONE = '(max-width: 480px)';

function load(): void {
  if (!script || !key) return console.warn('parley: the script needs data-key');
  const base = new URL('.', script.src);
  const { theme = 'auto', position = 'right', color, title = 'Chat' } = script.dataset;
  const phone = matchMedia(PHONE);
  const kept = recall();
  const emit = api({ open: () => show(true), close: () => show(false), toggle: () => show(!open) });

  let open = false;
  let unread = 0;
  let frame: HTMLIFrameElement | null = null;
  let restore: (() => void) | null = null;

  const view = draw({ left: position === 'left', color: color ?? kept.brand, title, toggle: () => show(!open), near: boot });
  view.paint({ open, unread, phone: phone.matches });

  /** Fetches the app: on the first sign of interest, or at once for somebody with a conversation. */
  function boot(): void {
    if (frame) return;
    const url = new URL('widget/', base);
    url.searchParams.set('key', key);
    frame = view.frame(url.href);
  }

  function show(want: boolean): void {
    if (want === open) return;
    boot();
    open = want;
    restore?.();
    restore = open && phone.matches ? view.coverPage() : null;
    view.paint({ open, unread, phone: phone.matches });
    tell();
    if (open) frame?.focus();
    else view.focusLauncher();
    emit('visibility_changed', { visible: open });
  }

  function tell(): void {
    const message: ToFrame = {
      parley: 'mode',
      open,
      phone: phone.matches,
      theme,
      page: location.href.slice(0, 2000),
    };
    frame?.contentWindow?.postMessage(message, base.origin);
  }

  function hear(message: FromFrame): void {
    if (message.parley === 'ready') {
      tell();
      emit('ready', {});
    } else if (message.parley === 'close') {
      show(false);
    } else if (message.parley === 'unread') {
      unread = message.count;
      view.paint({ open, unread, phone: phone.matches });
      emit('unread', { count: unread });
    } else if (message.parley === 'known') {
      remember({ known: message.known, brand: message.brand });
      if (!color && message.brand) view.tint(message.brand);
    } else if (message.parley === 'event') {
      emit(message.type, message.data);
    }
  }

  window.addEventListener('message', (event) => {
    if (frame && event.source === frame.contentWindow && event.origin === base.origin && isFromFrame(event.data)) hear(event.data);
  });
  phone.addEventListener('change', () => {
    view.paint({ open, unread, phone: phone.matches });
    tell();
  });
  if (kept.known) boot();
}

/** What helps the next page: does this visitor have a conversation, and which colour has the launcher? */
interface Kept {
  known?: boolean;
  brand?: string;
}

const PLACE = `parley:${key}`;

function recall(): Kept {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? '{}') as Kept;
  } catch {
    return {};
  }
}

function remember(kept: Kept): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(kept));
  } catch {
    // A page that may keep nothing boots the frame on the first click instead.
  }
}

if (document.body) load();
else addEventListener('DOMContentLoaded', load);
