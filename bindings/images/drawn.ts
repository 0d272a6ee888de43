// Images that a browser has: elements, canvases, bitmaps, frames and files. Their pixels are read at their own size.

import type { DrawableImage, EncodedImage } from "../engine/globals.js";
import { kindOf } from "../values/options.js";
import type { ImagePixels } from "./pixels.js";

/** Most pixels that are read, 2²⁴, as Safari on phones draws nothing on larger canvases. As a power it would stay in bundles. */
const largest = 16_777_216;

const closed = "It was closed or transferred; read it before.";
const sized = "Give it a width and a height.";

/** Beginning of the names of width and height, and what to do if they are 0. */
const kinds: Readonly<Record<string, readonly [prefix: string, advice: string]>> = {
  HTMLCanvasElement: ["", sized],
  OffscreenCanvas: ["", sized],
  ImageBitmap: ["", closed],
  VideoFrame: ["display", closed],
  HTMLImageElement: ["natural", "It is not loaded, or is no image; await its decode()."],
  HTMLVideoElement: ["video", "It has no frame yet; wait for its event loadeddata."],
};

/** True for what a canvas can draw. @internal */
export function isDrawable(source: unknown): source is DrawableImage {
  return Object.hasOwn(kinds, kindOf(source));
}

/** True for files, encoded images. @internal */
export function isEncoded(source: unknown): source is EncodedImage {
  return ["Blob", "File"].includes(kindOf(source));
}

/** Width and height; 0 of an image that is being loaded and of a video without a frame, which would draw nothing. */
function extentsOf(source: object, prefix: string): readonly [width: number, height: number] {
  const { complete, readyState } = source as { complete?: boolean; readyState?: number };
  if (complete === false || (readyState !== undefined && readyState < 2)) return [0, 0];
  const extents = source as Readonly<Record<string, number>>;
  const named = (word: string): number => extents[prefix ? prefix + word : word.toLowerCase()] as number;
  return [named("Width"), named("Height")];
}

/** Pixels of what a canvas can draw. @internal */
export function pixelsOf(name: string, source: DrawableImage): ImagePixels {
  const [prefix, advice] = kinds[kindOf(source)] as readonly [string, string];
  const [width, height] = extentsOf(source as object, prefix);
  if (!(width > 0 && height > 0)) throw new RangeError(`${name} has no pixels: got ${width} × ${height}. ${advice}`);
  if (typeof OffscreenCanvas === "undefined")
    throw new TypeError(`${name}: this host has no OffscreenCanvas to draw it. Give its pixels, or decode.`);
  const shrink = Math.min(1, Math.sqrt(largest / (width * height)));
  const [columns, rows] = [width, height].map((extent) => Math.max(1, Math.floor(extent * shrink))) as [number, number];
  try {
    // Pixels are read back, which is slow from the memory of a graphics card.
    const canvas = new OffscreenCanvas(columns, rows);
    const context = canvas.getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
    context.imageSmoothingQuality = "high"; // used only if the size changes
    context.drawImage(source, 0, 0, columns, rows);
    return context.getImageData(0, 0, columns, rows);
  } catch (cause) {
    const { name: kind, message } = cause as Error;
    throw new TypeError(
      kind === "SecurityError"
        ? `${name} holds pixels of another origin, which the browser lets no page read. Set crossOrigin = "anonymous" ` +
            "before src, and let that server send Access-Control-Allow-Origin."
        : `${name} could not be drawn at ${width} × ${height} pixels (${message}). Make it smaller, or give its pixels.`,
      { cause },
    );
  }
}

/** Pixels of a file, as the browser decodes it. @internal */
export async function decoded(name: string, source: EncodedImage): Promise<ImagePixels> {
  if (typeof createImageBitmap === "undefined")
    throw new TypeError(`${name}: this host cannot decode images. Give decode, a function that turns it into pixels.`);
  let bitmap: ImageBitmap;
  try {
    // As the file has them: no color profile is applied, and alpha is not multiplied in.
    bitmap = await createImageBitmap(source, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  } catch (cause) {
    throw new TypeError(
      `${name} is no image that this browser decodes: got ${source.size} bytes of type "${source.type}". ` +
        "Leave it out, or give decode.",
      { cause },
    );
  }
  try {
    return pixelsOf(name, bitmap);
  } finally {
    bitmap.close();
  }
}
