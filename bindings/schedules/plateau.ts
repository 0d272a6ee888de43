// A schedule that depends on the loss.

import { lawPlateau } from "../values/contract.js";
import { checkChoice, checkNumber, checkOptions } from "../values/options.js";
import { count, describe, hull, number } from "./schedule.js";
import type { Schedule } from "./scheduled.js";

/** Options of `plateauSchedule`. */
export interface PlateauScheduleOptions {
  /** Initial value h₀; use 1 if it scales another schedule. */
  readonly initial: number;
  /** Factor φ of a reduction, 0 < φ < 1; default 0.1. */
  readonly factor?: number;
  /**
   * Number of epochs without improvement before a reduction, ≥ 0; default 10. Conventions count differently, see below.
   */
  readonly patience?: number;
  /** Minimum improvement of the loss, ≥ 0; default 1e-4. */
  readonly threshold?: number;
  /**
   * Meaning of the threshold: an improvement is a loss below best (1 − threshold) for "relative" (default), below
   * best − threshold for "absolute" (default with convention "keras").
   */
  readonly thresholdMode?: "relative" | "absolute";
  /** Number of epochs after a reduction in which epochs without improvement are not counted, ≥ 0; default 0. */
  readonly cooldown?: number;
  /** Lower bound of the value; default 0. */
  readonly minimum?: number;
  /** Reductions by at most this are not made, ≥ 0; default 1e-8 with convention "pytorch", else 0. */
  readonly smallestChange?: number;
  /** Direction of improvement: "minimize" (default) or "maximize". */
  readonly mode?: "minimize" | "maximize";
  /** Number of losses whose mean is observed as one, ≥ 1; default 1. */
  readonly average?: number;
  /** Library whose defaults and counting of epochs apply: "pytorch" (default), "keras" or "optax". */
  readonly convention?: "pytorch" | "keras" | "optax";
}

/**
 * Reduce on plateau: h ← max(φ h, minimum) when the loss has not improved for `patience` epochs. `fit` observes the
 * validation loss after every epoch, or the training loss without validation data; after `step`, call `trainer.observe`.
 * The state is part of checkpoints.
 *
 * | convention | reduces | threshold | cool-down |
 * |---|---|---|---|
 * | "pytorch" | after more than `patience` epochs without improvement | relative | none of its epochs counts |
 * | "keras" | after `patience` epochs without improvement | absolute | its last epoch counts |
 * | "optax" | after `patience` epochs without improvement | relative | none of its epochs counts |
 *
 * @param options  initial, factor, patience, threshold, thresholdMode, cooldown, minimum, smallestChange, mode, average,
 *   convention
 * @throws RangeError  patience, cooldown or threshold is negative, or factor is outside (0, 1)
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
