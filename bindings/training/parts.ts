// The parts a trainer is made of.

import type { Layer } from "../layers/layer.js";
import type { Metric } from "../losses/metrics.js";
import type { WeightAverage } from "../optimizers/averages.js";
import type { Constraint } from "../optimizers/constraints.js";
import type { GradientTransform } from "../optimizers/gradientTransforms.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Penalty } from "../optimizers/penalties.js";
import type { ParameterGroup } from "./groups.js";
import type { HeadedLoss } from "./lossOver.js";
import type { NamedMoments } from "./standardize.js";

/** The options of a trainer with their defaults. */
export interface TrainerParts {
  readonly model: Layer;
  readonly loss: HeadedLoss;
  readonly optimizer: Optimizer;
  readonly groups: readonly ParameterGroup[];
  readonly penalty?: Penalty;
  readonly constraint?: Constraint;
  readonly gradient: readonly GradientTransform[];
  readonly average?: WeightAverage;
  readonly metrics: readonly Metric[];
  readonly seed: number;
  readonly dtype: "f32" | "f64";
  readonly standardize?: NamedMoments;
  readonly microBatch: number;
}
