// What a critical point is, by the eigenvalues of the Hessian: all positive a minimum, all negative a maximum, mixed a
// saddle; and if one is zero they do not decide.

import { type Engine, grad, hvp } from "thalweg";
import type { Objective } from "./course/point.js";
import { print, program } from "./course/program.js";
import { eigenvalues } from "./course/symmetric.js";

/** Functions with a critical point at (0, 0). */
export const functions: Record<string, Objective> = {
  "x² + 3y²": (x) => x.square().multiply([1, 3]).sum(),
  "−x² − 3y²": (x) => x.square().multiply([-1, -3]).sum(),
  "(x² − y²)/2": (x) => x.square().multiply([0.5, -0.5]).sum(),
  "x² + y⁴": (x) =>
    x
      .square()
      .multiply([1, 0])
      .sum()
      .add(x.square().square().multiply([0, 1]).sum()),
};

/** The gradient's norm at (0, 0), the curvatures there, the largest first, and what they say. */
export function classify(engine: Engine, f: Objective): { slope: number; curvatures: [number, number]; kind: string } {
  using gradient = grad(engine, f);
  using product = hvp(engine, f);
  const at = [0, 0];
  const [a = 0, b = 0] = product(at, [1, 0]).data;
  const [, c = 0] = product(at, [0, 1]).data;
  const [most, least] = eigenvalues(a, b, c);
  const kind = least > 0 ? "minimum" : most < 0 ? "maximum" : most > 0 && least < 0 ? "saddle" : "undecided";
  return { slope: Math.hypot(...Array.from(gradient(at).data)), curvatures: [most, least], kind };
}

await program(import.meta.url, (engine) => {
  print("at (0, 0)", "curvatures", "", "");
  for (const [name, f] of Object.entries(functions)) {
    const { curvatures, kind } = classify(engine, f);
    print(name, ...curvatures, kind);
  }
});
