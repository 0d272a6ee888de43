// Standardization of the inputs of a trainer. Rows are standardized while they are gathered, or by the program: for each channel,
// and behind an augmentation, whose ops work in the unit of the data.

import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkNumber, checkOptions, wrongKind } from "../values/options.js";

/** Mean and deviation of all inputs, or one number for each channel, the last axis. */
export interface Standardization {
  /** Mean to subtract, finite. */
  readonly mean: number | readonly number[];
  /** Deviation to divide by, > 0. */
  readonly deviation: number | readonly number[];
}

const listOf = (value: number | readonly number[]): readonly number[] => (typeof value === "number" ? [value] : value);

/** Checks the numbers, and returns a copy. */
export function checkStandardization(where: string, given: Standardization): Standardization {
  checkOptions(`${where}: standardize`, given, ["mean", "deviation"]);
  for (const [name, bounds] of [["mean", {}] as const, ["deviation", { above: 0 }] as const]) {
    const value = given[name];
    if (typeof value !== "number" && !(Array.isArray(value) && value.length > 0))
      throw wrongKind(where, `standardize.${name}`, "a number or an array of numbers", value);
    for (const each of listOf(value)) checkNumber(where, `standardize.${name}`, each, bounds);
  }
  const [means, deviations] = [listOf(given.mean).length, listOf(given.deviation).length];
  if (means !== deviations && means !== 1 && deviations !== 1)
    throw new ShapeError(
      `${where}: standardize has ${means} means and ${deviations} deviations, expected equal numbers.`,
    );
  const copy = (value: number | readonly number[]) => (typeof value === "number" ? value : [...value]);
  return { mean: copy(given.mean), deviation: copy(given.deviation) };
}

/** The numbers by which rows are standardized while they are gathered; null if the program does it. */
export function gathered(given: Standardization | undefined): { mean: number; deviation: number } | null {
  const { mean, deviation } = given ?? {};
  return typeof mean === "number" && typeof deviation === "number" ? { mean, deviation } : null;
}

/** (x − mean) / deviation as scale · x + shift, which has the bits of standardizing while gathering. */
export function standardized(x: Tensor, { mean, deviation }: Standardization): Tensor {
  const [means, deviations] = [listOf(mean), listOf(deviation)];
  const count = Math.max(means.length, deviations.length);
  const channels = x.shape.at(-1) ?? 1;
  if (count !== 1 && count !== channels)
    throw new ShapeError(
      `standardize: got numbers for ${count} channels, and inputs [${x.shape.join(", ")}] with ${channels}. Give one number, ` +
        "or one for each channel.",
    );
  const each = (value: (mean: number, deviation: number) => number): Tensor | number => {
    const values = Array.from({ length: count }, (_, k) =>
      value((means[k] ?? means[0]) as number, (deviations[k] ?? deviations[0]) as number),
    );
    return count === 1 ? (values[0] as number) : x.trace.constant(values, x.dtype);
  };
  return x.multiply(each((_, deviation) => 1 / deviation)).add(each((mean, deviation) => -mean / deviation));
}
