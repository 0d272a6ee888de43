import type { Dataset, Samples } from "../data/dataset.js";
import { wholeOnly } from "../engine/featureSets.js";
import type { Trainer } from "../training/trainer.js";
import { describeArray, type ExplainedOp, listOps, table } from "./listing.js";
import { type Explainable, lookInto } from "./subject.js";

/** What a program does, op by op, in the order in which it does it. */
export interface Explanation {
  readonly ops: readonly ExplainedOp[];
  /** Floating-point operations of one run. */
  readonly flops: number;
  /** Bytes read and written by one run, caches aside. */
  readonly bytes: number;
  /** Bytes of scratch memory. */
  readonly scratchBytes: number;
  /** The ops as a table. */
  toString(): string;
}

interface Explain {
  /** The training program of a trainer, for runs of `rows` rows. */
  (trainer: Trainer, samples: Samples | Dataset, rows?: number): Explanation;
  /** What a function does with arguments of these shapes. */
  <F extends Explainable>(f: F, ...args: Parameters<F>): Explanation;
}

/**
 * Lists the ops of a program: name, layer, shapes, types, where operands lie, bytes and flops. Ops that cancel, repeat or
 * reach no result are not there, as the program does not do them. The function is planned anew for it, and called once; of
 * a trainer nothing changes.
 *
 * @param f     a function made by compile, valueAndGrad, grad, hvp, jacobian or hessian, followed by its arguments; or a
 *              trainer, followed by samples and, if wanted, the rows of a run: default all samples, at most microBatch
 * @returns     { ops, flops, bytes, scratchBytes }, which prints as a table
 * @throws TypeError    neither a trainer nor such a function
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
