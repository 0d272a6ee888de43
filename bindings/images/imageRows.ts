// Images as the rows of a data set.

import type { DrawableImage, EncodedImage } from "../engine/globals.js";
import type { NDArray } from "../values/arrays.js";
import { MemoryError } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions, has, kindOf, shown, wrongKind } from "../values/options.js";
import { decoded, isDrawable, isEncoded, pixelsOf } from "./drawn.js";
import { checkPixels, type ImagePixels, isPixels } from "./pixels.js";
import { type ImageFit, type RowForm, resample } from "./resample.js";

/** Options of `imageRows` and `imageRowsSync`. */
export interface ImageRowsOptions {
  /** Size of every row in pixels, whole numbers above 0: [height, width], or one number for both. */
  readonly size: number | readonly [height: number, width: number];
  /** 1 for gray, 3 (default) for red, green and blue, 4 for these and alpha. */
  readonly channels?: 1 | 3 | 4;
  /**
   * Treatment of images of other proportions: "cover" (default) uses the middle of the image and cuts off the rest,
   * "contain" uses all of it, with bars of the background beside it, "stretch" changes its proportions.
   */
  readonly fit?: ImageFit;
  /**
   * Color of bars, and behind pixels that are not opaque if rows have no alpha: a number for gray or [red, green, blue],
   * each 0 .. 255; default 255, white.
   */
  readonly background?: number | readonly [red: number, green: number, blue: number];
}

/** Option of `imageRows` for sources that it does not know. */
export interface ImageDecoding<Source> {
  /** Returns the pixels of a source, or a promise of them. It is called for every source that is not pixels, one at a time. */
  readonly decode: (source: Source) => ImagePixels | PromiseLike<ImagePixels>;
}

/** Image whose pixels can be read at once. */
export type ReadableImage = ImagePixels | DrawableImage;
/** Image that a page or a worker can read. */
export type ImageSource = ReadableImage | EncodedImage;

/**
 * Images of any kind and size as rows [images, height, width, channels] of bytes, the inputs of a data set. Images are
 * resized by the mean over the area of a new pixel along an axis that shrinks, and linearly along one that grows; gray is
 * 0.299 red + 0.587 green + 0.114 blue; each number is rounded once. Equal pixels give equal rows in every host.
 *
 * @param sources  array, FileList or other list of at least one image: `{ data, width, height, channels }` as decoders return
 *   it, `ImageData`, and in a page or a worker canvases, images, videos with their current frame, `ImageBitmap`, `VideoFrame`,
 *   `Blob` and `File`. With `decode` in `options`, anything that it accepts
 * @param options  size, channels, fit, background, decode
 * @throws TypeError  a source is of no known kind, cannot be decoded, or is of another origin
 * @throws RangeError  an option is out of range, or a source has no pixels yet
 * @throws ShapeError  pixels and their size do not fit together
 * @throws MemoryError  the rows do not fit into memory
 * @example
 * const picture = { data: Uint8Array.of(0, 100, 200, 100), width: 4, height: 1, channels: 1 };
 * await imageRows([picture], { size: [1, 2], channels: 1, fit: "stretch" }); // { data: [50, 150], shape: [1, 1, 2, 1] }
 * @see ITU-R, *Recommendation BT.601-7*, 2011, sec. 2.5.1 (gray)
 */
export function imageRows(sources: Iterable<ImageSource>, options: ImageRowsOptions): Promise<NDArray<Uint8Array>>;
export function imageRows<Source>(
  sources: Iterable<Source | ImagePixels>,
  options: ImageRowsOptions & ImageDecoding<Source>,
): Promise<NDArray<Uint8Array>>;
export async function imageRows(
  sources: Iterable<unknown>,
  options: ImageRowsOptions & Partial<ImageDecoding<never>>,
): Promise<NDArray<Uint8Array>> {
  const where = "imageRows";
  checkOptions(where, options, [...optionNames, "decode"]);
  const { decode } = options;
  if (decode !== undefined && typeof decode !== "function")
    throw wrongKind(where, "decode", "a function that returns { data, width, height, channels }", decode);
  const rows = new Rows(where, sources, options);
  if (!decode) rows.check((source) => isDrawable(source) || isEncoded(source), browserKinds);
  for (const [k, source] of rows.sources.entries()) {
    const name = rows.nameOf(k);
    if (isPixels(source)) rows.write(k, source);
    else if (decode) rows.write(k, await decodedBy(name, decode, source));
    else if (isEncoded(source)) rows.write(k, await decoded(name, source));
    else {
      if (kindOf(source) === "HTMLImageElement") await (source as HTMLImageElement).decode().catch(() => {});
      rows.write(k, pixelsOf(name, source as DrawableImage));
    }
  }
  return rows.result;
}

