// Images of any size as rows of one size. All weights are whole numbers and each result is divided and rounded once, so that
// equal pixels give equal bytes in every host.

import type { CheckedPixels } from "./pixels.js";

/** Fit of an image into a row of another aspect ratio: cut off, surrounded by background, or stretched. */
export type ImageFit = "cover" | "contain" | "stretch";

/** Form of the rows. @internal */
export interface RowForm {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
  readonly fit: ImageFit;
  /** Red, green, blue, 0 .. 255. */
  readonly background: readonly number[];
}

/** Part `start` .. `start + length` of an axis. */
interface Span {
  readonly start: number;
  readonly length: number;
}

const centered = (whole: number, length: number): Span => {
  const rounded = Math.max(1, Math.round(length));
  return { start: Math.floor((whole - rounded) / 2), length: rounded };
};

/** Along one axis, the part of an image that is used, and the part of a row that it fills; `across` is the other axis. */
function spansOf(fit: ImageFit, image: number, row: number, across: { image: number; row: number }) {
  return {
    used: centered(image, fit === "cover" ? Math.min(image, (across.image * row) / across.row) : image),
    filled: centered(row, fit === "contain" ? Math.min(row, (across.row * image) / across.image) : row),
  };
}

/** Weights of the elements from `first` on in one result. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * Taps of each of `count` results over a span, and the sum of their weights: mean over the area of a result where it is
 * not smaller than an element, in units of 1/count of one; else linear between the two elements around its center, which
 * lies at (j + ½) length / count − ½ and stays inside, in units of 1/(2 count).
 */
function tapsOf({ start, length }: Span, count: number): { taps: Taps[]; total: number } {
  if (length >= count) {
    const taps = Array.from({ length: count }, (_, j) => {
      const [from, to] = [j * length, (j + 1) * length];
      const first = Math.floor(from / count);
      const weights = Array.from({ length: Math.ceil(to / count) - first }, (_, i) => {
        const element = (first + i) * count;
        return Math.min(to, element + count) - Math.max(from, element);
      });
      return { first: start + first, weights };
    });
    return { taps, total: length };
  }
  const unit = 2 * count;
  const taps = Array.from({ length: count }, (_, j) => {
    const center = Math.min(Math.max((2 * j + 1) * length - count, 0), (length - 1) * unit);
    const first = Math.floor(center / unit);
    const share = center - first * unit;
    return { first: start + first, weights: share === 0 ? [unit] : [unit - share, share] };
  });
  return { taps, total: unit };
}

/** Sums of red, green and blue, each times alpha, and of alpha, over rows of an image: [width, 4], added to `sums`. */
function addRows(
  { data, width, channels, peak }: CheckedPixels,
  { first, weights }: Taps,
  span: Span,
  sums: Float64Array,
) {
  const alpha = channels % 2 === 0 ? channels - 1 : -1;
  const green = channels > 2 ? 1 : 0;
  for (const [k, weight] of weights.entries()) {
    let pixel = ((first + k) * width + span.start) * channels;
    for (let at = 0; at < 4 * span.length; at += 4) {
      const opacity = weight * (alpha < 0 ? peak : (data[pixel + alpha] as number));
      sums[at] = (sums[at] as number) + opacity * (data[pixel] as number);
      sums[at + 1] = (sums[at + 1] as number) + opacity * (data[pixel + green] as number);
      sums[at + 2] = (sums[at + 2] as number) + opacity * (data[pixel + 2 * green] as number);
      sums[at + 3] = (sums[at + 3] as number) + opacity;
      pixel += channels;
    }
  }
}

/** Gray of a color, 0.299 r + 0.587 g + 0.114 b (ITU-R BT.601), times 1000: whole weights, with which gray stays as it is. */
const grayOf = (red: number, green: number, blue: number): number => 299 * red + 587 * green + 114 * blue;

/**
 * Writes an image into one row [height, width, channels]. Colors are averaged with their alpha as weight; they are laid over
 * the background if the row has no alpha.
 * @internal
 */
export function resample(image: CheckedPixels, form: RowForm, row: Uint8Array): void {
  const { fit, channels, background } = form;
  const down = spansOf(fit, image.height, form.height, { image: image.width, row: form.width });
  const right = spansOf(fit, image.width, form.width, { image: image.height, row: form.height });
  const vertical = tapsOf(down.used, down.filled.length);
  const horizontal = tapsOf({ start: 0, length: right.used.length }, right.filled.length);
  const { peak } = image;
  const weight = vertical.total * horizontal.total;
  const scale = peak / 255;
  const sums = new Float64Array(4 * right.used.length);
  const [red, green, blue] = background.map((value) => value * scale) as [number, number, number];
  paint(row, form);
  for (const [p, rows] of vertical.taps.entries()) {
    sums.fill(0);
    addRows(image, rows, right.used, sums);
    let at = ((down.filled.start + p) * form.width + right.filled.start) * channels;
    for (const { first, weights } of horizontal.taps) {
      let r = 0;
      let g = 0;
      let b = 0;
      let a = 0;
      for (let k = 0; k < weights.length; k++) {
        const tap = weights[k] as number;
        const sum = 4 * (first + k);
        r += tap * (sums[sum] as number);
        g += tap * (sums[sum + 1] as number);
        b += tap * (sums[sum + 2] as number);
        a += tap * (sums[sum + 3] as number);
      }
      const rest = channels === 4 ? 0 : weight * peak - a;
      r += rest * red;
      g += rest * green;
      b += rest * blue;
      const divisor = scale * (channels === 4 ? a || 1 : weight * peak);
      if (channels === 1) row[at] = Math.round(grayOf(r, g, b) / (1000 * divisor));
      else {
        row[at] = Math.round(r / divisor);
        row[at + 1] = Math.round(g / divisor);
        row[at + 2] = Math.round(b / divisor);
        if (channels === 4) row[at + 3] = Math.round(a / (weight * scale));
      }
      at += channels;
    }
  }
}

/** Fills a row with the background, opaque. */
function paint(row: Uint8Array, { channels, background }: RowForm): void {
  const [red, green, blue] = background as [number, number, number];
  const pixel = channels === 1 ? [grayOf(red, green, blue) / 1000] : [red, green, blue, 255].slice(0, channels);
  for (let k = 0; k < row.length; k++) row[k] = Math.round(pixel[k % channels] as number);
}
