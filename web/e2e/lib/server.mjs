// A demo centre as a child process: the same command a user types.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Starts `parley demo` and resolves with what --json printed, once it serves. */
export async function startDemo({ data, port = 0, args = [] } = {}) {
  const own = data === undefined;
  const folder = data ?? mkdtempSync(join(tmpdir(), 'parley-demo-'));
  const child = spawn(
    process.env.PARLEY_BINARY,
    ['demo', '--json', '--data', folder, '--port', String(port), '--ops-port', '0', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  child.stderr.on('data', (chunk) => (log = (log + chunk).slice(-20_000)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const info = await new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
      try {
        resolve(JSON.parse(out));
      } catch {
        // not whole yet
      }
    });
    ended.then((code) => reject(new Error(`parley demo ended with ${code}:\n${log}`)));
  });
  return {
    ...info,
    folder,
    base: new URL(info.shop_url).origin,
    log: () => log,
    /** Ends it as a power cut would. */
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      if (own) rmSync(folder, { recursive: true, force: true });
    },
  };
}
