// What dropout leaves on average: for a linear layer exactly what the layer gives when it is evaluated.

import { applyLayer, compile, dropout, type Engine, type Tensor } from "thalweg";
import { print, program } from "./course/program.js";

const weight = [0.5, -1, 2, 0.25, -0.75, 1.5];
const input = [1, 2, -1, 0.5, 3, -2];
export const modes = ["inverted", "testScaled"] as const;
export const rate = 0.4;

/** w·x with dropped inputs in training, as a mean over `masks` masks, and as evaluated. */
export function meanOver(
  engine: Engine,
  mode: (typeof modes)[number],
  masks: number,
): { mean: number; evaluated: number } {
  const layer = dropout(rate, { mode });
  const output = (training: boolean) =>
    compile(engine, (x: Tensor) =>
      applyLayer(layer, {}, x, { training }).output.multiply(weight).sum({ axes: 1 }).mean(),
    );
  using training = output(true);
  using evaluation = output(false);
  const rows = Array.from({ length: masks }, () => input);
  return { mean: training(rows) as number, evaluated: evaluation([input]) as number };
}

/** The same over all 2ⁿ masks, each counted with its probability: no chance is left. */
export function meanOverAll(mode: (typeof modes)[number]): number {
  const keep = 1 - rate;
  let mean = 0;
  for (let bits = 0; bits < 2 ** input.length; bits++) {
    const kept = input.map((_, k) => (bits >> k) & 1);
    const chance = kept.reduce((product, bit) => product * (bit ? keep : rate), 1);
    mean += chance * input.reduce((sum, x, k) => sum + x * (weight[k] ?? 0) * (kept[k] ?? 0), 0);
  }
  return mode === "inverted" ? mean / keep : mean;
}

await program(import.meta.url, (engine) => {
  print("masks", ...modes);
  for (const masks of [10, 1000, 100_000])
    print(String(masks), ...modes.map((mode) => meanOver(engine, mode, masks).mean));
  print("all of them", ...modes.map(meanOverAll));
  print("evaluated", ...modes.map((mode) => meanOver(engine, mode, 1).evaluated));
});
