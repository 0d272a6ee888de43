/** The four methods of the switch: their update rules and batch sizes. */

import { adam, type Optimizer, sgd } from "thalweg";
import type { PlainOptimizer } from "../../../bench/plain/trainer.js";

export interface Method {
  id: "gd" | "sgd" | "momentum" | "adam";
  name: string;
  about: string;
  /** Digits in an update; a number above that of the digits means all. */
  batchSize: number;
  /** Options of the plain trainer. */
  rule: PlainOptimizer;
}

export const METHODS: readonly Method[] = [
  {
    id: "gd",
    name: "GD",
    about: "Gradient descent: the exact gradient of all digits. Learning rate 0.2.",
    batchSize: Number.MAX_SAFE_INTEGER,
    rule: { kind: "sgd", learningRate: 0.2 },
  },
  {
    id: "sgd",
    name: "SGD",
    about: "Stochastic gradient descent: batches of 64 digits. Learning rate 0.1.",
    batchSize: 64,
    rule: { kind: "sgd", learningRate: 0.1 },
  },
  {
    id: "momentum",
    name: "Momentum",
    about: "Batches of 64 digits, with momentum 0.9. Learning rate 0.02.",
    batchSize: 64,
    rule: { kind: "momentum", learningRate: 0.02, momentum: 0.9 },
  },
  {
    id: "adam",
    name: "Adam",
    about: "Batches of 64 digits; the step of every weight adapts to its gradients. Learning rate 0.001.",
    batchSize: 64,
    rule: { kind: "adam", learningRate: 0.001 },
  },
];

/** Optimizer for Thalweg. */
export function optimizerOf({ rule }: Method): Optimizer {
  const { learningRate } = rule;
  if (rule.kind === "adam") return adam({ learningRate });
  return rule.kind === "momentum" ? sgd({ learningRate, momentum: 0.9 }) : sgd({ learningRate });
}
