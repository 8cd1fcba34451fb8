/** A small real PNG, for what one chooses on a phone: an avatar, 96 pixels wide, of one colour. */

import { crc32, deflateSync } from 'node:zlib';

const SIDE = 96;
const COLOUR = [15, 107, 87];

export function pictureBytes() {
  const row = Buffer.from([0, ...Array(SIDE).fill(COLOUR).flat()]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIDE, 0);
  head.writeUInt32BE(SIDE, 4);
  head.set([8, 2], 8);
  const body = deflateSync(Buffer.concat(Array(SIDE).fill(row)));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', body),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name, data) {
  const typed = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const whole = Buffer.alloc(typed.length + 8);
  whole.writeUInt32BE(data.length, 0);
  typed.copy(whole, 4);
  whole.writeUInt32BE(crc32(typed), typed.length + 4);
  return whole;
}
