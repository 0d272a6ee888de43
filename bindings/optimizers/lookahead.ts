import { wholeOnly } from "../engine/featureSets.js";
import { wrapperLookahead } from "../values/contract.js";
import { checkNumber, checkOptions } from "../values/options.js";
import type { Optimizer } from "./optimizer.js";
import { checkInner, describeWrapper, refuseMadeWeights, wrapped } from "./wrap.js";

export interface LookaheadOptions {
  /** k, updates from one synchronization to the next, a whole number from 1; default 5. */
  readonly syncPeriod?: number;
  /** α, the part of the way that the slow weights go, 0 < α ≤ 1; default 0.5. */
  readonly slowStepSize?: number;
}

/**
 * Lookahead around an optimizer: after every k updates s ← s + α (w − s), w ← s, with slow weights s beside the fast ones w.
 *
 * The state of the inner optimizer goes on. The weights that predict and evaluate read are the fast ones, which are the
 * slow ones after k, 2 k, 3 k, ... updates. Set from outside, weights are both.
 *
 * @param inner    any optimizer whose weights are its iterates, no average of them
 * @param options  syncPeriod and slowStepSize
 * @throws RangeError  syncPeriod not a whole number from 1, slowStepSize outside (0, 1]
 * @throws TypeError   inner is no optimizer, is in lookahead already, or has weights that are no iterates
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
