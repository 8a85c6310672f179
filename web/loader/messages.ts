/** What loader and frame say to each other by postMessage. Nothing secret passes here: the page can read all of it. */
export interface ToFrame {
  parley: 'mode';
  open: boolean;
  /** Full screen on a small page; the frame can not tell by its own width. */
  phone: boolean;
  /** light, dark or auto. */
  theme: string;
  /** Address of the page the widget stands on. */
  page: string;
}

export type FromFrame =
  | { parley: 'ready' }
  | { parley: 'close' }
  | { parley: 'unread'; count: number }
  | { parley: 'known'; known: boolean; brand?: string }
  | { parley: 'event'; type: string; data: object };

export function isFromFrame(data: unknown): data is FromFrame {
  return typeof data === 'object' && data !== null && typeof (data as FromFrame).parley === 'string';
}
