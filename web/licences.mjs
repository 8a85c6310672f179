// Writes THIRD_PARTY: the licence of every package whose code, font or icon can end up in dist/, read from the lock and
// from what is installed. Build and test tools are not in it: they ship nothing.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const { packages } = JSON.parse(readFileSync(join(here, 'package-lock.json'), 'utf8'));

/** Where node finds `name` from the package at `from`. */
function resolve(from, name) {
  for (let at = from; ; at = at.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const path = `${at ? `${at}/` : ''}node_modules/${name}`;
    if (packages[path]) return path;
    if (!at) return null;
  }
}

const seen = new Set();
function walk(from, names) {
  for (const name of names) {
    const path = resolve(from, name);
    if (!path || seen.has(path)) continue;
    seen.add(path);
    walk(path, Object.keys(packages[path].dependencies ?? {}));
  }
}
walk('', Object.keys(packages[''].dependencies));

const texts = new Map();
for (const path of [...seen].filter((p) => !p.includes('/@types/')).sort()) {
  const folder = join(here, path);
  const file = existsSync(folder) && readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  const text = file ? readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim() : `Licence: ${packages[path].license ?? 'not stated'}`;
  const name = `${path.replace(/^.*node_modules\//, '')} ${packages[path].version} (${packages[path].license ?? 'see below'})`;
  texts.set(text, [...(texts.get(text) ?? []), name]);
}
let out = 'Third-party software in the pages that parley serves (web/dist).\nMade by `npm run licences` from package-lock.json; not edited by hand.\n';
for (const [text, names] of texts) out += `\n${'-'.repeat(80)}\n${names.join('\n')}\n\n${text}\n`;
writeFileSync(join(here, 'THIRD_PARTY'), out);
console.log(`THIRD_PARTY: ${seen.size} packages, ${texts.size} texts`);
