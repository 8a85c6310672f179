import { Emitter } from '@parley/client';
import type { FromFrame, ToFrame } from '../loader/messages';

export interface Mode {
  open: boolean;
  phone: boolean;
  theme: string;
  page: string;
}

/**
 * The page around the frame. Only its loader talks to us, by postMessage; alone in a
 * tab (a link to the chat) the frame is always open.
 */
export class Host extends Emitter<{ mode: Mode }> {
  mode: Mode;
  #window: Window;
  /** Origin of the page; unknown until its loader has spoken. */
  #origin = '';

  constructor(self: Window) {
    super();
    this.#window = self;
    this.mode = { open: !this.framed, phone: false, theme: 'auto', page: '' };
    self.addEventListener('message', (event: MessageEvent) => {
      const data = event.data as ToFrame | null;
      if (event.source !== self.parent || data?.parley !== 'mode') return;
      this.#origin = event.origin;
      this.mode = {
        open: data.open === true,
        phone: data.phone === true,
        theme: String(data.theme),
        page: typeof data.page === 'string' ? data.page : '',
      };
      this.emit('mode', this.mode);
    });
  }

  get framed(): boolean {
    return this.#window.parent !== this.#window;
  }

  /** The frame listens; the loader answers with the mode. */
  ready(): void {
    // Says nothing but that we are here, so the unknown origin does not matter.
    if (this.framed) this.#window.parent.postMessage({ parley: 'ready' } satisfies FromFrame, '*');
  }

  say(message: FromFrame): void {
    if (this.framed && this.#origin) this.#window.parent.postMessage(message, this.#origin);
  }

  close(): void {
    this.say({ parley: 'close' });
  }
}
