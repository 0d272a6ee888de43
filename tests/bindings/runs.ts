// Data and results of training runs that several test files compare.

import type { Trainer } from "thalweg";
import { numbers } from "./numbers.js";

/** Samples of three classes: inputs f32 [rows, features] in -1 .. 1, and labels. */
export const classSamples = (rows: number, features: number, seed: number) => ({
  inputs: { data: Float32Array.from(numbers(rows * features, -1, 1, seed)), shape: [rows, features] },
  targets: Int32Array.from(numbers(rows, 0, 3, seed + 1), Math.floor),
});

/** A history without what a clock or the place decides. */
export const timeless = ({ epochs, steps, stopped, best }: Awaited<ReturnType<Trainer["fit"]>>) => ({
  epochs: epochs.map(({ seconds: _, ...epoch }) => epoch),
  steps,
  stopped,
  best,
});
