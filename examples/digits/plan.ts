/** The runs that are compared: which network learns, in batches of how many digits, how fast and how long. */

import { adam, multiStepDecay, type Optimizer, oneCycle, type Schedule, sgd } from "thalweg";
import type { PlainOptimizer } from "../../bench/plain/trainer.js";
import { whole } from "./format.js";
import type { Network } from "./types.js";

/** One run. */
export interface RunPlan {
  network: Network;
  optimizer: string;
  /** The update rule with its figures, for both trainers. */
  rule: PlainOptimizer;
  batchSize: number;
  updates: number;
  /** So many of the last updates are made with a tenth of the learning rate; 0 for none. */
  gentleUpdates: number;
  /** True for a learning rate that rises to that of the rule and falls to almost 0; else it is constant. */
  oneCycle: boolean;
  /** True if every update distorts its digits anew. */
  augmented: boolean;
  /** Number of evaluations on the test digits at equal distances; there are more at the beginning. */
  evaluations: number;
  /** The plain JavaScript trainer samples its speed on the first digits of the file, this many; 0 if it is not compared. */
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
 * planRuns: the runs in the order in which they are made.
 *
 * Learning rates are good ones of each method for this network and length. Small batches leave weights that dance
 * about a minimum; a last pass in small steps settles them, for all three runs alike.
 *
 * @param quick one pass for each run of the dense network in batches of 64, and less of the others
 * @param networks those to train
 * @param augment true if the convolutional network learns from distorted digits
 */
export function planRuns(quick: boolean, networks: readonly Network[], augment: boolean): RunPlan[] {
  return [...denseRuns(quick), convolutionalRun(quick, augment)].filter(({ network }) => networks.includes(network));
}

function denseRuns(quick: boolean): RunPlan[] {
  const all = {
    network: "dense",
    gentleUpdates: 0,
    oneCycle: false,
    augmented: false,
    evaluations: quick ? 3 : 8,
  } as const;
  const batches = {
    ...all,
    batchSize: BATCH,
    updates: quick ? PASS : 7 * PASS,
    gentleUpdates: quick ? PASS >> 2 : PASS,
    sampleDigits: SAMPLE,
  };
  return [
    {
      ...all,
      optimizer: "batch GD",
      rule: { kind: "sgd", learningRate: 0.2 },
      batchSize: DIGITS,
      updates: quick ? 2 : 16,
      sampleDigits: TWENTIETH,
    },
    {
      ...all,
      optimizer: "SGD, one sample",
      rule: { kind: "sgd", learningRate: 0.003 },
      batchSize: 1,
      updates: quick ? 2_000 : 20_000,
      sampleDigits: SAMPLE,
    },
    { ...batches, optimizer: "mini-batch SGD", rule: { kind: "sgd", learningRate: 0.1 } },
    { ...batches, optimizer: "SGD + momentum", rule: { kind: "momentum", learningRate: 0.02, momentum: 0.9 } },
    { ...batches, optimizer: "Adam", rule: { kind: "adam", learningRate: 0.001 } },
  ];
}

/**
 * The plain trainer has no batch normalization; `npm run bench` compares a convolutional net without it. Distorted digits are
 * harder to learn, and are worth more passes.
 */
function convolutionalRun(quick: boolean, augmented: boolean): RunPlan {
  return {
    network: "convolutional",
    optimizer: "Adam",
    rule: { kind: "adam", learningRate: augmented ? 0.01 : 0.004 },
    batchSize: BATCH,
    updates: quick ? PASS >> 1 : (augmented ? 12 : 5) * PASS,
    gentleUpdates: 0,
    oneCycle: true,
    augmented,
    evaluations: quick ? 3 : 8,
    sampleDigits: 0,
  };
}

/** learningRateOf: the learning rate of a run as it changes. */
export function learningRateOf({ rule, updates, gentleUpdates, oneCycle: cycle }: RunPlan): number | Schedule {
  const { learningRate } = rule;
  if (cycle) return oneCycle({ peak: learningRate, length: updates });
  if (gentleUpdates === 0) return learningRate;
  return multiStepDecay({ initial: learningRate, milestones: [updates - gentleUpdates], factor: GENTLE_SHARE });
}

/** optimizerOf: the rule as Thalweg takes it; default with a constant learning rate. */
export function optimizerOf(rule: PlainOptimizer, learningRate: number | Schedule = rule.learningRate): Optimizer {
  if (rule.kind === "adam") return adam({ learningRate });
  if (rule.kind === "momentum") return sgd({ learningRate, momentum: rule.momentum ?? 0.9 });
  return sgd({ learningRate });
}

/** settingsOf: the figures of a run in words. */
export function settingsOf({ rule, batchSize, gentleUpdates, oneCycle: cycle, augmented }: RunPlan): string {
  const momentum = rule.kind === "momentum" ? `, momentum ${rule.momentum}` : "";
  const last = gentleUpdates > 0 ? `, a tenth of it for the last ${whole(gentleUpdates)} updates` : "";
  const rate = cycle ? `that rises to ${rule.learningRate} and falls to almost 0` : `${rule.learningRate}`;
  const sentence = `Batches of ${whole(batchSize)}, learning rate ${rate}${last}${momentum}.`;
  return augmented ? `${sentence} Every update turns, shifts and scales its digits anew.` : sentence;
}
