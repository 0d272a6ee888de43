// k nearest neighbors. Distances to all samples are computed by matrix products in the engine, ‖a − b‖² = ‖a‖² − 2 a·b
// + ‖b‖²; those of samples that could be among the nearest given rounding are computed again directly.

import type { Samples } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { largestOf, powerFor, times } from "../linalg/powerScaling.js";
import { type CompiledFunction, compile } from "../tensors/compile.js";
import type { Tensor } from "../tensors/tensor.js";
import { type ArrayLike, type NDArray, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions, shown } from "../values/options.js";

/** Options of `nearestNeighbors`. */
export interface NearestNeighborsOptions {
  /** Number k of neighbors, 1 .. samples; default 1. */
  readonly neighbors?: number;
  /** Distance: "euclidean" √Σ(a − b)² (default), or "manhattan" Σ|a − b|. */
  readonly distance?: "euclidean" | "manhattan";
}

/** Fitted classifier. */
export interface FittedNeighbors {
  /** Predicts classes [samples]. @param inputs  [samples, ...features], of the features that were fitted */
  predict(inputs: ArrayLike): Int32Array;
  /** Frees the program it holds in the engine. */
  free(): void;
  /** Calls `free`, at the end of a block with `using`. */
  [Symbol.dispose](): void;
}

/** Inputs as a flat array with the number and the shape of rows. */
function rowsOf(where: string, inputs: ArrayLike): { data: Float64Array; rows: number; row: number[] } {
  const { data, shape } = toArray(where, inputs);
  const rows = shape[0] ?? 0;
  if (shape.length === 0 || rows === 0)
    throw new ShapeError(`${where}: got shape [${shape.join(", ")}], expected [samples, ...features].`);
  const values = Float64Array.from(data);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new RangeError(
      `${where}: sample ${Math.floor((at * rows) / values.length)} holds ${values[at]}, expected finite numbers. ` +
        "Clean the data first.",
    );
  return { data: values, rows, row: shape.slice(1) };
}

/**
 * k nearest neighbors: ŷ(x) is the most frequent class of the k samples nearest to x, a baseline for models. Ties between
 * classes go to the class of the nearest sample, ties between distances to the earlier sample. Each prediction costs
 * O(samples · features): Euclidean distances by matrix products in the engine, Manhattan distances by a loop.
 *
 * @param options  neighbors, distance
 * @returns        { fit(engine, samples) }, for samples { inputs [samples, ...features], targets [samples] }
 * @throws RangeError  neighbors is not a whole number 1 .. samples, a label is not a whole number, or an input is not
 *   finite
 * @throws ShapeError  features of inputs and samples differ
 * @example
 * const flowers = { inputs: [[0, 0], [0, 1], [5, 5], [6, 5]], targets: [0, 0, 1, 1] };
 * nearestNeighbors({ neighbors: 3 }).fit(engine, flowers).predict([[1, 1], [4, 4]]); // [0, 1]
 * @see Cover and Hart, *Nearest neighbor pattern classification*, IEEE Transactions on Information Theory 13, 1967
 */
export function nearestNeighbors(options: NearestNeighborsOptions = {}): {
  fit(engine: Engine, samples: Samples): FittedNeighbors;
} {
  const where = "nearestNeighbors";
  checkOptions(where, options, ["neighbors", "distance"]);
  const { neighbors: k = 1 } = options;
  checkNumber(where, "neighbors", k, { min: 1, integer: true });
  const distance = checkChoice(where, "distance", options.distance ?? "euclidean", ["euclidean", "manhattan"]);
  return {
    fit(engine, samples) {
      checkOptions(where, samples, ["inputs", "targets"]);
      const { data, rows, row } = rowsOf(`${where}: inputs`, samples.inputs);
      const labels = labelsOf(where, samples.targets, rows);
      if (k > rows)
        throw new RangeError(`${where}: neighbors must be at most ${rows}, the number of samples, got ${k}.`);
      const width = data.length / rows;
      const largest = largestOf(data);
      const far = distance === "euclidean" ? compile(engine, distances) : null;
      const free = (): void => far?.free();
      return {
        predict(inputs) {
          const given = rowsOf(`${where}: predict`, inputs);
          if (given.row.join() !== row.join())
            throw new ShapeError(
              `${where}: predict: got shape [${[given.rows, ...given.row].join(", ")}], expected ` +
                `[${["samples", ...row].join(", ")}] as in the samples.`,
            );
          const most = Math.max(largest, largestOf(given.data));
          const factor = powerFor(most);
          const near = times(data, factor);
          const queries = times(given.data, factor);
          const classes = new Int32Array(given.rows);
          const candidates = far && width > 0 ? candidatesOf(far, near, queries, width, k, most * factor) : null;
          for (let q = 0; q < given.rows; q++) {
            const query = queries.subarray(q * width, (q + 1) * width);
            const among = candidates?.(q) ?? Array.from({ length: rows }, (_, row) => row);
            classes[q] = vote(nearestRows(near, query, k, among, distance === "manhattan"), labels);
          }
          return classes;
        },
        free,
        [Symbol.dispose]: free,
      };
    },
  };
}

