// A schedule that looks at the loss.

import { lawPlateau } from "../values/contract.js";
import { checkChoice, checkNumber, checkOptions } from "../values/options.js";
import { count, describe, hull, number } from "./schedule.js";
import type { Schedule } from "./scheduled.js";

export interface PlateauScheduleOptions {
  /** h₀; 1 for a plateau that scales another schedule. */
  readonly initial: number;
  /** φ of h ← max(φ h, minimum), 0 < φ < 1; default 0.1. */
  readonly factor?: number;
  /** Bad epochs: reduced after more than so many ("pytorch"), or at so many; ≥ 0; default 10. */
  readonly patience?: number;
  /** How much better a loss has to be; default 1e-4. */
  readonly threshold?: number;
  /** Below best (1 − threshold), or below best − threshold; default "relative", in the Keras convention "absolute". */
  readonly thresholdMode?: "relative" | "absolute";
  /** Epochs of rest after a reduction, ≥ 0; default 0. */
  readonly cooldown?: number;
  /** Least value; default 0. */
  readonly minimum?: number;
  /** A change that is not larger than this is not made; default 1e-8 in the PyTorch convention, else 0. */
  readonly smallestChange?: number;
  /** Whether the number observed should go down or up; default "minimize". */
  readonly mode?: "minimize" | "maximize";
  /** Losses that count as one, their mean, ≥ 1; default 1. */
  readonly average?: number;
  /** Whose defaults and whose counting of epochs; default "pytorch". */
  readonly convention?: "pytorch" | "keras" | "optax";
}

/**
 * Reduce on plateau: h ← max(φ h, minimum) when the loss has not become better for `patience` epochs. `fit` tells it
 * the validation loss after every epoch, the training loss if there is no validation; with `step`, use
 * `trainer.observe`. What it remembers is part of a checkpoint.
 *
 * | convention | reduces | threshold | cool-down |
 * |---|---|---|---|
 * | "pytorch" | after more than `patience` bad epochs | relative | no epoch of it counts |
 * | "keras" | at `patience` bad epochs | absolute | its last epoch counts |
 * | "optax" | at `patience` bad epochs | relative | no epoch of it counts |
 *
 * @throws RangeError  patience or cooldown negative, factor outside (0, 1), threshold negative
 * @example
 * sgd({ learningRate: plateauSchedule({ initial: 0.1, patience: 3 }) });
 * @see Krizhevsky, Sutskever and Hinton, *ImageNet classification with deep convolutional neural networks*, NIPS 2012,
 * sec. 5
 */
export function plateauSchedule(options: PlateauScheduleOptions): Schedule {
  const where = "plateauSchedule";
  checkOptions(where, options, [
    "initial",
    "factor",
    "patience",
    "threshold",
    "thresholdMode",
    "cooldown",
    "minimum",
    "smallestChange",
    "mode",
    "average",
    "convention",
  ]);
  const conventions = ["pytorch", "keras", "optax"] as const;
  const convention = checkChoice(where, "convention", options.convention ?? "pytorch", conventions);
  const initial = number(where, "initial", options.initial);
  const factor = checkNumber(where, "factor", options.factor ?? 0.1, { above: 0, below: 1 });
  const patience = checkNumber(where, "patience", options.patience ?? 10, { min: 0, integer: true });
  const threshold = checkNumber(where, "threshold", options.threshold ?? 1e-4, { min: 0 });
  const usual = convention === "keras" ? "absolute" : "relative";
  const isRelative =
    checkChoice(where, "thresholdMode", options.thresholdMode ?? usual, ["relative", "absolute"]) === "relative";
  const cooldown = checkNumber(where, "cooldown", options.cooldown ?? 0, { min: 0, integer: true });
  const minimum = number(where, "minimum", options.minimum ?? 0);
  const least = convention === "pytorch" ? 1e-8 : 0;
  const smallestChange = checkNumber(where, "smallestChange", options.smallestChange ?? least, { min: 0 });
  const mode = checkChoice(where, "mode", options.mode ?? "minimize", ["minimize", "maximize"]);
  const fields = {
    factor,
    patience: convention === "pytorch" ? patience + 1 : patience,
    relative: isRelative ? threshold : 0,
    absolute: isRelative ? 0 : threshold,
    maximize: Number(mode === "maximize"),
    cooldown,
    least: minimum,
    smallestChange,
    way: conventions.indexOf(convention),
    average: checkNumber(where, "average", options.average ?? 1, count),
    rate: initial,
  };
  return describe(where, lawPlateau, {}, fields, hull(initial, Math.min(initial, Math.max(minimum, 0))), {
    saved: "plateau",
  });
}
