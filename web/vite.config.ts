import { defineConfig } from 'vitest/config';

// Only for vitest; pages are built by build.mjs. Tests that touch the DOM say
// `// @vitest-environment happy-dom` in their first line.
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: { alias: { '@parley/client': new URL('client/index.ts', import.meta.url).pathname } },
  test: { environment: 'node', include: ['{client,kit,loader,widget,console,demo,shop}/**/*.test.{ts,tsx}'] },
});
