// A real picture, large enough to see, made without a library.
import { crc32, deflateSync } from 'node:zlib';

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** A PNG of a tent in front of hills: width x height, 8 bit RGB. */
export function png(width = 240, height = 160) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const tent = y > height * 0.35 && y < height * 0.85 && Math.abs(x - width / 2) < (y - height * 0.35) * 0.9;
      const hill = y > height * (0.6 + 0.1 * Math.sin((x / width) * 9));
      rows.set(tent ? [214, 120, 44] : hill ? [72, 110, 84] : [168, 204, 220], y * (1 + width * 3) + 1 + x * 3);
    }
  }
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
