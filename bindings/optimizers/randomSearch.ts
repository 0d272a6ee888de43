import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { wholeOnly } from "../engine/featureSets.js";
import { namesOf } from "../engine/fields.js";
import * as fields from "../engine/recordFields.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { ruleRandomSearch } from "../values/contract.js";
import { checkChoice, checkOptions } from "../values/options.js";
import { noDecay } from "./decay.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";
import type { ScalarsOf } from "./scalar.js";

/** Options of `randomSearch`. */
export interface RandomSearchOptions {
  /** Standard deviation s > 0 of the draws, in the unit of the weights. */
  readonly scale: Schedulable;
  /** Mean of the draws: "zero" (default), or the "best" weights so far. */
  readonly around?: "zero" | "best";
}

/** The lowest loss, which every group of the core keeps. */
const scalars: ScalarsOf = (trainer, groups) => {
  const { engine } = trainer;
  const first =
    trainer.get(fields.trainerGroups) + abi.groupLearningRate + 8 * namesOf(ruleRandomSearch).indexOf("lowestLoss");
  return [
    {
      name: "lowestLoss",
      read: () => engine.doubles[doubleAt(first)] as number,
      write: (value) => {
        for (const k of groups.keys()) engine.doubles[doubleAt(first + k * abi.groupBytes)] = value;
      },
      isValid: Number.isFinite,
    },
  ];
};

/**
 * Random search: w ← v if the loss of v on the batch is the lowest so far, where every update draws v = s N(0, 1), or
 * v = w + s N(0, 1) with around "best".
 *
 * The weights are the best so far, and the first draw is always accepted; the loss of a step is that of the draw. No
 * gradient is computed, so that an update costs about a third, and gradientNorm is 0. Losses of different batches are not
 * comparable, so use batches of all rows. The draws depend only on the seed and the number of the update.
 *
 * @param options  scale, around
 * @throws RangeError  scale is not positive, or around is unknown
 * @throws TypeError   an option is unknown
 * @example
 * const searched = createTrainer(engine, {
 *   model: linear(1, 1),
 *   loss: meanSquaredError(),
 *   optimizer: randomSearch({ scale: 1 }),
 * });
 * let least = Infinity;
 * for (let draw = 0; draw < 50; draw++) least = Math.min(least, searched.step(data).loss);
 * searched.evaluate(data).loss === least; // true
 * @see Rastrigin, *The convergence of the random search method in the extremal control of a many-parameter system*,
 * Automation and Remote Control 24, 1963
 */
export const randomSearch = /* @__PURE__ */ wholeOnly(function randomSearch(options: RandomSearchOptions): Optimizer {
  const where = "randomSearch";
  checkOptions(where, options, ["scale", "around"]);
  const scale = checkHyper(where, "scale", options.scale, { above: 0 });
  const best = checkChoice(where, "around", options.around ?? "zero", ["zero", "best"]) === "best";
  const hyper = { scale, around: Number(best), lowestLoss: 0 };
  return describeOptimizer(randomSearch, options, {
    name: where,
    rule: ruleRandomSearch,
    looksAhead: true,
    gradientFree: true,
    scalars,
    weightsAre: "the best of the draws",
    hyper,
    decay: noDecay,
  });
});
