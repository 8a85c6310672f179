// Builds the binary once and runs every *.e2e.mjs against it in a real Chromium. The last line counts.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const scratch = mkdtempSync(join(tmpdir(), 'parley-e2e-'));
process.env.PARLEY_BINARY = join(scratch, 'parley');
execFileSync('go', ['build', '-o', process.env.PARLEY_BINARY, './cmd/parley'], { cwd: root, stdio: 'inherit' });

const only = process.argv[2] ?? '';
const files = readdirSync(here)
  .filter((name) => name.endsWith('.e2e.mjs') && name.includes(only))
  .map((name) => join(here, name));
const counts = { passed: 0, failed: 0, skipped: 0 };
const count = (what) => (event) => {
  if (event.details?.type !== 'suite' && event.nesting > 0) counts[what] += 1;
  else if (event.details?.type !== 'suite' && !files.includes(event.name)) counts[what] += 1;
};
// One file after the other: two cores hold one server and one browser.
const stream = run({ files, concurrency: 1, timeout: 600_000 });
stream.on('test:pass', (event) => (event.skip === undefined ? count('passed')(event) : count('skipped')(event)));
stream.on('test:fail', count('failed'));
stream.compose(spec).pipe(process.stdout);
stream.on('end', () => {
  rmSync(scratch, { recursive: true, force: true });
  setTimeout(() => {
    console.log(`browser: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
  }, 100);
});
