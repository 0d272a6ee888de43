// Standardization of the inputs of a trainer. Rows are standardized while they are gathered; by the program if there is a
// number for each channel, or an augmentation, whose ops come before and work in the unit of the data.

import type { Moments } from "../data/augmentation.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkNumber, checkOptions, isRecord } from "../values/options.js";

/** Standardization (x − mean) / deviation, by a number for all inputs or an array of one for each channel, the last axis. */
export interface Standardization {
  /** Mean to subtract, finite. */
  readonly mean: number | readonly number[];
  /** Standard deviation to divide by, > 0. */
  readonly deviation: number | readonly number[];
}

/** Moments by name of the input; "" is that of a single one. */
export type NamedMoments = { readonly [name: string]: Moments };

/** Standardization of the inputs, or by name if there are several. */
export type StandardizeOption<Input = Tensor> =
  | Standardization
  | { readonly [name in Input extends Tensor ? string : keyof Input]?: Standardization };

/** Checks the numbers, and returns them as lists. */
export function checkStandardization(where: string, given: StandardizeOption): NamedMoments {
  const moments = (title: string, one: Standardization): Moments => {
    checkOptions(`${where}: ${title}`, one, ["mean", "deviation"]);
    const list = (name: "mean" | "deviation", bounds: { above?: number }): number[] =>
      [one[name]].flat().map((value) => checkNumber(where, `${title}.${name}`, value, bounds));
    return { mean: list("mean", {}), deviation: list("deviation", { above: 0 }) };
  };
  const [first] = Object.values(given ?? {});
  if (!isRecord(first) || Array.isArray(first)) return { "": moments("standardize", given as Standardization) };
  return Object.fromEntries(Object.entries(given).map(([name, one]) => [name, moments(`standardize.${name}`, one)]));
}

/** The moments of an input. */
export function momentsOf(all: NamedMoments | undefined, name: string | null): Moments | undefined {
  const own = name ?? "";
  return all && Object.hasOwn(all, own) ? all[own] : undefined;
}

/** Mean and deviation by which rows are standardized while they are gathered; null if that is left to the program. */
export function gathered(moments: Moments | undefined): [number, number] | null {
  if (moments?.mean.length !== 1 || moments.deviation.length !== 1) return null;
  return [moments.mean[0] as number, moments.deviation[0] as number];
}

/**
 * The inputs of the model for gathered rows x. If they are `augmented`, or gathering left it to the program, (x − mean) /
 * deviation as scale · x + shift, which has the bits of standardizing while gathering.
 */
export function standardized(x: Tensor, moments: Moments | undefined, augmented = false): Tensor {
  if (!moments || (gathered(moments) && !augmented)) return x;
  const { mean, deviation } = moments;
  const channels = x.shape.at(-1) ?? 1;
  for (const { length } of [mean, deviation])
    if (length !== 1 && length !== channels)
      throw new ShapeError(
        `standardize: got ${length} numbers, and inputs [${x.shape.join(", ")}]. Give one, or one for each channel.`,
      );
  const longer = mean.length > 1 ? mean : deviation;
  const shift = longer.map((_, k) => -((mean[k] ?? mean[0]) as number) / ((deviation[k] ?? deviation[0]) as number));
  const constant = (values: number[]): Tensor => x.trace.constant(values, x.dtype);
  return x.multiply(constant(deviation.map((value) => 1 / value))).add(constant(shift));
}
