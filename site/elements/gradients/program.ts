// The check as a program, for edit and run: it prints the numbers that the figure shows.

import { programText } from "../kit/formula.ts";
import { powerOfTen, type State } from "./controls.ts";
import { course, tolerance } from "./run.ts";

const courseProgram = (): string => `import { numericalGradient } from "thalweg";

// The course's weights, and its losses where one of them is ${course.step} larger.
const weights = [${course.weights.join(", ")}];
const raised = [${course.raised.join(", ")}];
const loss = (w) => raised[w.findIndex((value, k) => value !== weights[k])] ?? ${course.loss};

console.log(numericalGradient(loss, weights, { form: "forward", step: ${course.step} }).gradient);
`;

export function gradientsProgram({ what, f, dx, dy, point, step }: State): string {
  if (what === "course") return courseProgram();
  return `import { compile, createEngine, gradientCheck, numericalGradient } from "thalweg";

const engine = await createEngine();
// ${f}
const f = ({ x, y }) => ${programText(f)};
// The derivatives to check: ${dx} and ${dy}
const dx = ({ x, y }) => ${programText(dx)};
const dy = ({ x, y }) => ${programText(dy)};

// The value of f with these derivatives: what stopGradient returns counts as a constant.
const own = (point) => {
  const moved = (name) => point[name].subtract(point[name].stopGradient());
  const slope = (derivative, name) => derivative(point).stopGradient().multiply(moved(name));
  return f(point).stopGradient().add(slope(dx, "x")).add(slope(dy, "y"));
};
const point = { x: ${point[0]}, y: ${point[1]} };
const { passed, worst, kinks } = gradientCheck(engine, own, { step: ${powerOfTen(step)}, tolerance: ${tolerance} })(point);
console.log(passed ? "the derivatives agree" : "they differ", worst ?? "");
if (kinks.length > 0) console.log("kinks", kinks);

// Errors of the differences for the first derivative.
const value = compile(engine, f);
const expected = compile(engine, dx)(point);
for (let k = 1; k <= 16; k++) {
  const h = Number(\`1e-\${k}\`);
  const errors = ["forward", "central"].map((form) => {
    const { gradient } = numericalGradient(([x]) => value({ x, y: point.y }), [point.x], { form, step: h });
    return Math.abs(gradient[0] - expected);
  });
  console.log(h.toExponential(0), ...errors);
}
`;
}
