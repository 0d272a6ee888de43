// Lists of numbers as small images: the templates of a linear classifier, filters and feature maps, pictures in color.

import { largestOf } from "../linalg/powerScaling.js";
import { checkNumber, checkOptions, shown, wrongKind } from "../values/options.js";
import { fillClass } from "./colors.js";
import { checkSheet, checkTexts, heading, type PictureOptions, pictureOptions, sheetOf } from "./sheet.js";
import { label, lineHeight, round } from "./text.js";

/** Options of images. */
export interface PlotImagesOptions extends PictureOptions {
  /** Rows and columns of an image, each ≥ 1; [rows, columns, 3] for colors, red, green and blue of a pixel side by side. */
  readonly shape: readonly [rows: number, columns: number, colors?: 3];
  /** Caption below each image; default none. */
  readonly names?: readonly string[];
  /** Number of images in a row, ≥ 1; default 5. */
  readonly columns?: number;
}

/** Number of shades on either side of 0, and of steps of a color. */
const [shades, steps] = [6, 15];

/**
 * Images of numbers as SVG text. Signed numbers: positive ones are blue, negative ones orange, 0 has the background's color,
 * and each image has its own scale, from −max |w| to max |w|. With `shape` [rows, columns, 3] the numbers are red, green and
 * blue, from the least number of the image, dark, to its largest, bright.
 *
 * @param images   a list of [rows ⋅ columns] or [rows ⋅ columns ⋅ 3] numbers for each image
 * @param options  shape, names, columns, title, description, width, height (default: as high as the images need)
 * @throws TypeError   there is no image, an image is not a list, or a name is not a string
 * @throws RangeError  an image does not have as many numbers as the shape, or the shape has other colors than 3
 * @example
 * const templates = [[1, -1, -1, 1], [-1, 1, 1, -1]];
 * plotImages(templates, { shape: [2, 2], names: ["main", "other"] }).startsWith("<svg"); // true
 */
export function plotImages(images: readonly ArrayLike<number>[], options: PlotImagesOptions): string {
  const where = "plotImages";
  checkOptions(where, options, [...pictureOptions, "shape", "names", "columns"]);
  const { shape, names = [] } = options;
  if (!Array.isArray(images) || images.length === 0)
    throw new TypeError(
      `${where}: expected a list of images, got ${shown(images)}. Give one list of numbers for each.`,
    );
  if (!Array.isArray(shape) || (shape.length !== 2 && shape.length !== 3))
    throw new TypeError(`${where}: shape must be [rows, columns] or [rows, columns, 3], got ${shown(shape)}.`);
  const [rows = 1, width = 1, colors] = shape.map((extent) =>
    checkNumber(where, "shape", extent, { min: 1, integer: true }),
  );
  if (colors !== undefined && colors !== 3)
    throw new RangeError(
      `${where}: shape must end with 3 colors, got ${shown(shape)}. Leave them out for signed numbers.`,
    );
  const columns = checkNumber(where, "columns", options.columns ?? 5, { min: 1, integer: true });
  if (!Array.isArray(names)) throw wrongKind(where, "names", "an array of strings", names);
  checkTexts(where, Object.fromEntries(names.map((name, k) => [`names[${k}]`, name])));
  for (const [k, image] of images.entries()) {
    const given: unknown = image;
    if (!Array.isArray(given) && !ArrayBuffer.isView(given))
      throw new TypeError(`${where}: image ${k} must be a list of numbers, got ${shown(given)}.`);
    if (image.length !== rows * width * (colors ?? 1))
      throw new RangeError(`${where}: image ${k} has ${image.length} numbers, expected ${shape.join(" · ")}.`);
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
      ...(colors ? colored(image, width) : shaded(image, width)),
      `<rect class="line rule" width="${width}" height="${rows}" vector-effect="non-scaling-stroke"/>`,
      "</svg>",
    ];
    const name = names[k];
    if (name) marks.push(label(name, left + cell / 2, top + high - 14, 'text-anchor="middle"'));
    return marks;
  });
  return sheetOf(sheet, [...head.marks, ...body]);
}

/** One path for each shade. */
function shaded(image: ArrayLike<number>, width: number): string[] {
  const pixels = Array.from(image);
  const most = largestOf(Float64Array.from(pixels.filter(Number.isFinite))) || Number.MIN_VALUE;
  const levels = pixels.map((value) => Math.round(Math.max(-shades, Math.min((shades * value) / most, shades))) || 0);
  return [...runsOf(levels, width)]
    .filter(([level]) => level !== 0)
    .sort(([a], [b]) => a - b)
    .map(([level, d]) => {
      const opacity = round(Math.abs(level) / shades);
      return `<path class="${fillClass(level > 0 ? 0 : 1)}" fill-opacity="${opacity}" shape-rendering="crispEdges" d="${d}"/>`;
    });
}

/** One path for each color; a pixel of which a number is missing stays empty. */
function colored(image: ArrayLike<number>, width: number): string[] {
  const pixels = Array.from(image);
  const finite = pixels.filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const digit = (value: number): string => {
    if (Number.isNaN(value)) return "";
    const share =
      value >= high ? (low < high ? 1 : 0.5) : value <= low ? 0 : (value / 2 - low / 2) / (high / 2 - low / 2);
    return Math.round(steps * share).toString(16);
  };
  const hex = Array.from({ length: pixels.length / 3 }, (_, k) =>
    pixels
      .slice(3 * k, 3 * k + 3)
      .map(digit)
      .join(""),
  );
  const paths = [...runsOf(hex, width)]
    .filter(([color]) => color.length === 3)
    .map(([color, d]) => `<path fill="#${color}" d="${d}"/>`);
  return ['<g shape-rendering="crispEdges">', ...paths, "</g>"];
}

/** Horizontal runs of equal pixels, as the path of each value. */
function runsOf<T>(pixels: readonly T[], width: number): Map<T, string> {
  const runs = new Map<T, string>();
  for (let from = 0; from < pixels.length; ) {
    let to = from + 1;
    while (to % width !== 0 && pixels[to] === pixels[from]) to++;
    const value = pixels[from] as T;
    const run = `M${from % width},${Math.floor(from / width)}h${to - from}v1h${from - to}`;
    runs.set(value, (runs.get(value) ?? "") + run);
    from = to;
  }
  return runs;
}
