import { wholeOnly } from "../engine/featureSets.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { ruleRandomSearch } from "../values/contract.js";
import { checkChoice, checkOptions } from "../values/options.js";
import { noDecay } from "./decay.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";

export interface RandomSearchOptions {
  /** s > 0, standard deviation of what is drawn, in the unit of the weights: larger looks further away. */
  readonly scale: Schedulable;
  /** Where it is drawn: around 0, or around the best weights so far; default "zero". */
  readonly around?: "zero" | "best";
}

/**
 * Random search: every update draws weights v = s N(0, 1), or w + s N(0, 1) around the best, and keeps them if their loss
 * on the batch is the lowest so far: w ← v.
 *
 * The weights are the best so far, the first draw in any case; the loss that a step reports is that of the draw. No
 * gradient is computed, so that an update costs a third, and gradientNorm is 0. Losses of different batches cannot be
 * compared: give batches of all rows. The draws follow the seed and the number of the update.
 *
 * @param options  scale, and around
 * @throws RangeError  scale not positive, or around something else
 * @throws TypeError   an unknown option
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
    places: true,
    gradientFree: true,
    weightsAre: "the best of the draws",
    hyper,
    decay: noDecay,
  });
});
