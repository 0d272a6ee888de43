import type { Schedulable } from "../schedules/scheduled.js";
import { checkChoice, checkOptions, wrongKind } from "../values/options.js";
import { defined, isLayer, type Layer } from "./layer.js";
import { checkSurvival, type ResidualOptions, residualBlock } from "./residual.js";
import { sequential } from "./sequential.js";

/** Stochastic depth: how often each block of a stack is kept. */
export interface SurvivalRule {
  /** s_L, the probability that the last block is kept in a training step, 0 < s_L ≤ 1, or a schedule of it; default 0.5. */
  readonly last?: Schedulable;
  /** Survival of block k of L: "linear" (default) 1 − k / L (1 − s_L), "constant" s_L. */
  readonly rule?: "linear" | "constant";
}

/** Options of `residualStack`. */
export interface ResidualStackOptions extends Pick<ResidualOptions, "mode" | "draw"> {
  /** Stochastic depth; default: every block is always kept. */
  readonly survival?: SurvivalRule;
}

/**
 * Stack of residual blocks: x ← x + f_k(x) for k from 1 to L; with stochastic depth x ← x + b_k f_k(x) in training, b_k = 1
 * with probability s_k = 1 − k / L (1 − s_L), else 0, and x ← x + s_k f_k(x) in evaluation. Parameters are named by position:
 * "0.block.weight".
 *
 * @param blocks   f_1 .. f_L, layers whose outputs have the shape of their inputs [batch, ...]
 * @param options  survival: { last: 0.5, rule: "linear" }; mode "testScaled" (default), or "inverted", which divides by s_k in
 *                 training; draw, one number for the "batch" (default) or for each "sample" (PyTorch's "row")
 * @throws TypeError   blocks is not an array of layers
 * @throws RangeError  survival out of range
 * @throws ShapeError  a block changes the shape
 * @example
 * const block = () => sequential([linear(64, 64), relu()]);
 * residualStack([block(), block(), block()], { survival: { last: 0.5, rule: "linear" } });
 * @see Huang, Sun, Liu, Sedra and Weinberger, *Deep networks with stochastic depth*, ECCV 2016, eq. 2 to 5
 */
export function residualStack(blocks: readonly Layer[], options: ResidualStackOptions = {}): Layer {
  const where = "residualStack";
  if (!Array.isArray(blocks) || !Array.from(blocks).every(isLayer))
    throw wrongKind(where, "blocks", "an array of layers", blocks, "[linear(4, 4), linear(4, 4)]");
  checkOptions(where, options, ["survival", "mode", "draw"]);
  const { survival: chosen } = options;
  if (chosen !== undefined) checkOptions(`${where}: survival`, chosen, ["last", "rule"]);
  const { last = chosen ? 0.5 : 1, rule = "linear" } = chosen ?? {};
  checkChoice(where, "survival.rule", rule, ["linear", "constant"]);
  const { mode, draw } = options;
  const survival = checkSurvival(where, "survival.last", last, mode);
  const given = { ...(mode === undefined ? {} : { mode }), ...(draw === undefined ? {} : { draw }) };
  const stack = sequential(
    blocks.map((block, k) =>
      residualBlock(where, block, survival, rule === "constant" ? 1 : (k + 1) / blocks.length, given),
    ),
  );
  const definition = [where, [...blocks], { ...options, ...(chosen ? { survival: { ...chosen } } : {}) }] as const;
  return defined(definition, { ...stack, name: `residualStack(${stack.name})` });
}
