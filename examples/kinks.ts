// Where a function has a kink, differences across it say nothing: the check of a gradient reports them as kinks, and a
// wrong gradient elsewhere as wrong.

import { type Engine, type GradientCheck, gradientCheck, type Tensor } from "thalweg";
import { print, program } from "./course/program.js";

export const functions: Record<string, (x: Tensor) => Tensor> = {
  relu: (x) => x.relu().sum(),
  "|x|": (x) => x.abs().sum(),
  hinge: (x) => x.subtract(1).negate().relu().square().add(x.relu()).sum(),
  smooth: (x) => x.square().sum(),
};

/** The check at (−1, 3e-6, 2): the second coordinate is nearer to the kink at 0 than the differences reach. */
export const check = (engine: Engine, f: (x: Tensor) => Tensor): GradientCheck =>
  gradientCheck(engine, f)([-1, 3e-6, 2]);

await program(import.meta.url, (engine) => {
  print("(−1, 3e-6, 2)", "passed", "kinks", "worst error");
  for (const [name, f] of Object.entries(functions)) {
    const { passed, kinks, worst } = check(engine, f);
    print(
      name,
      String(passed),
      kinks.map(({ index }) => `x${index}`).join(" ") || "none",
      worst?.relativeError.toExponential(0) ?? "",
    );
  }
});
