import { expect, test } from 'vitest';
import loader from '../dist/widget.js?raw';

// People put this line on every page they have; they look at its weight first.
test('the loader stays within 3 KB gzip', async () => {
  const zipped = await new Response(new Blob([loader]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
  expect(zipped.byteLength).toBeLessThanOrEqual(3 * 1024);
});

test('the frame stays within 40 KB gzip, style and code', async () => {
  const files = import.meta.glob('../dist/widget/**/*.{js,css,html}', { query: '?raw', import: 'default', eager: true }) as Record<string, string>;
  let sum = 0;
  for (const text of Object.values(files)) {
    sum += (await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer()).byteLength;
  }
  expect(Object.keys(files).length).toBeGreaterThan(2);
  expect(sum).toBeLessThanOrEqual(40 * 1024);
});
