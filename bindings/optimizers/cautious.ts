import { wholeOnly } from "../engine/featureSets.js";
import { wrapperCautious } from "../values/contract.js";
import type { Optimizer } from "./optimizer.js";
import { checkInner, describeWrapper, refuseMadeWeights, wrapped } from "./wrap.js";

/**
 * Cautious masking around an optimizer: of its update d only what goes against the gradient stays, made larger for what
 * is left out: d ← m d / max(mean m, 0.001), m = 1 where d g < 0, else 0, with the mean over each parameter.
 *
 * The gradient is the one the rule sees, without the part of a coupled decay; decoupled decay is not masked (for that
 * see decayCoupling "cautious").
 *
 * @param inner  any optimizer whose weights are its iterates, no average of them; lookahead goes around, not inside
 * @throws TypeError  inner is no optimizer, is in cautious or lookahead already, or has weights that are no iterates
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
      `${where}: inner cannot be ${optimizer.name}: what is masked is the update of the rule. Put lookahead around ` +
        "cautious.",
    );
  const traits = { needsIterates: true, changesUpdate: true };
  return wrapped(inner, describeWrapper(where, wrapperCautious, { least: 1e-3 }, traits));
});
