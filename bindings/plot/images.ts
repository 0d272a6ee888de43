// Rows of a matrix as small images: the templates of a linear classifier, or the first weights of a network.

import { largestOf } from "../linalg/powers.js";
import { checkNumber, checkOptions, shown, wrongKind } from "../values/options.js";
import {
  checkSheet,
  checkTexts,
  fillClass,
  heading,
  label,
  lineHeight,
  type PictureOptions,
  pictureOptions,
  round,
  sheetOf,
} from "./sheet.js";

export interface PlotImagesOptions extends PictureOptions {
  /** Rows and columns of an image, each ≥ 1. */
  readonly shape: readonly [number, number];
  /** Caption below each image; default none. */
  readonly names?: readonly string[];
  /** Number of images in a row, ≥ 1; default 5. */
  readonly columns?: number;
}

/** Number of shades on either side of 0. */
const shades = 6;

/**
 * Images of signed numbers as SVG text: positive numbers are blue, negative ones orange, 0 has the background's color.
 * Each image has its own scale, from −max |w| to max |w|.
 *
 * @param images   a list of [rows ⋅ columns] numbers for each image
 * @param options  shape, names, columns, title, description, width, height (default: as high as the images need)
 * @throws TypeError   there is no image, an image is not a list, or a name is not a string
 * @throws RangeError  an image does not have rows ⋅ columns numbers
 * @example
 * const templates = [[1, -1, -1, 1], [-1, 1, 1, -1]];
 * plotImages(templates, { shape: [2, 2], names: ["main", "other"] }).startsWith("<svg"); // true
 */
export function plotImages(images: readonly ArrayLike<number>[], options: PlotImagesOptions): string {
  const where = "plotImages";
  checkOptions(where, options, [...pictureOptions, "shape", "names", "columns"]);
  const { shape, names = [] } = options;
  if (!Array.isArray(images) || images.length === 0)
    throw new TypeError(`${where}: expected a list of images, got ${shown(images)}.`);
  if (!Array.isArray(shape) || shape.length !== 2)
    throw new TypeError(`${where}: shape must be [rows, columns], got ${shown(shape)}.`);
  const [rows, width] = shape.map((extent) => checkNumber(where, "shape", extent, { min: 1, integer: true })) as [
    number,
    number,
  ];
  const columns = checkNumber(where, "columns", options.columns ?? 5, { min: 1, integer: true });
  if (!Array.isArray(names)) throw wrongKind(where, "names", "an array of strings", names);
  checkTexts(where, Object.fromEntries(names.map((name, k) => [`names[${k}]`, name])));
  for (const [k, image] of images.entries()) {
    const given: unknown = image;
    if (!Array.isArray(given) && !ArrayBuffer.isView(given))
      throw new TypeError(`${where}: image ${k} must be a list of numbers, got ${shown(given)}.`);
    if (image.length !== rows * width)
      throw new RangeError(`${where}: image ${k} has ${image.length} numbers, expected ${rows} · ${width}.`);
  }
  const usual = checkSheet(where, options);
  const head = heading(usual);
  const cell = (usual.width - 20) / columns;
  const size = cell - 10;
  const high = (size * rows) / width + (names.length > 0 ? lineHeight : 0) + 10;
  const height = options.height ?? Math.ceil(head.height + 10 + high * Math.ceil(images.length / columns));
  const sheet = { ...usual, height };
  const body = images.flatMap((image, k) => {
    const left = 10 + cell * (k % columns);
    const top = head.height + 6 + high * Math.floor(k / columns);
    const marks = [
      `<svg x="${round(left + 5)}" y="${round(top)}" width="${round(size)}" height="${round((size * rows) / width)}" ` +
        `viewBox="0 0 ${width} ${rows}">`,
      ...shaded(image, width),
      `<rect class="line rule" width="${width}" height="${rows}" vector-effect="non-scaling-stroke"/>`,
      "</svg>",
    ];
    const name = names[k];
    if (name) marks.push(label(name, left + cell / 2, top + high - 14, 'text-anchor="middle"'));
    return marks;
  });
  return sheetOf(sheet, [...head.marks, ...body]);
}

/** One path for each shade, made of horizontal runs of pixels. */
function shaded(image: ArrayLike<number>, width: number): string[] {
  const pixels = Array.from(image);
  const most = largestOf(Float64Array.from(pixels.filter(Number.isFinite))) || Number.MIN_VALUE;
  const levels = pixels.map((value) => Math.round(Math.max(-shades, Math.min((shades * value) / most, shades))) || 0);
  const runs = new Map<number, string>();
  for (let from = 0; from < levels.length; ) {
    let to = from + 1;
    while (to % width !== 0 && levels[to] === levels[from]) to++;
    const level = levels[from] as number;
    const run = `M${from % width},${Math.floor(from / width)}h${to - from}v1h${from - to}`;
    if (level !== 0) runs.set(level, (runs.get(level) ?? "") + run);
    from = to;
  }
  return [...runs]
    .sort(([a], [b]) => a - b)
    .map(([level, d]) => {
      const opacity = round(Math.abs(level) / shades);
      return `<path class="${fillClass(level > 0 ? 0 : 1)}" fill-opacity="${opacity}" shape-rendering="crispEdges" d="${d}"/>`;
    });
}
