// What an iteration costs with n numbers: first-order rules n, L-BFGS m n, BFGS n², Newton n³ in time and n² in memory,
// by measurement: slopes on logarithmic axes.

import { adam, bfgs, type Engine, lbfgs, type Method, minimizeSync, newton, type Optimizer } from "thalweg";
import { print, program } from "./course/program.js";

const few = [256, 512, 1024, 2048];
const many = [16_384, 32_768, 65_536, 131_072];

/** Each method with the sizes it is measured at, and what is expected of time and memory. */
export const methods: Record<string, { method: Method | Optimizer; sizes: number[]; time: number; memory: number }> = {
  Adam: { method: adam(), sizes: many, time: 1, memory: 1 },
  "L-BFGS, m = 10": { method: lbfgs({ memory: 10 }), sizes: many, time: 1, memory: 1 },
  BFGS: { method: bfgs(), sizes: few, time: 2, memory: 2 },
  Newton: { method: newton(), sizes: [128, 256, 512], time: 3, memory: 2 },
};

/**
 * Milliseconds an iteration and bytes that a method keeps over n numbers. The function, Σ xₖ⁴ / 4 + xₖ² / 2, is plain so
 * that its own cost stays small; it sees how much memory is in use while it is asked.
 */
export function measure(engine: Engine, method: Method | Optimizer, n: number): { time: number; bytes: number } {
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
  for (const [name, { method, sizes, time, memory }] of Object.entries(methods)) {
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
    print("slope", "", `${slope("time")} (${time})`, `${slope("bytes")} (${memory})`);
  }
});
