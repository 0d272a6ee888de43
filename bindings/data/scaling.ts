// Feature scaling: statistics of the training samples, applied to any later inputs.

import { powerFor } from "../linalg/powerScaling.js";
import { type ArrayLike, type NDArray, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { arrayOf } from "../values/lines.js";
import { checkNumber, checkOptions, shown } from "../values/options.js";

/** Affine map of every feature and its inverse; plain functions of [samples, ...features]. */
export interface Scaling {
  /** y = (x − shift) / scale. @param inputs  x [samples, ...features] */
  apply(inputs: ArrayLike): NDArray<Float64Array>;
  /** x = y scale + shift. @param scaled  y [samples, ...features] */
  invert(scaled: ArrayLike): NDArray<Float64Array>;
  /** Number subtracted from each feature. */
  readonly shift: Float64Array;
  /** Number by which each feature is then divided; 1 for a feature that is constant in training. */
  readonly scale: Float64Array;
}

interface Columns {
  readonly data: ArrayLikeNumbers;
  readonly rows: number;
  readonly row: readonly number[];
  readonly width: number;
}
type ArrayLikeNumbers = { readonly length: number; readonly [k: number]: number };

function columnsOf(where: string, inputs: ArrayLike): Columns {
  const { data, shape } = toArray(where, inputs);
  const rows = shape[0] ?? 0;
  if (rows === 0 || data.length === 0)
    throw new ShapeError(`${where}: no samples: got shape [${shape.join(", ")}], expected [samples, ...features].`);
  const width = data.length / rows;
  for (let k = 0; k < data.length; k++)
    // Below 2^1023 the difference of two numbers is finite.
    if (!(Math.abs(data[k] as number) < 2 ** 1023))
      throw new RangeError(
        `${where}: sample ${Math.floor(k / width)} holds ${shown(data[k])}, expected finite numbers, below 2^1023 in ` +
          "magnitude. Clean the data first.",
      );
  return { data, rows, row: shape.slice(1), width };
}

/** Σ f(x, feature) / samples for every feature. */
function means({ data, rows, width }: Columns, value: (x: number, feature: number) => number): Float64Array {
  const sums = new Float64Array(width);
  for (let k = 0; k < data.length; k++) {
    const j = k % width;
    sums[j] = (sums[j] as number) + value(data[k] as number, j);
  }
  return sums.map((sum) => sum / rows);
}

/** Least and largest number of every feature. */
function extremes({ data, width }: Columns): { least: Float64Array; largest: Float64Array } {
  const least = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
  const largest = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  for (let k = 0; k < data.length; k++) {
    const j = k % width;
    least[j] = Math.min(least[j] as number, data[k] as number);
    largest[j] = Math.max(largest[j] as number, data[k] as number);
  }
  return { least, largest };
}

function scaling(name: string, row: readonly number[], shift: Float64Array, scale: Float64Array): Scaling {
  const wrong = shift.findIndex((value, j) => !Number.isFinite(value) || !Number.isFinite(scale[j]));
  if (wrong >= 0)
    throw new RangeError(`${name}: statistics of feature ${wrong} exceed 1.8e308. Scale the inputs down.`);
  const mapped = (what: string, given: ArrayLike, value: (x: number, j: number) => number): NDArray<Float64Array> => {
    const where = `${name}: ${what}`;
    const { data, shape } = toArray(where, given);
    if (shape.slice(1).join() !== row.join() || shape.length === 0)
      throw new ShapeError(
        `${where}: got shape [${shape.join(", ")}], expected [${["samples", ...row].join(", ")}] as in training.`,
      );
    return arrayOf(
      Float64Array.from(data as ArrayLikeNumbers, (x, k) => value(x, k % shift.length)),
      shape,
    );
  };
  return {
    shift,
    scale,
    apply: (inputs) => mapped("apply", inputs, (x, j) => (x - (shift[j] as number)) / (scale[j] as number)),
    invert: (scaled) => mapped("invert", scaled, (y, j) => y * (scale[j] as number) + (shift[j] as number)),
  };
}

/**
 * Standardizes every feature: y = (x − mean) / deviation, so that training inputs have mean 0 and variance 1. The
 * variance divides by the number of samples; a feature that is constant in training is only centered.
 *
 * @param inputs  training inputs [samples, ...features]
 * @throws ShapeError  there are no samples, or later inputs have other features
 * @throws RangeError  a number is not finite, or not below 2^1023 in magnitude
 * @example
 * const scale = standardScaling([[1, 10], [3, 10]]);
 * scale.apply([[1, 10], [5, 12]]).data; // [-1, 0, 3, 2]
 * scale.invert([[-1, 0], [3, 2]]).data; // [1, 10, 5, 12]
 * @see LeCun, Bottou, Orr and Müller, *Efficient BackProp*, 1998, section 4.3
 */
export function standardScaling(inputs: ArrayLike): Scaling {
  const columns = columnsOf("standardScaling", inputs);
  const { least, largest } = extremes(columns);
  const powers = largest.map((value, j) => powerFor(Math.max(value, -(least[j] as number))));
  const power = (j: number): number => powers[j] as number;
  const mean = means(columns, (x, j) => x * power(j));
  const variance = means(columns, (x, j) => (x * power(j) - (mean[j] as number)) ** 2);
  // The mean of equal numbers is rounded; deviations of that size are rounding errors, and count as 0.
  const deviation = variance.map((value, j) =>
    Math.sqrt(value) > 2 ** -50 * Math.abs(mean[j] as number) * Math.sqrt(columns.rows)
      ? Math.sqrt(value) / power(j)
      : 1,
  );
  const shift = mean.map((value, j) => value / power(j));
  return scaling("standardScaling", columns.row, shift, deviation);
}

/**
 * Centers every feature: y = x − mean.
 *
 * @param inputs  training inputs [samples, ...features]
 * @throws ShapeError  there are no samples, or later inputs have other features
 * @throws RangeError  a number is not finite, or not below 2^1023 in magnitude
 * @example
 * centerScaling([[1, 10], [3, 20]]).apply([[1, 10], [2, 15]]).data; // [-1, -5, 0, 0]
 * @see LeCun, Bottou, Orr and Müller, *Efficient BackProp*, 1998, section 4.3
 */
export function centerScaling(inputs: ArrayLike): Scaling {
  const columns = columnsOf("centerScaling", inputs);
  const mean = means(columns, (x) => x);
  return scaling("centerScaling", columns.row, mean, new Float64Array(mean.length).fill(1));
}

/** Options of `minMaxScaling`. */
export interface MinMaxScalingOptions {
  /** Image of the least training value; default 0. */
  readonly low?: number;
  /** Image of the largest training value, above low; default 1. */
  readonly high?: number;
}

/**
 * Scales every feature to low .. high: y = low + (x − min) (high − low) / (max − min). Later inputs may lie outside; a
 * feature that is constant in training becomes low.
 *
 * @param inputs   training inputs [samples, ...features]
 * @param options  low, high
 * @throws ShapeError  there are no samples, or later inputs have other features
 * @throws RangeError  a number is not finite, or not below 2^1023 in magnitude, high is not above low, or
 *   a feature varies by less than 5e-324 (high − low)
 * @example
 * minMaxScaling([[1, 10], [3, 20]]).apply([[1, 10], [2, 25]]).data; // [0, 0, 0.5, 1.5]
 * @see Han, Kamber and Pei, *Data mining: concepts and techniques*, 2011, section 3.5
 */
export function minMaxScaling(inputs: ArrayLike, options: MinMaxScalingOptions = {}): Scaling {
  checkOptions("minMaxScaling", options, ["low", "high"]);
  const { low = 0, high = 1 } = options;
  checkNumber("minMaxScaling", "low", low, {});
  checkNumber("minMaxScaling", "high", high, { above: low });
  const columns = columnsOf("minMaxScaling", inputs);
  const { least, largest } = extremes(columns);
  const scale = largest.map((value, j) =>
    value > (least[j] as number) ? (value - (least[j] as number)) / (high - low) : 1,
  );
  const narrow = scale.indexOf(0);
  if (narrow >= 0)
    throw new RangeError(`minMaxScaling: the range of feature ${narrow} underflows. Scale the inputs up.`);
  return scaling(
    "minMaxScaling",
    columns.row,
    least.map((value, j) => value - low * (scale[j] as number)),
    scale,
  );
}
