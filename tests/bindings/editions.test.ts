// The core without solvers, optimized for size, is the whole one to the bit, and says what it cannot do.

import { readFileSync } from "node:fs";
import {
  accuracy,
  adam,
  batchNorm,
  createEngine,
  createTrainer,
  dropout,
  exponentialDecay,
  gelu,
  linear,
  nadam,
  sequential,
  softmaxCrossEntropy,
  tanh,
} from "thalweg";
import { expect, it } from "vitest";
import { solversOf } from "../../bindings/solvers.js";
import { hash, parkMiller } from "./numbers.js";

const wasm = (name: string) => readFileSync(new URL(`../../dist/${name}.wasm`, import.meta.url));

/** The digest of all that training leaves behind. */
async function digest(name: string, dtype: "f32" | "f64", optimizer: typeof adam | typeof nadam): Promise<string> {
  const engine = await createEngine({ wasm: wasm(name) });
  const random = parkMiller(5);
  const inputs = Array.from({ length: 34 }, () => Array.from({ length: 7 }, () => random() - 0.5));
  const targets = inputs.map((row) => (row[0]! > 0 ? 1 : 0));
  const trainer = createTrainer(engine, {
    model: sequential([linear(7, 19), batchNorm(19), gelu(), dropout(0.25), linear(19, 9), tanh(), linear(9, 2)]),
    loss: softmaxCrossEntropy(),
    optimizer: optimizer({ learningRate: exponentialDecay({ initial: 1e-2, rate: 0.97, length: 3 }) }),
    metrics: [accuracy()],
    dtype,
    seed: 3,
  });
  await trainer.fit({ inputs, targets }, { epochs: 9, batchSize: 8 });
  return hash([trainer.save()]);
}

it.each([
  ["f32", "adam", adam],
  ["f64", "nadam", nadam],
] as const)("both editions train to the same bits in %s with %s", async (dtype, _, optimizer) => {
  expect(await digest("thalweg.core", dtype, optimizer)).toBe(await digest("thalweg", dtype, optimizer));
});

it("a function that solves names the edition it needs", async () => {
  const engine = await createEngine({ wasm: wasm("thalweg.core") });
  expect(() => solversOf("minimize", engine, "absent" as never)).toThrow(
    /minimize: this engine was made from the core/,
  );
});
