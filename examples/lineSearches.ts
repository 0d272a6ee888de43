// How far to go along a direction: four searches under three directions, by the evaluations that they take together to
// the end of a curved valley.

import {
  backtracking,
  bfgs,
  conjugateGradient,
  type Engine,
  hagerZhang,
  type LineSearch,
  lbfgs,
  type MinimizeMethod,
  moreThuente,
  strongWolfe,
} from "thalweg";
import { print, program } from "./course/program.js";
import { rosenbrock, rosenbrockStart } from "./course/rosenbrock.js";
import { search } from "./course/search.js";

export const searches: Record<string, LineSearch> = {
  Armijo: backtracking(),
  "strong Wolfe": strongWolfe(),
  "Moré-Thuente": moreThuente(),
  "Hager-Zhang": hagerZhang(),
};

export const directions: Record<string, (lineSearch: LineSearch) => MinimizeMethod> = {
  conjugate: (lineSearch) => conjugateGradient({ lineSearch }),
  BFGS: (lineSearch) => bfgs({ lineSearch }),
  "L-BFGS": (lineSearch) => lbfgs({ lineSearch }),
};

/** Evaluations of a pair on the chained Rosenbrock function of 20 numbers. */
export function evaluationsOf(engine: Engine, direction: string, lineSearch: string) {
  const method = (directions[direction] as (typeof directions)[string])(searches[lineSearch] as LineSearch);
  const { status, value, iterations, evaluations } = search(engine, rosenbrock, rosenbrockStart(20), method, {
    gradientTolerance: 1e-6,
    maxIterations: 5000,
  });
  return { status, value, iterations, ...{ values: evaluations.value, gradients: evaluations.gradient } };
}

await program(import.meta.url, (engine) => {
  print("values + ∇", ...Object.keys(directions));
  for (const name of Object.keys(searches)) {
    const cells = Object.keys(directions).map((direction) => {
      const { values, gradients } = evaluationsOf(engine, direction, name);
      return `${values} + ${gradients}`;
    });
    print(name, ...cells);
  }
});
