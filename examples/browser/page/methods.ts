/** The four methods of the switch: how they step, how many digits they look at, how they are drawn. */

import { adam, type Optimizer, sgd } from "thalweg";
import type { PlainOptimizer } from "../../../bench/plain/trainer.js";

export interface Method {
  id: "gd" | "sgd" | "momentum" | "adam";
  name: string;
  about: string;
  /** Digits in an update; more than there are means all of them. */
  batchSize: number;
  /** The rule as the plain trainer takes it. */
  rule: PlainOptimizer;
}

export const METHODS: readonly Method[] = [
  {
    id: "gd",
    name: "GD",
    about: "Gradient descent: all digits, then one step of 0.2 along the exact gradient.",
    batchSize: Number.MAX_SAFE_INTEGER,
    rule: { kind: "sgd", learningRate: 0.2 },
  },
  {
    id: "sgd",
    name: "SGD",
    about: "Stochastic gradient descent: 64 digits, then one step of 0.1.",
    batchSize: 64,
    rule: { kind: "sgd", learningRate: 0.1 },
  },
  {
    id: "momentum",
    name: "Momentum",
    about: "64 digits a step; the step keeps 0.9 of its velocity. Rate 0.02.",
    batchSize: 64,
    rule: { kind: "momentum", learningRate: 0.02, momentum: 0.9 },
  },
  {
    id: "adam",
    name: "Adam",
    about: "64 digits a step; every weight has a step of its own. Rate 0.001.",
    batchSize: 64,
    rule: { kind: "adam", learningRate: 0.001 },
  },
];

/** The rule as Thalweg takes it. */
export function optimizerOf({ rule }: Method): Optimizer {
  const { learningRate } = rule;
  if (rule.kind === "adam") return adam({ learningRate });
  return rule.kind === "momentum" ? sgd({ learningRate, momentum: 0.9 }) : sgd({ learningRate });
}
