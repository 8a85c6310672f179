// Writes client/codes.ts: what a client does about each code of gateway/protocol/codes.go. A test compares the two.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const go = readFileSync(join(here, '../gateway/protocol/codes.go'), 'utf8');
const names = Object.fromEntries([...go.matchAll(/^\t(\w+)\s+= "(\w+)"$/gm)].map((m) => [m[1], m[2]]));
const does = { Fix: 'fix', Retry: 'retry', SignIn: 'sign_in', Stop: 'stop' };
const rows = [...go.matchAll(/^\t\{(?:(\w+)|"(\w+)"), http\.\w+, (\w+),/gm)].map((m) => [m[2] ?? names[m[1]], does[m[3]]]);
// Codes that end it are left out: that is what an unknown code means, too.
const lines = rows.filter(([, what]) => what !== 'stop').sort().map(([code, what]) => `  ${code}: '${what}',\n`);
writeFileSync(
  join(here, 'client/codes.ts'),
  `import type { Do } from './errors';\n\n/** What to do about a code; one that is not here ends it. Made by \`npm run codes\` from gateway/protocol/codes.go. */\nexport const CODES: Record<string, Do> = {\n${lines.join('')}};\n`,
);
console.log(`${rows.length} codes, ${lines.length} with something to do`);
