import { checkHyper, type Hyper, type Schedulable } from "../schedules/scheduled.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkOptions, wrongKind } from "../values/options.js";
import { needContext } from "./context.js";
import { applyNested, defined, isLayer, type Layer } from "./layer.js";
import { drawn, numberIn, over, scheduledState, times, towardsOne } from "./scheduledNumber.js";

/** Options of `residual`. */
export interface ResidualOptions {
  /** Probability s of keeping the block in a training step, 0 < s ≤ 1, or a schedule of it; default 1, no stochastic depth. */
  readonly survival?: Schedulable;
  /**
   * Scaling that preserves the expectation: "testScaled" (default, as the paper) multiplies f(x) by s in evaluation,
   * "inverted" divides it by s in training.
   */
  readonly mode?: "testScaled" | "inverted";
  /** Draw of b: one for the whole "batch" (default, as the paper), or one for each "sample". */
  readonly draw?: "batch" | "sample";
}

/** Checks a probability of survival; a schedule of it may reach 0 where nothing is divided by it. @internal */
export function checkSurvival(where: string, option: string, value: Schedulable, mode: ResidualOptions["mode"]): Hyper {
  const bounds = { above: 0, max: 1 };
  return checkHyper(where, option, value, bounds, mode === "inverted" ? bounds : undefined);
}

/**
 * Residual block: y = x + f(x). With stochastic depth y = x + b f(x) in training, where b is 1 with probability s, else
 * 0, and y = x + s f(x) in evaluation. The parameters of f have names under "block".
 *
 * In the paper s decreases with the depth: s = 1 − k / L (1 − s_L) for block k of L, s_L = 0.5; see `residualStack`.
 *
 * @param block    f, a layer whose output has the shape of its input
 * @param options  survival, mode, draw
 * @throws TypeError   block is not a layer
 * @throws RangeError  survival is out of range
 * @throws ShapeError  the block changes the shape
 * @example
 * residual(sequential([linear(64, 64), relu(), linear(64, 64)]), { survival: 0.8 });
 * @see He, Zhang, Ren and Sun, *Deep residual learning for image recognition*, CVPR 2016, eq. 1
 * @see Huang, Sun, Liu, Sedra and Weinberger, *Deep networks with stochastic depth*, ECCV 2016, eq. 2 to 5
 */
export function residual(block: Layer, options: ResidualOptions = {}): Layer {
  const where = "residual";
  if (!isLayer(block)) throw wrongKind(where, "block", "a layer", block, "linear(4, 4)");
  checkOptions(where, options, ["survival", "mode", "draw"]);
  const survival = checkSurvival(where, "survival", options.survival ?? 1, options.mode);
  return defined([where, block, { ...options }], residualBlock(where, block, survival, 1, options));
}

/** Residual block that survives with 1 − f (1 − s). @internal */
export function residualBlock(
  where: string,
  block: Layer,
  survival: Hyper,
  fraction: number,
  { mode = "testScaled", draw = "batch" }: ResidualOptions,
): Layer {
  checkChoice(where, "mode", mode, ["testScaled", "inverted"]);
  checkChoice(where, "draw", draw, ["batch", "sample"]);
  const state = { ...(block.state ? { block: block.state } : {}), ...scheduledState("survival", survival).state };
  return {
    name: `residual(${block.name})`,
    parameters: { block: block.parameters },
    ...(Object.keys(state).length > 0 ? { state } : {}),
    apply(parameters, input, context) {
      const x = input.trace.asFloat(input);
      const change = applyNested(block, "block", parameters, x, context);
      if (change.shape.join() !== x.shape.join())
        throw new ShapeError(
          `${where}: the block must keep the shape: got [${change.shape.join(", ")}] from [${x.shape.join(", ")}]. Give ` +
            "its last layer the width of its input.",
        );
      if (survival === 1) return x.add(change);
      const own = needContext(where, context);
      const s = towardsOne(numberIn(own, "survival", survival), fraction);
      if (!own.training) return x.add(mode === "testScaled" ? times(change, s) : change);
      const one = x.shape.map((extent, axis) => (axis === 0 && draw === "sample" ? extent : 1));
      const kept = drawn(own, s, one, { dtype: x.dtype, perRow: draw === "sample" });
      return x.add(change.multiply(mode === "inverted" ? over(kept, s) : kept));
    },
  };
}
