// L-BFGS on the chained Rosenbrock function of 100 variables, traced, against the same method written in plain
// JavaScript. A solve includes the tracing of the function and the planning of its programs.

import * as thalweg from "../../dist/node.js";
import { race, ratio, repeated } from "../measure.js";
import { lbfgs, rosenbrock } from "../plain/lbfgs.js";

const n = 100;
const limit = 500;
const start = Float64Array.from({ length: n }, (_, k) => (k % 2 ? 1 : -1.2));

const chained = (x) => {
  const left = x.slice(0, 0, -1);
  return x.slice(0, 1).subtract(left.square()).square().multiply(100).add(left.subtract(1).square()).sum();
};

export function minimizers({ engine, seconds }) {
  const method = thalweg.lbfgs({ lineSearch: thalweg.strongWolfe() });
  const options = { maxIterations: limit, gradientTolerance: 0 };
  const solve = () => thalweg.minimizeSync(engine, chained, start, method, options);
  const byHand = () => lbfgs(rosenbrock, start.slice(), 10, 0, limit);
  const [found, plain] = [solve(), byHand()];
  if (found.iterations !== plain.iterations)
    throw new Error(
      `L-BFGS: ${found.iterations} iterations, by hand ${plain.iterations}. The contenders do different work.`,
    );
  const times = race({ thalweg: repeated(solve), plain: repeated(byHand) }, seconds);
  return {
    title: "Minimizing in f64",
    unit: "k iterations/s",
    against: ["plain JS"],
    rows: [
      {
        work: `L-BFGS, chained Rosenbrock function of ${n} variables`,
        rate: limit / times.thalweg.best / 1e3,
        against: { "plain JS": ratio(times.thalweg, times.plain) },
        target: { "plain JS": [3, 3] },
      },
    ],
  };
}
