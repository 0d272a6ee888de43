// Thirty weights for twenty samples, the penalty swept: the training loss rises, the test loss dips, and where |w|
// counts, weights become exactly 0.

import { compile, type Engine, sgd, type Tensor } from "thalweg";
import { pointOf, startAt, update } from "./course/point.js";
import { print, program } from "./course/program.js";

const weights = 30;

/** Numbers without a pattern, the same ones every time. */
const noise = (k: number): number => 2 * ((Math.abs(Math.sin(12.9898 * k + 4) * 43758.5453) % 1) - 0.5);
const rows = (count: number, from: number): number[][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: weights }, (_, j) => noise(from + weights * i + j)));
/** Only the first four features matter. */
const answers = (design: number[][], from: number): number[] =>
  design.map(([a = 0, b = 0, c = 0, d = 0], i) => 2 * a - 2 * b + c - d + noise(from + i));
const [trainRows, testRows] = [rows(20, 0), rows(200, 5000)];
const [trainAnswers, testAnswers] = [answers(trainRows, 20000), answers(testRows, 30000)];

const meanSquare = (design: number[][], y: number[]) => (w: Tensor) =>
  w.reshape([1, weights]).matmul(design, { transposeB: true }).subtract(y).square().mean();

export const kinds = { L2: [1, 0], L1: [0, 1], "elastic net": [1, 1] } as const;

/** Losses and the share of exact zeros after 3,000 updates, each followed by the penalty's proximal step. */
export function fitWith(engine: Engine, kind: keyof typeof kinds, lambda: number) {
  const h = 0.1;
  const [square, absolute] = kinds[kind];
  const f = meanSquare(trainRows, trainAnswers);
  const trainer = startAt(engine, f, new Array<number>(weights).fill(0), sgd({ learningRate: h }));
  const shrink = (w: number): number =>
    (Math.sign(w) * Math.max(0, Math.abs(w) - h * lambda * absolute)) / (1 + 2 * h * lambda * square);
  for (let k = 0; k < 3000; k++) {
    update(trainer);
    trainer.setParameters({ x: pointOf(trainer).map(shrink) });
  }
  const w = pointOf(trainer);
  trainer.free();
  using train = compile(engine, f);
  using test = compile(engine, meanSquare(testRows, testAnswers));
  return {
    train: train(w) as number,
    test: test(w) as number,
    zeros: w.filter((value) => value === 0).length / weights,
  };
}

await program(import.meta.url, (engine) => {
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    print(`\n${kind}`, "train loss", "test loss", "zeros");
    for (const lambda of [0, 0.001, 0.01, 0.1, 1])
      print(`λ = ${lambda}`, ...Object.values(fitWith(engine, kind, lambda)));
  }
});
