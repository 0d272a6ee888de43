// The two functions: a turned quadratic of a given condition number, and Rosenbrock's valley.

import type { Tensor } from "thalweg";
import { rosenbrock } from "thalweg/minimizers";
import type { Values } from "../kit/controls.ts";

type Point = readonly [number, number];

export interface Plotted {
  readonly f: (point: { x: Tensor; y: Tensor }) => Tensor;
  readonly start: Point;
  readonly minimum: Point;
  /** Square that the picture shows at least, and that the start lies in. */
  readonly low: Point;
  readonly high: Point;
  /** Steps that can be shown. */
  readonly steps: number;
  readonly text: string;
  /** The function in a program. */
  readonly code: string;
}

const half = 5;
/** Distance of the start from the minimum. */
const away = 4.5;
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** Cosine and sine of the rotation. */
export function axesOf({ rotation }: Values): Point {
  const angle = (rotation * Math.PI) / 180;
  return [Number(Math.cos(angle).toPrecision(15)), Number(Math.sin(angle).toPrecision(15))];
}

/** (u² + κ v²) / 2 along turned axes u and v, from where descent with exact steps is slowest: (κ, 1) along these axes. */
function turned(values: Values): Plotted {
  const { condition } = values;
  const [c, s] = axesOf(values);
  const length = away / Math.hypot(condition, 1);
  const [u, v] = [condition * length, length];
  return {
    f: ({ x, y }) => {
      const along = x.multiply(c).add(y.multiply(s));
      const across = y.multiply(c).subtract(x.multiply(s));
      return along.square().add(across.square().multiply(condition)).multiply(0.5);
    },
    start: [rounded(c * u - s * v), rounded(s * u + c * v)],
    minimum: [0, 0],
    low: [-half, -half],
    high: [half, half],
    steps: 40,
    text: `(u^2 + ${condition}v^2) / 2`,
    code: `const [c, s] = [${c}, ${s}];
const f = ({ x, y }) => {
  const along = x.multiply(c).add(y.multiply(s));
  const across = y.multiply(c).subtract(x.multiply(s));
  return along.square().add(across.square().multiply(${condition})).multiply(0.5);
};`,
  };
}

const valley: Plotted = {
  f: rosenbrock.f,
  start: [rosenbrock.start.x, rosenbrock.start.y],
  minimum: [1, 1],
  low: [-2, -1],
  high: [2, 3],
  steps: 200,
  text: "(1 - x)^2 + 100(y - x^2)^2",
  code: `const f = ({ x, y }) =>
  x.subtract(1).square().add(y.subtract(x.square()).square().multiply(100));`,
};

export const functionOf = (values: Values): Plotted => (values.surface === "quadratic" ? turned(values) : valley);
