import { wholeOnly } from "../engine/featureSets.js";
import { wrapperLookahead } from "../values/contract.js";
import { checkNumber, checkOptions } from "../values/options.js";
import type { Optimizer } from "./optimizer.js";
import { checkInner, describeWrapper, refuseMadeWeights, wrapped } from "./wrap.js";

/** Options of `lookahead`. */
export interface LookaheadOptions {
  /** Number k of updates between synchronizations, ≥ 1; default 5. */
  readonly syncPeriod?: number;
  /** Step size α of the slow weights, 0 < α ≤ 1; default 0.5. */
  readonly slowStepSize?: number;
}

/**
 * Lookahead: s ← s + α (w − s), w ← s after every k updates of the inner optimizer, with slow weights s and fast
 * weights w.
 *
 * The state of the inner optimizer is not reset. predict and evaluate use the fast weights, which equal the slow ones
 * after k, 2 k, 3 k, ... updates. Setting parameters sets both.
 *
 * @param inner    an optimizer whose weights are its iterates, not an average of them
 * @param options  syncPeriod, slowStepSize
 * @throws RangeError  syncPeriod is not a whole number from 1, or slowStepSize is outside (0, 1]
 * @throws TypeError   inner is not an optimizer, contains lookahead, or its weights are not its iterates
 * @example
 * const wrapped = createTrainer(engine, {
 *   model: linear(1, 1, { bias: false, weight: zerosInitializer }),
 *   loss: meanSquaredError(),
 *   optimizer: lookahead(sgd({ learningRate: 0.25 }), { syncPeriod: 2, slowStepSize: 0.5 }),
 * });
 * const batch = { inputs: [[1]], targets: [[1]] };
 * wrapped.step(batch);
 * wrapped.parameters().weight.data; // [0.5]
 * wrapped.step(batch);
 * wrapped.parameters().weight.data; // [0.375]
 * @see Zhang, Lucas, Hinton and Ba, *Lookahead optimizer: k steps forward, 1 step back*, NeurIPS 2019, algorithm 1
 */
export const lookahead = /* @__PURE__ */ wholeOnly(function lookahead(
  inner: Optimizer,
  options: LookaheadOptions = {},
): Optimizer {
  const where = "lookahead";
  refuseMadeWeights(where, checkInner(where, inner));
  checkOptions(where, options, ["syncPeriod", "slowStepSize"]);
  const { syncPeriod = 5, slowStepSize = 0.5 } = options;
  checkNumber(where, "syncPeriod", syncPeriod, { min: 1, integer: true });
  checkNumber(where, "slowStepSize", slowStepSize, { above: 0, max: 1 });
  const traits = { needsIterates: true, keepsWeights: true };
  return wrapped(inner, describeWrapper(where, wrapperLookahead, { syncPeriod, slowStepSize }, traits));
});
