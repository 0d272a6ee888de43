// Decoded images: pixels with their size.

import { ShapeError } from "../values/errors.js";
import { has, shown, wrongKind } from "../values/options.js";

/** A decoded image, as decoders return it; `ImageData` is one too. */
export interface ImagePixels {
  /**
   * Rows from the top, pixels from the left, channels of a pixel side by side: gray, gray and alpha, red green blue, or these
   * and alpha, not multiplied by it. Bytes, or 16 bits in a Uint16Array, which become 8 bits as v / 257.
   */
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array;
  /** Whole number above 0. */
  readonly width: number;
  /** Whole number above 0. */
  readonly height: number;
  /** 1 .. 4; by default what data has for each pixel. */
  readonly channels?: number | undefined;
}

/** Pixels that were checked, and their largest value. @internal */
export type CheckedPixels = Required<ImagePixels> & { readonly channels: number; readonly peak: number };

/** True for what has the members of pixels. @internal */
export function isPixels(value: unknown): value is ImagePixels {
  return has(value, "data", "width", "height");
}

const peaks: Readonly<Record<string, number>> = { Uint8Array: 255, Uint8ClampedArray: 255, Uint16Array: 65535 };

/** Checks pixels; `name` says in messages which source they are. @internal */
export function checkPixels(name: string, pixels: ImagePixels): CheckedPixels {
  const { data, width, height, channels: given, palette } = pixels as ImagePixels & { palette?: unknown };
  // The tag, as the array may be of another realm.
  const peak = ArrayBuffer.isView(data) ? peaks[data[Symbol.toStringTag]] : undefined;
  if (peak === undefined)
    throw wrongKind(name, "data", "a Uint8Array, Uint8ClampedArray or Uint16Array of whole pixels", data);
  for (const extent of [width, height])
    if (!Number.isSafeInteger(extent) || extent < 1)
      throw new RangeError(
        `${name}: got ${shown(width)} × ${shown(height)} pixels, expected a width and a height of at least 1. Leave it out.`,
      );
  if (Array.isArray(palette))
    throw new TypeError(
      `${name}: data are indices into a palette, expected colors. Convert them, as with convertIndexedToRgb of fast-png.`,
    );
  const channels = given ?? data.length / (width * height);
  if (![1, 2, 3, 4].includes(channels) || data.length !== width * height * channels)
    throw new ShapeError(
      `${name}: data has ${data.length} elements, but ${width} × ${height} pixels of ${given === undefined ? "1 to 4" : shown(given)} ` +
        "channels need width · height · channels, with channels from 1 to 4. Check width, height and channels.",
    );
  return { data, width, height, channels, peak };
}
