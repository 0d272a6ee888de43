// Muon for matrices, with another optimizer for all other parameters.

import * as abi from "../../assembly/abi.js";
import { wholeOnly } from "../engine/featureSets.js";
import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { blockBytes } from "../tensors/trace.js";
import { ruleMuon } from "../values/contract.js";
import { checkChoice, checkFlag, checkNumber, shown } from "../values/options.js";
import { adamW } from "./adam.js";
import { type ConventionOption, type Presets, resolve } from "./convention.js";
import { type DecayOptions, type DecoupledCoupling, decayKeys, decoupledDecayOf } from "./decay.js";
import { describeOptimizer, type Optimizer } from "./optimizer.js";

/** Options of `muon`. */
export interface MuonOptions extends ConventionOption, DecayOptions<DecoupledCoupling> {
  /** Learning rate h > 0; default 0.001 ("lecture" 0.02). Larger values train faster, but diverge if too large. */
  readonly learningRate?: Schedulable;
  /** Momentum μ, 0 ≤ μ < 1; default 0.95. */
  readonly momentum?: Schedulable;
  /** True uses Nesterov momentum (default), false plain momentum. */
  readonly nesterov?: boolean;
  /** True corrects the bias of the momentum; default false ("optax" true). */
  readonly biasCorrection?: boolean;
  /**
   * Scale s of the step: "original" (default), √max(1, out/in), or "matchAdam" (default with "keras"), 0.2 √max(in, out),
   * which gives steps of the size of Adam's.
   */
  readonly scale?: "original" | "matchAdam";
  /** Constant ε > 0 that avoids a division by a norm of 0; default 1e-7 ("optax" 1e-8). */
  readonly epsilon?: Schedulable;
  /** Number of Newton-Schulz iterations, ≥ 1; default 5. More iterations make X closer to orthogonal, but take longer. */
  readonly steps?: number;
  /** Coefficients a, b, c of X ← a X + (b A + c A²) X, A = X Xᵀ; default [3.4445, −4.775, 2.0315]. */
  readonly coefficients?: readonly [number, number, number];
  /** Weight decay λ ≥ 0; default 0.1 for "pytorch", 0.004 for "keras", else 0. */
  readonly weightDecay?: Schedulable;
  /**
   * Optimizer of parameters with fewer than two axes; default adamW with the same learning rate. Optax has Adam with Nesterov momentum
   * there: `nadam({ convention: "optax" })`.
   */
  readonly others?: Optimizer;
}

const muonPresets: Presets<
  Required<Omit<MuonOptions, Exclude<keyof DecayOptions, "weightDecay"> | "convention" | "others">>
> = {
  paper: {
    learningRate: 0.02,
    momentum: 0.95,
    nesterov: true,
    biasCorrection: false,
    scale: "original",
    epsilon: 1e-7,
    steps: 5,
    coefficients: [3.4445, -4.775, 2.0315],
    weightDecay: 0,
  },
  pytorch: { learningRate: 1e-3, weightDecay: 0.1 },
  keras: { learningRate: 1e-3, scale: "matchAdam", weightDecay: 4e-3 },
  optax: { learningRate: 1e-3, biasCorrection: true, epsilon: 1e-8 },
};

/**
 * Muon: w ← w − h s X, where X is the momentum of a matrix, orthogonalized approximately by Newton-Schulz iterations.
 *
 * A parameter of two or more axes is the matrix [all axes but the last, last]; `others` updates all other parameters. The
 * iterations are in the trainer's type, in PyTorch in bf16. `muonFlops` returns the cost of a step.
 *
 * @param options  learningRate, momentum, nesterov, biasCorrection, scale, epsilon, steps, coefficients, weightDecay,
 *   decayCoupling, decayFilter, others, convention
 * @throws RangeError  learningRate or epsilon is not positive, momentum is outside [0, 1), or steps is not a whole number
 *   from 1
 * @throws TypeError   others is not an optimizer with a plain update rule, or an option is unknown
 * @example
 * muon({ learningRate: 0.02, weightDecay: 0.01, others: adamW({ learningRate: 3e-4 }) });
 * @see Jordan et al., *Muon: An optimizer for hidden layers in neural networks*, 2024
 * @see Liu et al., *Muon is scalable for LLM training*, arXiv 2502.16982, 2025 (scale "matchAdam")
 */
export const muon = /* @__PURE__ */ wholeOnly(function muon(options: MuonOptions = {}): Optimizer {
  const where = "muon";
  const all = resolve(where, options, muonPresets, [...decayKeys, "others"]);
  const learningRate = checkHyper(where, "learningRate", all.learningRate, { above: 0 });
  const { coefficients, others = adamW({ learningRate: all.learningRate }) } = all;
  if (others === null || typeof others !== "object" || !("rule" in others))
    throw new TypeError(`muon: others must be an optimizer, got ${shown(others)}. Try adamW().`);
  if (others.others || others.looksAhead || others.wrappers.length > 0)
    throw new TypeError(`muon: others cannot be ${others.name}, which is not a plain update rule. Try adamW().`);
  if (!Array.isArray(coefficients) || coefficients.length !== 3)
    throw new TypeError(`muon: coefficients must be three numbers, got ${shown(coefficients)}.`);
  const [a, b, c] = coefficients.map((value, k) => checkNumber(where, `coefficients[${k}]`, value, {}));
  const hyper = {
    learningRate,
    momentum: checkHyper(where, "momentum", all.momentum, { min: 0, below: 1 }),
    nesterov: Number(checkFlag(where, "nesterov", all.nesterov)),
    corrected: Number(checkFlag(where, "biasCorrection", all.biasCorrection)),
    scale: Number(checkChoice(where, "scale", all.scale, ["original", "matchAdam"]) === "matchAdam"),
    epsilon: checkHyper(where, "epsilon", all.epsilon, { above: 0 }, { above: 0 }),
    added: Number(all.convention === "keras" || all.convention === "optax"),
    steps: checkNumber(where, "steps", all.steps, { min: 1, integer: true }),
    a: a as number,
    b: b as number,
    c: c as number,
  };
  const decay = decoupledDecayOf(
    where,
    all,
    learningRate,
    "Its steps do not depend on the size of the gradient: use a decoupled one.",
  );
  const states = Math.max(1, others.states);
  return describeOptimizer(muon, options, { name: where, rule: ruleMuon, states, hyper, decay, others, workspace });
});

/** Bytes of scratch of an update: see muon.ts of the core. */
function workspace(dtype: "f32" | "f64", rows: number, columns: number): number {
  const block = (elements: number): number => blockBytes(dtype, elements) + 64;
  return 2 * block(rows * columns) + 2 * block(Math.min(rows, columns) ** 2) + abi.gemmScratchBytes;
}

/**
 * Floating-point operations of the matrix products in one Muon update of a matrix: steps ⋅ (4 m n² + 2 n³), with n the
 * smaller and m the larger of its extents.
 *
 * @param rows     number of rows, ≥ 1
 * @param columns  number of columns, ≥ 1
 * @param steps    Newton-Schulz iterations, ≥ 1; default 5
 * @throws RangeError  a number is not a whole number from 1
 * @example
 * muonFlops(1024, 1024); // 32212254720
 */
export function muonFlops(rows: number, columns: number, steps = 5): number {
  for (const [name, value] of Object.entries({ rows, columns, steps }))
    checkNumber("muonFlops", name, value, { min: 1, integer: true });
  const n = Math.min(rows, columns);
  return steps * (4 * rows * columns * n + 2 * n ** 3);
}
