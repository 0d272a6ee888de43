// Standardization of the inputs of a trainer. Rows are standardized while they are gathered; by the program if there is a
// number for each channel, or an augmentation, whose ops come before and work in the unit of the data.

import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkNumber, checkOptions } from "../values/options.js";

/** Standardization (x − mean) / deviation, by a number for all inputs or an array of one for each channel, the last axis. */
export interface Standardization {
  /** Mean to subtract, finite. */
  readonly mean: number | readonly number[];
  /** Standard deviation to divide by, > 0. */
  readonly deviation: number | readonly number[];
}

const listOf = (value: number | readonly number[]): readonly number[] =>
  Array.isArray(value) ? value : [value as number];

/** Checks the numbers and returns a copy. */
export function checkStandardization(where: string, given: Standardization): Standardization {
  const own = `${where}: standardize`;
  checkOptions(own, given, ["mean", "deviation"]);
  const checked = (name: "mean" | "deviation", bounds: { above?: number }) => {
    const all = listOf(given[name]).map((value) => checkNumber(where, `standardize.${name}`, value, bounds));
    return Array.isArray(given[name]) ? all : (all[0] as number);
  };
  return { mean: checked("mean", {}), deviation: checked("deviation", { above: 0 }) };
}

/** Numbers to standardize by while rows are gathered; null if there are none, or if the program standardizes. */
export function gathered(given: Standardization | undefined): { mean: number; deviation: number } | null {
  const { mean, deviation } = given ?? {};
  return typeof mean === "number" && typeof deviation === "number" ? { mean, deviation } : null;
}

/** (x − mean) / deviation as scale · x + shift, with the same bits as while gathering. */
export function standardized(x: Tensor, { mean, deviation }: Standardization): Tensor {
  const [means, deviations] = [listOf(mean), listOf(deviation)];
  const channels = x.shape.at(-1) ?? 1;
  for (const { length } of [means, deviations])
    if (length !== 1 && length !== channels)
      throw new ShapeError(
        `standardize: got ${length} numbers, and inputs [${x.shape.join(", ")}]. Give one, or one for each channel.`,
      );
  const each = (value: (mean: number, deviation: number) => number): Tensor =>
    x.trace.constant(
      Array.from({ length: Math.max(means.length, deviations.length) }, (_, k) =>
        value((means[k] ?? means[0]) as number, (deviations[k] ?? deviations[0]) as number),
      ),
      x.dtype,
    );
  return x.multiply(each((_, deviation) => 1 / deviation)).add(each((mean, deviation) => -mean / deviation));
}
