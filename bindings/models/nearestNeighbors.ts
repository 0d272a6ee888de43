// The baseline that learns nothing: it remembers. Distances to all samples come from products of matrices in the engine,
// ‖a − b‖² = ‖a‖² − 2 a·b + ‖b‖²; those that rounding could have brought among the nearest are taken once more, exactly.

import type { Samples } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { largestOf, powerFor, times } from "../linalg/powers.js";
import { type CompiledFunction, compile } from "../tensors/compile.js";
import type { Tensor } from "../tensors/tensor.js";
import { type ArrayLike, type NDArray, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions, shown } from "../values/options.js";

export interface NearestNeighborsOptions {
  /** Number k of neighbors that vote, ≥ 1; default 1. */
  readonly neighbors?: number;
  /** "euclidean" √Σ(a − b)² (default), or "manhattan" Σ|a − b|. */
  readonly distance?: "euclidean" | "manhattan";
}

/** Samples that were remembered. */
export interface FittedNeighbors {
  /** The class of each of inputs [samples, ...features]: [samples]. */
  predict(inputs: ArrayLike): Int32Array;
  /** Gives back what it holds in the engine. */
  free(): void;
  [Symbol.dispose](): void;
}

/** Rows as one flat array. */
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
 * k nearest neighbors: the class that most of the k nearest samples have; of equally many, the one with the nearest
 * member. Of equally distant samples the earlier one is nearer. O(samples · features) for each prediction: a baseline
 * for what a model has to beat. Euclidean distances to many samples are a product of matrices in the engine, Manhattan
 * distances a loop.
 *
 * @throws RangeError  neighbors is not a whole number from 1 or exceeds the number of samples, or labels that are not whole
 * @throws ShapeError  inputs of other features than the samples
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
          const asked = rowsOf(`${where}: predict`, inputs);
          if (asked.row.join() !== row.join())
            throw new ShapeError(
              `${where}: predict: got shape [${[asked.rows, ...asked.row].join(", ")}], expected ` +
                `[${["samples", ...row].join(", ")}] as in the samples.`,
            );
          const most = Math.max(largest, largestOf(asked.data));
          const factor = powerFor(most);
          const near = times(data, factor);
          const queries = times(asked.data, factor);
          const answer = new Int32Array(asked.rows);
          const candidates = far && width > 0 ? candidatesOf(far, near, queries, width, k, most * factor) : null;
          for (let q = 0; q < asked.rows; q++) {
            const query = queries.subarray(q * width, (q + 1) * width);
            const among = candidates?.(q) ?? Array.from({ length: rows }, (_, row) => row);
            answer[q] = vote(nearestRows(near, query, k, among, distance === "manhattan"), labels);
          }
          return answer;
        },
        free,
        [Symbol.dispose]: free,
      };
    },
  };
}

/** ‖b‖² − 2 a·b of queries a [queries, features] and samples b [samples, features]: their squared distance less ‖a‖². */
function distances({ a, b }: { a: Tensor; b: Tensor }): Tensor {
  return b
    .square()
    .sum({ axes: 1 })
    .subtract(a.matmul(b, { transposeB: true }).multiply(2));
}

/** Numbers of samples that one product takes, and numbers of distances that are held. */
const blockNumbers = 2 ** 22;
const heldDistances = 2 ** 22;

/**
 * A function of the index of a query, ascending, that answers the samples among which its k nearest are: all whose
 * distance, of numbers of at most `largest`, may be as small as the k-th once rounding is allowed for.
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
  const asked = queries.length / width;
  const chunk = Math.max(1, Math.min(256, Math.floor(heldDistances / rows)));
  const block = Math.max(1, Math.floor(blockNumbers / width));
  // A sum of n products errs by at most n 2⁻⁵³ Σ |terms| (Higham, Accuracy and stability, 2002, eq. 3.5): a·b by half of
  // this, ‖b‖² by less. Two distances that seem further apart than both errors are in the right order.
  const doubt = 2 * (width + 8) * 2 ** -52 * 2 * width * largest * largest;
  const held = new Float64Array(chunk * rows);
  let first = -chunk;
  const measure = (from: number): void => {
    first = from;
    const count = Math.min(chunk, asked - from);
    const a = { data: queries.subarray(from * width, (from + count) * width), shape: [count, width] };
    for (let start = 0; start < rows; start += block) {
      const size = Math.min(block, rows - start);
      const b = { data: near.subarray(start * width, (start + size) * width), shape: [size, width] };
      const { data } = far({ a, b }) as NDArray<Float64Array>;
      for (let q = 0; q < count; q++) held.set(data.subarray(q * size, (q + 1) * size), q * rows + start);
    }
  };
  return (query) => {
    if (query >= first + chunk) measure(query);
    const own = held.subarray((query - first) * rows, (query - first + 1) * rows);
    const limit = kthSmallest(own, k) + doubt;
    const among: number[] = [];
    for (let row = 0; row < rows; row++) if ((own[row] as number) <= limit) among.push(row);
    return among;
  };
}

/** The k-th smallest of at least k numbers. */
function kthSmallest(values: Float64Array, k: number): number {
  const least: number[] = [];
  for (const value of values) {
    if (least.length === k && !(value < (least[k - 1] as number))) continue;
    least.splice(placeOf(least, value), 0, value);
    if (least.length > k) least.pop();
  }
  return least[k - 1] as number;
}

/** Where a number goes in an ascending list, behind its equals. */
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
      `${where}: got ${rows} inputs and targets [${shape.join(", ")}], expected one class a sample.`,
    );
  const labels = Int32Array.from(data);
  const at = labels.findIndex((label, i) => label !== data[i]);
  if (at >= 0) throw new RangeError(`${where}: label ${at} must be a whole number, got ${shown(data[at])}.`);
  return labels;
}

/** Of some rows, ascending, the k nearest to the query, the nearest first. */
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

/** The label most rows have; counted from the nearest, so that it wins a draw. */
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
