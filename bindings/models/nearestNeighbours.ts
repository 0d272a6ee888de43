// The baseline that learns nothing: it remembers, in plain JavaScript.

import { type ArrayLike, toArray } from "../arrays.js";
import type { Samples } from "../data/dataset.js";
import { ShapeError } from "../errors.js";
import { checkChoice, checkNumber, checkOptions, shown } from "../options.js";
import { largestOf, powerFor, times } from "../powers.js";

export interface NearestNeighboursOptions {
  /** Neighbours that vote, ≥ 1; default 1. */
  readonly k?: number;
  /** "euclidean" √Σ(a − b)² (default), or "manhattan" Σ|a − b|. */
  readonly distance?: "euclidean" | "manhattan";
}

/** Samples that were remembered. */
export interface FittedNeighbours {
  /** The class of each of inputs [samples, ...features]: [samples]. */
  predict(inputs: ArrayLike): Int32Array;
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
 * k nearest neighbours: the class that most of the k nearest samples have; of equally many, the one with the nearest
 * member. Of equally distant samples the earlier one is nearer. O(samples · features) for each prediction: a baseline
 * for what a model has to beat.
 *
 * @throws RangeError  k is no whole number from 1 or more than there are samples, or labels that are not whole
 * @throws ShapeError  inputs of other features than the samples
 * @example
 * const flowers = { inputs: [[0, 0], [0, 1], [5, 5], [6, 5]], targets: [0, 0, 1, 1] };
 * nearestNeighbours({ k: 3 }).fit(flowers).predict([[1, 1], [4, 4]]); // [0, 1]
 * @see Cover and Hart, *Nearest neighbor pattern classification*, IEEE Transactions on Information Theory 13, 1967
 */
export function nearestNeighbours(options: NearestNeighboursOptions = {}): {
  fit(samples: Samples): FittedNeighbours;
} {
  const where = "nearestNeighbours";
  checkOptions(where, options, ["k", "distance"]);
  const { k = 1 } = options;
  checkNumber(where, "k", k, { min: 1, integer: true });
  const distance = checkChoice(where, "distance", options.distance ?? "euclidean", ["euclidean", "manhattan"]);
  return {
    fit(samples) {
      checkOptions(where, samples, ["inputs", "targets"]);
      const { data, rows, row } = rowsOf(`${where}: inputs`, samples.inputs);
      const labels = labelsOf(where, samples.targets, rows);
      if (k > rows) throw new RangeError(`${where}: k must be at most ${rows}, the number of samples, got ${k}.`);
      const width = data.length / rows;
      const largest = largestOf(data);
      return {
        predict(inputs) {
          const asked = rowsOf(`${where}: predict`, inputs);
          if (asked.row.join() !== row.join())
            throw new ShapeError(
              `${where}: predict: got shape [${[asked.rows, ...asked.row].join(", ")}], expected ` +
                `[${["samples", ...row].join(", ")}] as in the samples.`,
            );
          const factor = powerFor(Math.max(largest, largestOf(asked.data)));
          const near = times(data, factor);
          const queries = times(asked.data, factor);
          return Int32Array.from({ length: asked.rows }, (_, q) => {
            const query = queries.subarray(q * width, (q + 1) * width);
            return vote(nearestRows(near, query, k, distance === "manhattan"), labels);
          });
        },
      };
    },
  };
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

/** The k rows nearest to the query, the nearest first. */
function nearestRows(data: Float64Array, query: Float64Array, k: number, manhattan: boolean): number[] {
  const width = query.length;
  const near: number[] = [];
  const distances: number[] = [];
  for (let row = 0, at = 0; at < data.length || row === 0; row++, at += width) {
    let distance = 0;
    for (let j = 0; j < width; j++) {
      const difference = (data[at + j] as number) - (query[j] as number);
      distance += manhattan ? Math.abs(difference) : difference * difference;
    }
    if (near.length === k && !(distance < (distances[k - 1] as number))) continue;
    let place = near.length;
    while (place > 0 && distance < (distances[place - 1] as number)) place--;
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
