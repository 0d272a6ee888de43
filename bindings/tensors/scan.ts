// Loops over the steps of sequences: a function is traced once, and the core runs it for every step.

import * as abi from "../../assembly/abi.js";
import { sequencesOnly } from "../engine/featureSets.js";
import { depthLimit, tooDeep, typeCode } from "../values/arrays.js";
import { ShapeError, sentences, TraceError } from "../values/errors.js";
import { checkChoice, checkFlag, checkOptions, has, isRecord, shown, wrongKind } from "../values/options.js";
import { Tensor } from "./tensor.js";
import type { Trace } from "./trace.js";
import type { TensorTree } from "./trees.js";

/** Options of `scan`. */
export interface ScanOptions<Carry, Sequences> {
  /** Values before the first step: a tensor, or a tree of tensors; default none. */
  readonly carry?: Carry;
  /** Tensors [steps, ...], or a tree of them, whose elements the body gets step by step. */
  readonly sequences: Sequences;
  /** True runs from the last step to the first, with outputs at their steps; default false. */
  readonly reverse?: boolean;
  /**
   * Values of every step that derivatives keep: "store" (default) all that cost more to compute again than to read, "recompute" the
   * carries alone, which takes less memory and about a quarter more time.
   */
  readonly memory?: "store" | "recompute";
}

/** Result of a step. */
export interface ScanStep<Carry, Output> {
  /** Values for the next step, arranged, shaped and typed as the carry. */
  readonly carry?: Carry;
  /** Output of the step: a tensor, or a tree of tensors. */
  readonly output?: Output;
}

/** Results of a loop. */
export interface Scanned<Carry, Output> {
  /** Values after the last step. */
  readonly carry: Carry;
  /** Outputs of all steps, each [steps, ...]. */
  readonly output: Output;
}

type Named = [name: string, tensor: Tensor];

/** The tensors of a tree by dotted name. */
function tensorsOf(where: string, tree: unknown, name: string, out: Named[] = [], depth = 0): Named[] {
  if (depth === depthLimit) throw tooDeep(where, "trees");
  if (tree instanceof Tensor) out.push([name, tree]);
  else if (Array.isArray(tree) || isRecord(tree))
    for (const [key, item] of Object.entries(tree as object)) tensorsOf(where, item, `${name}.${key}`, out, depth + 1);
  else if (tree !== undefined) throw wrongKind(where, `"${name}"`, "a tensor or a tree of tensors", tree);
  return out;
}

/** A tree like `tree` with the tensors of a list in their order. */
function arranged(tree: unknown, list: Tensor[]): unknown {
  if (tree === undefined || tree instanceof Tensor) return tree && list.shift();
  if (Array.isArray(tree)) return tree.map((item) => arranged(item, list));
  return Object.fromEntries(Object.entries(tree as object).map(([key, item]) => [key, arranged(item, list)]));
}

const text = ({ dtype, shape }: Tensor): string => `${dtype} [${shape.join(", ")}]`;

/** Returns the number of steps of the sequences. */
function stepsOf(where: string, sequences: readonly Named[]): number {
  const [first] = sequences;
  if (!first) throw new TypeError(`${where}: got no sequences, expected at least 1 tensor [steps, ...].`);
  const steps = first[1].shape[0];
  for (const [name, { shape }] of sequences) {
    if (shape.length === 0) throw new ShapeError(`${where}: "${name}" is a scalar, expected [steps, ...].`);
    if (shape[0] === steps && steps !== 0) continue;
    throw new ShapeError(
      steps === 0
        ? `${where}: "${name}" has no steps: got shape [${shape.join(", ")}], expected at least 1.`
        : `${where}: sequences differ in their number of steps: "${first[0]}" has ${steps}, "${name}" has shape ` +
            `[${shape.join(", ")}]. Their first axis must be the same.`,
    );
  }
  return steps as number;
}

/** Checks that the next carries are arranged, shaped and typed as those before. */
function checkNext(where: string, before: readonly Named[], next: readonly Named[]): void {
  for (const [k, [name, tensor]] of before.entries()) {
    const [other, value] = next[k] ?? [];
    if (other !== name || !value)
      throw new TypeError(
        `${where}: the body must return the carry arranged as it got it: expected "${name}", got ` +
          `${other ? `"${other}"` : "nothing"}. Return { carry, output }.`,
      );
    if (text(value) !== text(tensor))
      throw new ShapeError(
        `${where}: "${name}" changes from step to step: got ${text(value)}, expected ${text(tensor)}. Cast or reshape it in ` +
          "the body, or start from a carry of that shape.",
      );
  }
  if (next.length > before.length)
    throw new TypeError(
      `${where}: the body returns "${next[before.length]?.[0]}", which the first carry does not have.`,
    );
}

/** The error for a fault of a loop: its body reads or returns so many tensors, or, if 0, one of them is used elsewhere. */
function loopError(count: number): Error {
  return count === 0
    ? new TraceError("scan: a tensor of the body is used outside of it. Return it as carry or output.")
    : new RangeError(
        `scan: the body, or its derivative, reads or returns too many tensors: got ${count}. Concatenate some.`,
      );
}

