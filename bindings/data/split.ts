// Random split of samples into a training and a validation set.

import { type ArrayLike, type TypedArray, toArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { checkAugmentation } from "./augmentation.js";
import { members, namedArrays, roles, type Samples, titleOf } from "./dataset.js";

/** Options of `splitSamples`. */
export interface SplitOptions {
  /** Fraction of the samples that is held out, above 0 and below 1; default 0.2. */
  readonly fraction?: number;
  /** Seed of the permutation: integer from 0 below 2⁵³; default 0. */
  readonly seed?: number;
}

/** Samples as flat data with shapes; the training samples keep their augmentation. */
export interface SplitPart<Inputs = ArrayLike, Targets = ArrayLike> extends Pick<Samples, "augment"> {
  /** Inputs of the part, arranged like those of the samples. */
  readonly inputs: Inputs extends ArrayLike ? SplitArray : { readonly [Name in keyof Inputs]: SplitArray };
  /** Targets of the part, arranged like those of the samples. */
  readonly targets: Targets extends ArrayLike ? SplitArray : { readonly [Name in keyof Targets]: SplitArray };
  /** Weights of the part, if the samples have them. */
  readonly weights?:
    | SplitArray
    | (Targets extends ArrayLike ? never : { readonly [Head in keyof Targets]?: SplitArray });
}

/** Array of a part. */
export interface SplitArray {
  /** Elements in row-major order, in the type that was given. */
  data: TypedArray | number[];
  /** Extents, the first of which is the number of samples of the part. */
  shape: number[];
}

/**
 * Splits samples at random into a training set and a validation set of round(fraction · samples) samples; each has at
 * least one. Equal seeds and numbers of samples give equal splits on every machine; the samples of a set keep their
 * order.
 *
 * @param samples  { inputs [samples, ...], targets [samples, ...], weights [samples, ...] }, or records of them by name, at
 *                 least 2; weights are optional
 * @param options  fraction, seed
 * @returns { train, validation }
 * @throws RangeError  fraction or seed is out of range
 * @throws ShapeError  there are fewer than 2 samples, or inputs, targets and weights differ in number
 * @example
 * const parts = splitSamples({ inputs: [[1], [2], [3], [4]], targets: [1, 2, 3, 4] }, { fraction: 0.25, seed: 1 });
 * [parts.train.inputs.shape, parts.validation.inputs.shape]; // [[3, 1], [1, 1]]
 * @see Durstenfeld, *Algorithm 235: Random permutation*, Communications of the ACM 7, 1964
 * @see Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014 (its generator in 32 bits)
 */
export function splitSamples<Inputs = ArrayLike, Targets = ArrayLike>(
  samples: Samples<Inputs, Targets>,
  options: SplitOptions = {},
): { train: SplitPart<Inputs, Targets>; validation: SplitPart<Inputs, Targets> } {
  const where = "splitSamples";
  checkOptions(where, options, ["fraction", "seed"]);
  checkOptions(where, samples, members);
  checkAugmentation(where, samples.augment);
  const { fraction = 0.2, seed = 0 } = options;
  checkNumber(where, "fraction", fraction, { above: 0, below: 1 });
  checkNumber(where, "seed", seed, { min: 0, integer: true });
  const columns = roles.flatMap((role) => {
    if (samples[role] === undefined && role !== "inputs") return [];
    return namedArrays(`${where}: ${role}`, samples[role] as ArrayLike).map(([name, value]) => {
      const title = titleOf({ role, name });
      return { role, name, title, ...toArray(`${where}: ${title}`, value) };
    });
  });
  const rows = columns[0]?.shape[0] ?? 0;
  if (rows < 2) throw new ShapeError(`${where}: got ${rows} samples, expected at least 2, one for each part.`);
  for (const { title, shape } of columns)
    if (shape[0] !== rows)
      throw new ShapeError(`${where}: got ${rows} inputs and ${shape[0] ?? 0} ${title}, expected equal numbers.`);
  const held = heldOf(fraction, rows);
  const order = permutation(rows, seed);
  const part = (chosen: Uint32Array): SplitPart<Inputs, Targets> => {
    const out: Record<string, object> = {};
    for (const { role, name, data, shape } of columns) {
      const own = { data: rowsOf(data, chosen), shape: [chosen.length, ...shape.slice(1)] };
      out[role] = name === null ? own : { ...out[role], [name]: own };
    }
    return out as unknown as SplitPart<Inputs, Targets>;
  };
  function rowsOf(data: TypedArray | number[], chosen: Uint32Array): TypedArray | number[] {
    const width = data.length / rows;
    const out = Array.isArray(data)
      ? new Array<number>(chosen.length * width)
      : new (data.constructor as new (count: number) => TypedArray)(chosen.length * width);
    for (const [k, row] of chosen.entries())
      for (let j = 0; j < width; j++) out[k * width + j] = data[row * width + j] as number;
    return out;
  }
  const { augment } = samples;
  const train = part(order.subarray(held).sort());
  return {
    train: augment ? { ...train, augment } : train,
    validation: part(order.subarray(0, held).sort()),
  };
}

/** Number of `count` things that a fraction holds out; at least one stays on each side. @internal */
export function heldOf(fraction: number, count: number): number {
  return Math.min(Math.max(Math.round(fraction * count), 1), count - 1);
}

/** Random permutation of 0 .. count − 1 (Durstenfeld 1964). @internal */
export function permutation(count: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, k) => k);
  let state = mixed((seed >>> 0) ^ mixed(Math.floor(seed / 2 ** 32)));
  for (let k = count - 1; k > 0; k--) {
    state = (state + 0x9e3779b9) >>> 0;
    const other = Math.floor((mixed(state) / 2 ** 32) * (k + 1));
    const kept = order[k] as number;
    order[k] = order[other] as number;
    order[other] = kept;
  }
  return order;
}

/** Bijection of 32-bit integers in which every bit of the result depends on every bit of x (MurmurHash3's finalizer). */
function mixed(x: number): number {
  let z = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
