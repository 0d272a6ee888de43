/** The five runs that are compared: who learns, in batches of how many digits, how fast and how long. */

import { adam, multiStepDecay, type Optimizer, sgd } from "thalweg";
import type { PlainOptimizer } from "../../bench/plain/trainer.js";
import { whole } from "./format.js";

/** One run. */
export interface RunPlan {
  /** The name in every table and chart. */
  optimizer: string;
  /** The update rule with its figures, for both trainers. */
  rule: PlainOptimizer;
  batchSize: number;
  updates: number;
  /** So many of the last updates are made with a tenth of the learning rate; 0 for none. */
  gentleUpdates: number;
  /** Number of evaluations on the test digits at equal distances; there are more at the beginning. */
  evaluations: number;
  /** The plain JavaScript trainer samples its speed on the first digits of the file, this many of them. */
  sampleDigits: number;
}

const DIGITS = 60_000;
const BATCH = 64;
const PASS = Math.ceil(DIGITS / BATCH);
/** More digits than plain JavaScript evaluates in a second. */
const SAMPLE = 12_000;
const GENTLE_SHARE = 0.1;

/** In plain JavaScript one update on all digits takes many seconds; some on a twentieth of them show the same speed. */
const TWENTIETH = 3_000;

/**
 * planRuns: the five runs in the order in which they are made.
 *
 * Learning rates are good ones of each method for this network and length. Small batches leave weights that dance
 * about a minimum; a last pass in small steps settles them, for all three runs alike.
 *
 * @param quick one pass for each run in batches of 64, and hardly anything of the others
 */
export function planRuns(quick: boolean): RunPlan[] {
  const evaluations = quick ? 3 : 8;
  const batches = {
    evaluations,
    batchSize: BATCH,
    updates: quick ? PASS : 7 * PASS,
    gentleUpdates: quick ? PASS >> 2 : PASS,
    sampleDigits: SAMPLE,
  };
  return [
    {
      optimizer: "batch GD",
      rule: { kind: "sgd", learningRate: 0.2 },
      batchSize: DIGITS,
      updates: quick ? 2 : 16,
      gentleUpdates: 0,
      evaluations,
      sampleDigits: TWENTIETH,
    },
    {
      optimizer: "SGD, one sample",
      rule: { kind: "sgd", learningRate: 0.003 },
      batchSize: 1,
      updates: quick ? 2_000 : 20_000,
      gentleUpdates: 0,
      evaluations,
      sampleDigits: SAMPLE,
    },
    { optimizer: "mini-batch SGD", rule: { kind: "sgd", learningRate: 0.1 }, ...batches },
    { optimizer: "SGD + momentum", rule: { kind: "momentum", learningRate: 0.02, momentum: 0.9 }, ...batches },
    { optimizer: "Adam", rule: { kind: "adam", learningRate: 0.001 }, ...batches },
  ];
}

/** optimizerOf: the rule as Thalweg takes it, with a tenth of its rate from update `gentleFrom` on, if there is one. */
export function optimizerOf(rule: PlainOptimizer, gentleFrom?: number): Optimizer {
  const initial = rule.learningRate;
  const learningRate =
    gentleFrom === undefined ? initial : multiStepDecay({ initial, milestones: [gentleFrom], factor: GENTLE_SHARE });
  if (rule.kind === "adam") return adam({ learningRate });
  if (rule.kind === "momentum") return sgd({ learningRate, momentum: rule.momentum ?? 0.9 });
  return sgd({ learningRate });
}

/** settingsOf: the figures of a run in words. */
export function settingsOf({ rule, batchSize, gentleUpdates }: RunPlan): string {
  const momentum = rule.kind === "momentum" ? `, momentum ${rule.momentum}` : "";
  const last = gentleUpdates > 0 ? `, a tenth of it for the last ${whole(gentleUpdates)} updates` : "";
  return `Batches of ${whole(batchSize)}, learning rate ${rule.learningRate}${last}${momentum}.`;
}