const leafCounts = new WeakMap<Trace, number>();

/** A tensor of the body, with a negative number of its own in the trace; those of the core are not negative. */
function leafOf(trace: Trace, dtype: Tensor["dtype"], shape: readonly number[]): Tensor {
  const number = (leafCounts.get(trace) ?? 0) - 1;
  leafCounts.set(trace, number);
  return trace.emit(abi.opLeaf, [], [], [abi.spaceBody, number, typeCode(dtype), ...shape]);
}

/**
 * Loop over the steps of sequences: (c, y[t]) = body(c, x[t]) for t = 0 .. steps − 1. The body is traced once and runs in the engine
 * for every step, so that neither trace nor plan grow with the number of steps.
 *
 * What the body computes from other tensors alone is computed once, before the loop. Random numbers drawn in the body are drawn anew at
 * every step; those drawn outside are the same at all steps. The loop is differentiable any number of times: its derivative is a
 * loop in the other direction. Forward values and gradients with respect to carry and sequences equal those of the body traced
 * once for every step, bit for bit; gradients with respect to other tensors, such as weights, are added up in another order.
 *
 * Tensors that the body makes exist only in it; what is needed after the loop must be carried or output.
 *
 * @param body     function of the carry and of the elements x[t] of the sequences, arranged as they are; returns { carry, output }
 * @param options  carry, sequences, reverse, memory
 * @returns        carry after the last step, and output: the outputs of all steps, each with a leading axis of steps
 * @throws TypeError   body is not a function, a leaf is not a tensor, or the body returns another arrangement of the carry
 * @throws ShapeError  sequences differ in their number of steps, or a carry changes its shape or type
 * @throws TraceError  a tensor of the body is used outside of it
 * @example
 * const sums = compile(engine, (x) =>
 *   scan((total, value) => ({ carry: total.add(value), output: total.add(value) }), {
 *     carry: x.slice(0, 0, 1).reshape([]).multiply(0),
 *     sequences: x,
 *   }).output,
 * );
 * sums([1, 2, 3]); // { data: [1, 3, 6], shape: [3] }
 * @see Griewank and Walther, *Evaluating Derivatives*, SIAM 2008, ch. 12, for storing and recomputing
 */
export const scan = /* @__PURE__ */ sequencesOnly(function scan<
  Sequences extends TensorTree,
  Carry extends TensorTree | undefined = undefined,
  Output extends TensorTree | undefined = undefined,
>(
  body: (carry: Carry, x: Sequences) => ScanStep<Carry, Output>,
  options: ScanOptions<Carry, Sequences>,
): Scanned<Carry, Output> {
  const where = "scan";
  if (typeof body !== "function")
    throw wrongKind(where, "the first argument", "a function of carry and elements", body);
  checkOptions(where, options, ["carry", "sequences", "reverse", "memory"]);
  const { carry, sequences, reverse = false, memory = "store" } = options;
  checkFlag(where, "reverse", reverse);
  checkChoice(where, "memory", memory, ["store", "recompute"]);
  const given = tensorsOf(where, sequences, "sequences");
  const before = tensorsOf(where, carry, "carry");
  const steps = stepsOf(where, given);
  const { trace } = (given[0] as Named)[1];
  sentences.set(abi.faultLoop, ([, count = 0]) => loopError(count));
  const carries = before.map(([, { dtype, shape }]) => leafOf(trace, dtype, shape));
  const elements = given.map(([, { dtype, shape }]) => leafOf(trace, dtype, shape.slice(1)));
  const step: unknown = body(arranged(carry, [...carries]) as Carry, arranged(sequences, [...elements]) as Sequences);
  if (step instanceof Promise)
    throw new TraceError(`${where}: the body must return { carry, output }, got a promise. Trace without async.`);
  if (!has(step) || step instanceof Tensor)
    throw new TypeError(`${where}: the body must return { carry, output }, got ${shown(step)}.`);
  const { carry: last, output } = step as ScanStep<Carry, Output>;
  checkOptions(`${where}: the body`, step as object, ["carry", "output"]);
  const next = tensorsOf(where, last, "carry");
  checkNext(where, before, next);
  const outputs = tensorsOf(where, output, "output").map(([, tensor]) => tensor);
  const nodes = [...carries, ...elements, ...next.map(([, tensor]) => tensor), ...outputs];
  const flags = Number(reverse) * abi.loopReverse + Number(memory === "recompute") * abi.loopRecompute;
  const counts = [steps, flags, before.length, given.length, outputs.length, 0, 0, 0];
  const loop = trace.emit(
    abi.opScan,
    [...before, ...given].map(([, tensor]) => tensor),
    [],
    [...counts, ...carries.map(() => 0), ...nodes.map(({ node }) => node)],
  );
  const part = (kind: number, k: number): Tensor => trace.emit(abi.opPart, [loop], [], [kind, k]);
  return {
    carry: arranged(
      carry,
      before.map((_, k) => part(abi.takeLast, k)),
    ) as Carry,
    output: arranged(
      output,
      outputs.map((_, k) => part(abi.takeOutput, k)),
    ) as Output,
  };
});
