import type { AnySamples, Dataset } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import type { Program } from "../tensors/trace.js";
import type { AnyTrainer } from "../training/trainer.js";
import { describeArray, type ExplainedOp, listOps, table } from "./listing.js";
import { type Explainable, lookInto } from "./subject.js";

/** Op with its time. */
export interface ProfiledOp extends ExplainedOp {
  /** Microseconds of one run: the least of 3 measurements. */
  readonly microseconds: number;
  /** Fraction of the sum over all ops, 0 .. 1. */
  readonly share: number;
}

/** Times of the ops of a program. */
export interface Profile {
  /** Ops in program order. */
  readonly ops: readonly ProfiledOp[];
  /** Microseconds of one run of the whole program: the least of 3 measurements. */
  readonly microseconds: number;
  /** The ops as a table, slowest first. */
  toString(): string;
}

interface ProfileOf {
  (trainer: AnyTrainer, samples: AnySamples | Dataset, rows?: number): Profile;
  <F extends Explainable>(f: F, ...args: Parameters<F>): Profile;
}

/** Minimum milliseconds of a measurement, because clocks may be coarse. */
const leastTime = 0.5;
/** Maximum runs of a measurement, because the clocks of some edge runtimes do not advance. */
const mostRuns = 2 ** 14;
const measurements = 3;

/** Microseconds of one run; `run(times)` makes `times` runs. */
function timed(run: (times: number) => void): number {
  const measure = (times: number): number => {
    const begun = performance.now();
    run(times);
    return performance.now() - begun;
  };
  let times = 1;
  while (measure(times) < leastTime && times < mostRuns) times *= 2;
  const spent = Array.from({ length: measurements }, () => measure(times));
  return (1000 * Math.min(...spent)) / times;
}

/**
 * Times the ops of a program. Each op is repeated in isolation on the operands of one run, so its inputs may be in a
 * faster cache than during a run. The update rule of a trainer is not an op and is not timed; the trainer is not changed.
 *
 * @param trainer  a trainer, of which the training program is timed
 * @param samples  { inputs, targets } or a data set
 * @param rows     rows of a run, ≥ 1; default all samples, at most microBatch
 * @param f        a function made by compile, valueAndGrad, grad, hvp, jacobian or hessian
 * @param args     the arguments of f
 * @returns   { ops, microseconds }, which prints as a table
 * @throws TypeError    f is neither a trainer nor such a function
 * @throws EngineError  the engine has the feature set "dense" only
 * @example
 * const norm = compile(engine, (x) => x.square().sum());
 * profile(norm, [3, 4]).ops.length; // 2
 */
export const profile: ProfileOf = /* @__PURE__ */ wholeOnly(function profile(subject: unknown, ...args: unknown[]) {
  return lookInto("profile", subject, args, true, timeOps);
});

function timeOps(engine: Engine, program: Program, parts: readonly string[]): Profile {
  const { address } = program;
  const listed = listOps(engine, program, parts);
  const times = listed.map(({ unit, call }) =>
    timed((count) => engine.checked((core) => core.repeat(address, unit, call, count))),
  );
  const microseconds = timed((count) => engine.checked((core) => core.repeat(address, 0, 0, count)));
  const sum = times.reduce((total, time) => total + time, 0);
  const ops = listed.map(({ unit, call, ...op }, k): ProfiledOp => {
    const time = times[k] as number;
    return { ...op, microseconds: time, share: sum > 0 ? time / sum : 0 };
  });
  return { ops, microseconds, toString: () => listing(ops) };
}

function listing(ops: readonly ProfiledOp[]): string {
  const slowest = [...ops].sort((a, b) => b.microseconds - a.microseconds);
  const rows = slowest.map(({ name, layer, backward, output, flops, microseconds, share }) => [
    microseconds.toFixed(2),
    `${(100 * share).toFixed(1)}%`,
    name,
    `${layer ?? ""}${backward ? "'" : ""}`,
    microseconds > 0 ? (flops / microseconds / 1000).toFixed(2) : "0",
    describeArray(output),
  ]);
  return table(["us", "share", "op", "layer", "Gflop/s", "output"], rows);
}
