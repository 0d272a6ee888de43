import type { AnySamples, Dataset } from "../data/dataset.js";
import { wholeOnly } from "../engine/featureSets.js";
import type { AnyTrainer } from "../training/trainer.js";
import { describeArray, type ExplainedOp, listOps, table } from "./listing.js";
import { type Explainable, lookInto } from "./subject.js";

/** Ops of a program, in the order in which they run. */
export interface Explanation {
  /** Ops in program order. */
  readonly ops: readonly ExplainedOp[];
  /** Floating-point operations of one run. */
  readonly flops: number;
  /** Bytes read and written by one run, without regard to caches. */
  readonly bytes: number;
  /** Bytes of scratch memory. */
  readonly scratchBytes: number;
  /** The ops as a table. */
  toString(): string;
}

interface Explain {
  (trainer: AnyTrainer, samples: AnySamples | Dataset, rows?: number): Explanation;
  <F extends Explainable>(f: F, ...args: Parameters<F>): Explanation;
}

/**
 * Lists the ops of a program: name, layer, shapes, types, addresses of operands, bytes and flops. Ops that the planner
 * removed (because they cancel, repeat another op or affect no result) are not listed. Plans the function again and calls
 * it once; a trainer is not changed.
 *
 * @param trainer  a trainer, of which the training program is listed
 * @param samples  { inputs, targets } or a data set
 * @param rows     rows of a run, ≥ 1; default all samples, at most microBatch
 * @param f        a function made by compile, valueAndGrad, grad, hvp, jacobian or hessian
 * @param args     the arguments of f
 * @returns     { ops, flops, bytes, scratchBytes }, which prints as a table
 * @throws TypeError    f is neither a trainer nor such a function
 * @throws EngineError  the engine has the feature set "dense" only
 * @example
 * const norm = compile(engine, (x) => x.square().sum());
 * explain(norm, [3, 4]).ops.map((op) => op.name); // ["square", "sum"]
 */
export const explain: Explain = /* @__PURE__ */ wholeOnly(function explain(subject: unknown, ...args: unknown[]) {
  return lookInto("explain", subject, args, false, (engine, program, parts): Explanation => {
    const ops = listOps(engine, program, parts).map(({ unit, call, ...op }): ExplainedOp => op);
    const { flops, bytes, scratchBytes } = program.cost;
    return { ops, flops, bytes, scratchBytes, toString: () => listing(ops) };
  });
});

function listing(ops: readonly ExplainedOp[]): string {
  const rows = ops.map(({ name, layer, backward, output, inputs, bytes, flops }, k) => [
    `${k}`,
    name,
    `${layer ?? ""}${backward ? "'" : ""}`,
    describeArray(output),
    `${bytes}`,
    `${flops}`,
    inputs.map(describeArray).join(", "),
  ]);
  return table(["#", "op", "layer", "output", "bytes", "flops", "inputs"], rows);
}
