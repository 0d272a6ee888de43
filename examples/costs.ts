// What an iteration costs with n numbers: first-order rules n operations, L-BFGS m n, BFGS n², Newton n³ with n² numbers
// kept. Memory and time are measured, as slopes on logarithmic axes. Time grows faster than operations where a matrix
// leaves the processor's caches: on a quiet machine BFGS has 2.65 in place of 2, Newton 3.29 in place of 3.

import { adam, bfgs, type Engine, lbfgs, type MinimizeMethod, minimizeSync, newton, type Optimizer } from "thalweg";
import { print, program } from "./course/program.js";

const few = [256, 512, 1024, 2048];
const many = [16_384, 32_768, 65_536, 131_072];

interface Costs {
  readonly method: MinimizeMethod | Optimizer;
  /** Sizes n at which it is measured. */
  readonly sizes: number[];
  /** The powers of n that operations and memory grow with. */
  readonly operations: number;
  readonly memory: number;
}

export const methods: Record<string, Costs> = {
  Adam: { method: adam(), sizes: many, operations: 1, memory: 1 },
  "L-BFGS, m = 10": { method: lbfgs({ memory: 10 }), sizes: many, operations: 1, memory: 1 },
  BFGS: { method: bfgs(), sizes: few, operations: 2, memory: 2 },
  Newton: { method: newton(), sizes: [128, 256, 512], operations: 3, memory: 2 },
};

/**
 * Milliseconds an iteration and bytes that a method keeps over n numbers. The function, Σ xₖ⁴ / 4 + xₖ² / 2, is plain so
 * that its own cost stays small; it measures the memory in use at each call.
 */
export function measure(
  engine: Engine,
  method: MinimizeMethod | Optimizer,
  n: number,
): { time: number; bytes: number } {
  const before = engine.bytesInUse;
  const hessian = new Float64Array(method === methods.Newton?.method ? n * n : 0);
  let [bytes, begun] = [0, 0];
  const f = {
    valueAndGradient: (x: Float64Array) => {
      bytes = Math.max(bytes, engine.bytesInUse - before);
      begun ||= performance.now();
      let value = 0;
      const gradient = x.map((at) => {
        value += (at * at * (2 + at * at)) / 4;
        return at * (1 + at * at);
      });
      return { value, gradient };
    },
    hessian: (x: Float64Array) => {
      for (let k = 0; k < n; k++) hessian[k * n + k] = 1 + 3 * (x[k] ?? 0) ** 2;
      return { data: hessian, shape: [n, n] };
    },
  };
  const start = Float64Array.from({ length: n }, (_, k) => 1 + (k % 17) / 4);
  const { iterations } = minimizeSync(engine, f, start, method, { maxIterations: 6, gradientTolerance: 0 });
  return { time: (performance.now() - begun) / iterations, bytes };
}

/** The slope of a straight line through the logarithms. */
export function slopeOf(xs: readonly number[], ys: readonly number[]): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, at) => sum + at / list.length, 0);
  const [u, v] = [xs.map(Math.log), ys.map(Math.log)];
  const [mu, mv] = [mean(u), mean(v)];
  const part = (list: number[], m: number): number =>
    list.reduce((sum, at, k) => sum + (at - m) * ((u[k] ?? 0) - mu), 0);
  return part(v, mv) / part(u, mu);
}

await program(import.meta.url, (engine) => {
  print("", "n", "ms", "kB");
  for (const [name, { method, sizes, operations, memory }] of Object.entries(methods)) {
    measure(engine, method, sizes[0] ?? 1); // once without being looked at, so that everything is compiled
    const found = sizes.map((n) => {
      // The least of five: what else the machine does can only add.
      const runs = Array.from({ length: 5 }, () => measure(engine, method, n));
      return { time: Math.min(...runs.map(({ time }) => time)), bytes: runs[0]?.bytes ?? 0 };
    });
    for (const [k, n] of sizes.entries())
      print(k === 0 ? name : "", n, found[k]?.time ?? 0, (found[k]?.bytes ?? 0) / 1024);
    const slope = (key: "time" | "bytes"): string =>
      slopeOf(
        sizes,
        found.map((at) => at[key]),
      ).toFixed(2);
    print("slope", "", `${slope("time")} (${operations})`, `${slope("bytes")} (${memory})`);
  }
  print("\nIn brackets the slopes of operations and of numbers kept.");
});
