// Muon for matrices, another optimizer for everything else.

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

export interface MuonOptions extends ConventionOption, DecayOptions<DecoupledCoupling> {
  /**
   * Learning rate h > 0, the length of a step: larger learns faster, too large diverges; default 0.001 (lectures 0.02,
   * the paper's).
   */
  readonly learningRate?: Schedulable;
  /** Decay of the momentum, 0 ≤ μ < 1: the nearer to 1, the longer a direction is kept; default 0.95. */
  readonly momentum?: Schedulable;
  /** Whether the gradient is mixed in once more; default true. */
  readonly nesterov?: boolean;
  /** Whether the means are bias-corrected; default false (Optax true). */
  readonly biasCorrection?: boolean;
  /** √max(1, out/in), or 0.2 √max(in, out), the size of Adam's steps; default "original" (Keras "matchAdam"). */
  readonly scale?: "original" | "matchAdam";
  /** ε > 0 that keeps the norm from 0; default 1e-7 (Optax 1e-8). */
  readonly epsilon?: Schedulable;
  /**
   * Newton-Schulz iterations, a whole number from 1: more make the step more nearly orthogonal, at the price of time;
   * default 5.
   */
  readonly steps?: number;
  /** Coefficients a, b, c of X ← a X + (b A + c A²) X; default [3.4445, −4.775, 2.0315]. */
  readonly coefficients?: readonly [number, number, number];
  /** λ ≥ 0, how strongly weights are drawn to 0 at each update; default 0.1 (Keras 0.004, otherwise 0). */
  readonly weightDecay?: Schedulable;
  /** What updates the parameters of fewer than two axes; default adamW with the same learning rate. */
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
 * Muon: w ← w − h s X, where X is the momentum of the matrix made nearly orthogonal by Newton-Schulz iterations.
 *
 * A parameter of two or more axes is the matrix [all but the last, last]; the others go to `others`. It computes in the
 * trainer's type, where PyTorch's iterates in bf16. `muonFlops` tells what a step costs.
 *
 * @throws RangeError  learningRate or epsilon not positive, momentum outside [0, 1), steps not a whole number from 1
 * @throws TypeError   others is not an optimizer, or works on whole matrices itself, or an unknown option
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
  if (others.others || others.places || others.wrappers.length > 0)
    throw new TypeError(`muon: others cannot be ${others.name}, which needs steps of its own. Try adamW().`);
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
  const decay = decoupledDecayOf(where, all, learningRate, "A norm does not feel a penalty's size.");
  const states = Math.max(1, others.states);
  return describeOptimizer(muon, options, { name: where, rule: ruleMuon, states, hyper, decay, others, workspace });
});

/** See the core's muon.ts. */
function workspace(dtype: "f32" | "f64", rows: number, columns: number): number {
  const block = (elements: number): number => blockBytes(dtype, elements) + 64;
  return 2 * block(rows * columns) + 2 * block(Math.min(rows, columns) ** 2) + abi.gemmScratchBytes;
}

/**
 * Floating-point operations of one Muon update of a matrix [rows, columns]: steps ⋅ (4 m n² + 2 n³) for n ≤ m, its products alone.
 *
 * @param steps  Newton-Schulz iterations, ≥ 1; default 5
 * @throws RangeError  a number that is not whole, or below 1
 * @example
 * muonFlops(1024, 1024); // 32212254720
 */
export function muonFlops(rows: number, columns: number, steps = 5): number {
  for (const [name, value] of Object.entries({ rows, columns, steps }))
    checkNumber("muonFlops", name, value, { min: 1, integer: true });
  const n = Math.min(rows, columns);
  return steps * (4 * rows * columns * n + 2 * n ** 3);
}