/** ‖b‖² − 2 a·b of queries a [queries, features] and samples b [samples, features]: squared distances minus ‖a‖². */
function distances({ a, b }: { a: Tensor; b: Tensor }): Tensor {
  return b
    .square()
    .sum({ axes: 1 })
    .subtract(a.matmul(b, { transposeB: true }).multiply(2));
}

/** Maximum numbers of samples in one product, and of distances in memory: 2²², which as a power would stay in every bundle. */
const blockNumbers = 4_194_304;
const heldDistances = 4_194_304;

/**
 * Returns a function from the index of a query, called in ascending order, to candidates that include its k nearest
 * samples: all whose distance, within the rounding error for numbers of magnitude up to `largest`, may be at most the
 * k-th.
 */
function candidatesOf(
  far: CompiledFunction<{ a: Tensor; b: Tensor }>,
  near: Float64Array,
  queries: Float64Array,
  width: number,
  k: number,
  largest: number,
): (query: number) => number[] {
  const rows = near.length / width;
  const count = queries.length / width;
  const chunk = Math.max(1, Math.min(256, Math.floor(heldDistances / rows)));
  const block = Math.max(1, Math.floor(blockNumbers / width));
  // The error of a sum of n products is at most n 2⁻⁵³ Σ |terms| (Higham, Accuracy and stability, 2002, eq. 3.5): half of
  // this bound for a·b, less for ‖b‖². Distances that differ by more than both errors are in the right order.
  const error = 2 * (width + 8) * 2 ** -52 * 2 * width * largest * largest;
  const held = new Float64Array(chunk * rows);
  let first = -chunk;
  const measure = (from: number): void => {
    first = from;
    const size = Math.min(chunk, count - from);
    const a = { data: queries.subarray(from * width, (from + size) * width), shape: [size, width] };
    for (let start = 0; start < rows; start += block) {
      const samples = Math.min(block, rows - start);
      const b = { data: near.subarray(start * width, (start + samples) * width), shape: [samples, width] };
      const { data } = far({ a, b }) as NDArray<Float64Array>;
      for (let q = 0; q < size; q++) held.set(data.subarray(q * samples, (q + 1) * samples), q * rows + start);
    }
  };
  return (query) => {
    if (query >= first + chunk) measure(query);
    const own = held.subarray((query - first) * rows, (query - first + 1) * rows);
    const limit = kthSmallest(own, k) + error;
    const among: number[] = [];
    for (let row = 0; row < rows; row++) if ((own[row] as number) <= limit) among.push(row);
    return among;
  };
}

/** k-th smallest of at least k numbers. */
function kthSmallest(values: Float64Array, k: number): number {
  const least: number[] = [];
  for (const value of values) {
    if (least.length === k && !(value < (least[k - 1] as number))) continue;
    least.splice(placeOf(least, value), 0, value);
    if (least.length > k) least.pop();
  }
  return least[k - 1] as number;
}

/** Position at which to insert a number into an ascending list, after equal numbers. */
function placeOf(ascending: readonly number[], value: number): number {
  let place = ascending.length;
  while (place > 0 && value < (ascending[place - 1] as number)) place--;
  return place;
}

function labelsOf(where: string, targets: ArrayLike | undefined, rows: number): Int32Array {
  if (targets === undefined) throw new TypeError(`${where}: targets are missing. Give { inputs, targets }.`);
  const { data, shape } = toArray(`${where}: targets`, targets);
  if (shape.length !== 1 || shape[0] !== rows)
    throw new ShapeError(
      `${where}: got ${rows} inputs and targets [${shape.join(", ")}], expected one class for each sample.`,
    );
  const labels = Int32Array.from(data);
  const at = labels.findIndex((label, i) => label !== data[i]);
  if (at >= 0) throw new RangeError(`${where}: label ${at} must be a whole number, got ${shown(data[at])}.`);
  return labels;
}

/** The k rows of `among` (ascending) nearest to the query, nearest first. */
function nearestRows(
  data: Float64Array,
  query: Float64Array,
  k: number,
  among: readonly number[],
  manhattan: boolean,
): number[] {
  const width = query.length;
  const near: number[] = [];
  const distances: number[] = [];
  for (const row of among) {
    const at = row * width;
    let distance = 0;
    for (let j = 0; j < width; j++) {
      const difference = (data[at + j] as number) - (query[j] as number);
      distance += manhattan ? Math.abs(difference) : difference * difference;
    }
    if (near.length === k && !(distance < (distances[k - 1] as number))) continue;
    const place = placeOf(distances, distance);
    near.splice(place, 0, row);
    distances.splice(place, 0, distance);
    if (near.length > k) {
      near.pop();
      distances.pop();
    }
  }
  return near;
}

/** Most frequent label of the rows; ties go to the label of the earlier row. */
function vote(rows: readonly number[], labels: Int32Array): number {
  const votes = new Map<number, number>();
  for (const row of rows) {
    const label = labels[row] as number;
    votes.set(label, (votes.get(label) ?? 0) + 1);
  }
  const most = Math.max(...votes.values());
  for (const [label, count] of votes) if (count === most) return label;
  return 0;
}
