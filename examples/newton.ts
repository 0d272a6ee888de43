// Newton's method jumps to the minimum of a quadratic in one step, and to a saddle just as readily. With the absolute
// values of the curvatures the saddle repels it; damped until H + α I is positive definite, it goes around.

import { dampedNewton, gradientDescent, newton, saddleFreeNewton } from "thalweg";
import { coordinates, type Objective } from "./course/point.js";
import { print, program } from "./course/program.js";
import { search } from "./course/search.js";

/** 2x² + xy + y² − 5x − 3y, least at (1, 1). */
const bowl: Objective = (at) => {
  const [x, y] = coordinates(at) as [typeof at, typeof at];
  return at
    .square()
    .multiply([2, 1])
    .subtract(at.multiply([5, 3]))
    .sum()
    .add(x.multiply(y));
};

/** x² − y² + y⁴/2, with a saddle at (0, 0), least at (0, ±1). */
const saddle: Objective = (at) =>
  at
    .square()
    .multiply([1, -1])
    .add(at.square().square().multiply([0, 0.5]))
    .sum();

export const functions = { bowl: { f: bowl, start: [-1, 3] }, saddle: { f: saddle, start: [1, 0.3] } };

export const methods = {
  Newton: newton(),
  "saddle-free Newton": saddleFreeNewton(),
  "damped Newton": dampedNewton(),
  descent: gradientDescent(),
};

await program(import.meta.url, (engine) => {
  for (const [name, { f, start }] of Object.entries(functions)) {
    print(`\n${name}`, "iterations", "x", "y", "f");
    for (const [rule, method] of Object.entries(methods)) {
      const { iterations, x, value } = search(engine, f, start, method, { gradientTolerance: 1e-6 });
      print(rule.replace("-free Newton", "-free"), iterations, ...x.map((at) => at.toFixed(5)), value.toFixed(5));
    }
  }
});
