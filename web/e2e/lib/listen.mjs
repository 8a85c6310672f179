// What a page hears: every text frame of its sockets, and every dialog a text managed to open.

/** How long a person waits for the page; long, because a busy machine is not what is tested. */
export const PATIENCE_MS = 20_000;

/** Adds `frames` (parsed, in order), `raw` (as they came) and `ran` (words of dialogs) to a person. */
export function listen(one) {
  const frames = [];
  const raw = [];
  const ran = [];
  one.page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      raw.push(String(payload));
      try {
        frames.push(JSON.parse(payload));
      } catch {
        // a cut in the middle of a frame
      }
    }),
  );
  one.page.on('dialog', (dialog) => {
    ran.push(dialog.message());
    void dialog.dismiss();
  });
  /** Bodies of the events or pushes of one kind, in the order they came. */
  const heard = (ev) => frames.filter((f) => f.ev === ev).map((f) => f.body);
  return Object.assign(one, { frames, raw, ran, heard });
}

/** Waits until check answers something true; what says what was missing. */
export async function until(check, what, ms = PATIENCE_MS) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await check();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
