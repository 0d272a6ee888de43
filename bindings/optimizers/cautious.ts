import { wholeOnly } from "../engine/featureSets.js";
import { wrapperCautious } from "../values/contract.js";
import type { Optimizer } from "./optimizer.js";
import { checkInner, describeWrapper, refuseMadeWeights, wrapped } from "./wrap.js";

/**
 * Cautious optimizer: d ← m d / max(mean m, 0.001) for each update d of the inner optimizer, where the mask m is 1 where
 * d g < 0, else 0, and the mean is over each parameter. So only components against the gradient are applied.
 *
 * g is the gradient that the update rule uses, without coupled weight decay. Decoupled weight decay is not masked (for
 * that see decayCoupling "cautious").
 *
 * @param inner  an optimizer whose weights are its iterates, not an average of them; put lookahead around cautious, not
 *   inside
 * @throws TypeError  inner is not an optimizer, contains cautious or lookahead, or its weights are not its iterates
 * @example
 * cautious(adamW({ learningRate: 1e-3 }));
 * lookahead(cautious(adamW())).name; // "lookahead(cautious(adamW))"
 * @see Liang, Chen, Liu and Liu, *Cautious optimizers: Improving training with one line of code*, 2024, algorithm 1
 */
export const cautious = /* @__PURE__ */ wholeOnly(function cautious(inner: Optimizer): Optimizer {
  const where = "cautious";
  const optimizer = checkInner(where, inner);
  refuseMadeWeights(where, optimizer);
  if (optimizer.wrappers.some(({ wrapper }) => wrapper === "lookahead"))
    throw new TypeError(
      `${where}: inner cannot be ${optimizer.name}: cautious masks the update of a rule. Put lookahead around cautious.`,
    );
  const traits = { needsIterates: true, changesUpdate: true };
  return wrapped(inner, describeWrapper(where, wrapperCautious, { least: 1e-3 }, traits));
});
