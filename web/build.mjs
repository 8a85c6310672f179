// Builds every page into dist/. Run twice it gives the same bytes: no clock, no
// random, hashed names from content, vendor code in chunks with names of their own
// so that a change of ours leaves them alone.
import { existsSync, mkdirSync, rmSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const dist = process.env.PARLEY_DIST ?? join(here, 'dist');
const only = process.argv.slice(2);

/** Settings every build shares. The JSX runtime is the only thing that differs by page. */
function shared(runtime) {
  return {
    configFile: false,
    logLevel: 'warn',
    mode: 'production',
    resolve: { alias: { '@parley/client': join(here, 'client/index.ts') } },
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', importSource: runtime } },
  };
}

/** One HTML page with its own folder: dist/<name>/index.html and dist/<name>/assets/. */
function page(name, { runtime = 'preact', base = './', groups } = {}) {
  return build({
    ...shared(runtime),
    root: join(here, name),
    base,
    build: {
      outDir: join(dist, name),
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1000,
      rolldownOptions: {
        output: groups ? { codeSplitting: { groups } } : {},
        // Mantine marks every module "use client", which means nothing here.
        onLog: (level, log, next) => log.code === 'MODULE_LEVEL_DIRECTIVE' || next(level, log),
      },
    },
  });
}

/** The loader is one plain script without a hash: its address stands in other people's pages. */
function loader() {
  return build({
    ...shared('preact'),
    root: join(here, 'loader'),
    build: {
      outDir: dist,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'es2019',
      reportCompressedSize: false,
      lib: { entry: join(here, 'loader/main.ts'), formats: ['iife'], name: 'parleyLoader', fileName: () => 'widget.js' },
    },
  });
}

const steps = {
  loader,
  widget: () => page('widget'),
  shop: () => page('shop'),
  demo: () => page('demo'),
  console: () =>
    page('console', {
      runtime: 'react',
      base: '/console/',
      groups: [{ name: 'vendor', test: /node_modules/ }],
    }),
};

function total(dir) {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((f) => f.isFile() && /\.(js|css|html)$/.test(f.name))
    .reduce((sum, f) => sum + gzipSync(readFileSync(join(f.parentPath ?? f.path, f.name))).length, 0);
}

if (only.length === 0) rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
for (const [name, run] of Object.entries(steps)) {
  if (only.length > 0 && !only.includes(name)) continue;
  if (!existsSync(join(here, name))) continue;
  await run();
  const bytes = name === 'loader' ? gzipSync(readFileSync(join(dist, 'widget.js'))).length : total(join(dist, name));
  console.log(`${name.padEnd(8)} ${(bytes / 1024).toFixed(1)} KB gzip`);
}