/**
 * `imageRows` without a promise, for images whose pixels can be read at once: a drawing at every stroke, frames of a video.
 *
 * @param sources  list of at least one image, as for `imageRows`, but no `Blob` or `File`, and images that are loaded
 * @param options  size, channels, fit, background
 * @throws TypeError, RangeError, ShapeError, MemoryError  as `imageRows`
 * @example
 * const picture = { data: Uint8Array.of(10, 20, 30), width: 1, height: 1 };
 * imageRowsSync([picture], { size: [1, 1], channels: 1 }); // { data: [18], shape: [1, 1, 1, 1] }
 */
export function imageRowsSync(sources: Iterable<ReadableImage>, options: ImageRowsOptions): NDArray<Uint8Array> {
  const where = "imageRowsSync";
  checkOptions(where, options, optionNames);
  const rows = new Rows(where, sources, options);
  rows.check(isDrawable, "a canvas, image, video, VideoFrame or ImageBitmap. For files, await imageRows");
  for (const [k, source] of rows.sources.entries())
    rows.write(k, isPixels(source) ? source : pixelsOf(rows.nameOf(k), source as DrawableImage));
  return rows.result;
}

const optionNames = ["size", "channels", "fit", "background"];
const browserKinds =
  "in a page or a worker a canvas, image, video, VideoFrame, ImageBitmap, Blob or File. Give decode for other sources";

/** Calls the user's decoder. */
async function decodedBy(
  name: string,
  decode: (source: never) => ImagePixels | PromiseLike<ImagePixels>,
  source: unknown,
): Promise<ImagePixels> {
  let pixels: ImagePixels;
  try {
    pixels = await decode(source as never);
  } catch (cause) {
    const reason = shown(has(cause, "message") ? (cause as Error).message : cause);
    throw new TypeError(`${name}: decode threw ${reason}. Leave it out, or correct decode.`, { cause });
  }
  if (isPixels(pixels)) return pixels;
  throw wrongKind(name, "the result of decode", "{ data, width, height, channels }", pixels);
}

/** Rows that are being made of sources. */
class Rows {
  readonly sources: readonly unknown[];
  readonly result: NDArray<Uint8Array>;
  readonly #where: string;
  readonly #form: RowForm;
  readonly #length: number;

  constructor(where: string, sources: Iterable<unknown>, options: ImageRowsOptions) {
    this.#where = where;
    this.#form = formOf(where, options);
    if (!isList(sources)) throw wrongKind(where, "sources", "an array of images", sources, "[image]");
    this.sources = [...sources];
    const count = this.sources.length;
    if (count === 0) throw new RangeError(`${where}: sources is empty, expected at least one image. Add one.`);
    const { height, width, channels } = this.#form;
    this.#length = height * width * channels;
    try {
      const data = new Uint8Array(count * this.#length);
      this.result = { data, shape: [count, height, width, channels] };
    } catch (cause) {
      throw new MemoryError(
        `${where}: ${count} rows of ${height} × ${width} × ${channels} bytes are more than fits into memory. Lower size, or ` +
          "give fewer images at a time.",
        { cause },
      );
    }
  }

  /** Name of source k in messages. */
  nameOf(k: number): string {
    return `${this.#where}: source ${k} (${kindOf(this.sources[k])})`;
  }

  /** Checks that every source is pixels or of a known kind, before the first is read. */
  check(isKnown: (source: unknown) => boolean, known: string): void {
    for (const [k, source] of this.sources.entries())
      if (!isPixels(source) && !isKnown(source))
        throw new TypeError(`${this.nameOf(k)} is no image: expected { data, width, height, channels }, or ${known}.`);
  }

  write(k: number, pixels: ImagePixels): void {
    const row = this.result.data.subarray(k * this.#length, (k + 1) * this.#length);
    resample(checkPixels(this.nameOf(k), pixels), this.#form, row);
  }
}

/** True for what lists images: not for a text or a typed array, which lists letters or numbers. */
function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value && !ArrayBuffer.isView(value);
}

function formOf(where: string, options: ImageRowsOptions): RowForm {
  const { size, channels = 3, fit = "cover", background = 255 } = options;
  const pair = typeof size === "number" ? [size, size] : size;
  if (!Array.isArray(pair) || pair.length !== 2)
    throw wrongKind(where, "size", "a number or [height, width]", size, "[28, 28]");
  const [height, width] = pair.map((extent) =>
    checkNumber(where, "size", extent, { min: 1, max: 65535, integer: true }),
  );
  if (![1, 3, 4].includes(channels))
    throw new RangeError(
      `${where}: channels must be 1 (gray), 3 (color) or 4 (color and alpha), got ${shown(channels)}.`,
    );
  checkChoice(where, "fit", fit, ["cover", "contain", "stretch"]);
  const color = Array.isArray(background) ? background : [background, background, background];
  if (color.length !== 3) throw wrongKind(where, "background", "a number or [red, green, blue]", background);
  for (const value of color) checkNumber(where, "background", value, { min: 0, max: 255 });
  return { height: height as number, width: width as number, channels, fit, background: [...color] };
}
