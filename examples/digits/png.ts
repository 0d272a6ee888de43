/** Grey pictures as PNG files in data URLs. */

import { encode } from "fast-png";

/**
 * greyPng: a PNG of one byte per pixel as a data URL.
 *
 * @param pixels [height, width] grey values, 0 black .. 255 white
 * @example
 * greyPng(Uint8Array.of(0, 255), 2, 1); // "data:image/png;base64,..."
 */
export function greyPng(pixels: Uint8Array, width: number, height: number): string {
  const file = encode({ data: pixels, width, height, channels: 1, depth: 8 }, { zlib: { level: 9 } });
  return `data:image/png;base64,${Buffer.from(file).toString("base64")}`;
}
