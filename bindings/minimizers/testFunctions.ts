// Functions of two variables, and one of three, on which optimizers are compared: with range, start and minima.

import type { Tensor } from "../tensors/tensor.js";
import { checkNumber } from "../values/options.js";

/** Tensors x and y of one shape. */
export interface PlaneTensors {
  /** First variable. */
  readonly x: Tensor;
  /** Second variable. */
  readonly y: Tensor;
}

/** Tensors x, y and z of one shape. */
export interface SpaceTensors extends PlaneTensors {
  /** Third variable. */
  readonly z: Tensor;
}

/** A function on which optimizers are compared. */
export interface TestFunction<P = PlaneTensors> {
  /** Name of the function. */
  readonly name: string;
  /** The function: elementwise, so that a program of arrays computes a whole grid in one call. */
  readonly f: (point: P) => Tensor;
  /** Range of each variable in which the function is usually drawn. */
  readonly range: { readonly [K in keyof P]: readonly [from: number, to: number] };
  /** Usual starting point. */
  readonly start: { readonly [K in keyof P]: number };
  /** All global minima; empty if the function is unbounded below. */
  readonly minima: readonly { readonly [K in keyof P]: number }[];
  /** Value at the global minima, −∞ if there are none. */
  readonly minimum: number;
  /** Formula in TeX. */
  readonly tex: string;
  /** Formula as text, with ^ for powers. */
  readonly text: string;
}

const around = (half: number): { x: readonly [number, number]; y: readonly [number, number] } => ({
  x: [-half, half],
  y: [-half, half],
});

/** c − x + x p, the term of Beale's function. */
const term = (c: number, x: Tensor, p: Tensor): Tensor => x.multiply(p).subtract(x).add(c);

/** x³. */
const cube = (x: Tensor): Tensor => x.square().multiply(x);

/**
 * Rosenbrock's function: (1 − x)² + 100 (y − x²)², a curved valley with its minimum 0 at (1, 1).
 *
 * @example
 * import { rosenbrock } from "thalweg/minimizers";
 * minimizeSync(engine, rosenbrock.f, rosenbrock.start).status; // "converged"
 * @see Rosenbrock, *An automatic method for finding the greatest or least value of a function*, The Computer Journal, 1960
 */
export const rosenbrock: TestFunction = {
  name: "rosenbrock",
  f: ({ x, y }) => x.subtract(1).square().add(y.subtract(x.square()).square().multiply(100)),
  range: { x: [-2, 2], y: [-1, 3] },
  start: { x: -1.2, y: 1 },
  minima: [{ x: 1, y: 1 }],
  minimum: 0,
  tex: "(1-x)^2+100\\,(y-x^2)^2",
  text: "(1-x)^2+100*(y-x^2)^2",
};

/**
 * Beale's function: (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)², flat with steep walls, with its minimum 0 at
 * (3, 0.5).
 *
 * @see Beale, *On an iterative method for finding a local minimum of a function of more than one variable*, Princeton, 1958
 */
export const beale: TestFunction = {
  name: "beale",
  f: ({ x, y }) =>
    term(1.5, x, y)
      .square()
      .add(term(2.25, x, y.square()).square())
      .add(term(2.625, x, cube(y)).square()),
  range: around(4.5),
  start: { x: 1, y: 1 },
  minima: [{ x: 3, y: 0.5 }],
  minimum: 0,
  tex: "(1.5-x+xy)^2+(2.25-x+xy^2)^2+(2.625-x+xy^3)^2",
  text: "(1.5-x+x*y)^2+(2.25-x+x*y^2)^2+(2.625-x+x*y^3)^2",
};

/**
 * Beale's function with the misprints of a course: (1.5 − xy)² + (2.25 − x + xy²)² + (2.65 − x + xy³)³. The cube makes it
 * unbounded below; steps of plain gradient descent from its start overflow.
 */
export const misprintedBeale: TestFunction = {
  name: "misprintedBeale",
  f: ({ x, y }) =>
    x
      .multiply(y)
      .negate()
      .add(1.5)
      .square()
      .add(term(2.25, x, y.square()).square())
      .add(cube(term(2.65, x, cube(y)))),
  range: around(4.5),
  start: { x: 1.75, y: 1.9 },
  minima: [],
  minimum: Number.NEGATIVE_INFINITY,
  tex: "(1.5-xy)^2+(2.25-x+xy^2)^2+(2.65-x+xy^3)^3",
  text: "(1.5-x*y)^2+(2.25-x+x*y^2)^2+(2.65-x+x*y^3)^3",
};

/**
 * Himmelblau's function: (x² + y − 11)² + (x + y² − 7)², with four minima of 0.
 *
 * @see Himmelblau, *Applied Nonlinear Programming*, 1972
 */
export const himmelblau: TestFunction = {
  name: "himmelblau",
  f: ({ x, y }) => x.square().add(y).subtract(11).square().add(x.add(y.square()).subtract(7).square()),
  range: around(5),
  start: { x: 0, y: 0 },
  minima: [
    { x: 3, y: 2 },
    { x: -2.805118086952745, y: 3.131312518250573 },
    { x: -3.779310253377747, y: -3.28318599128617 },
    { x: 3.584428340330492, y: -1.848126526964404 },
  ],
  minimum: 0,
  tex: "(x^2+y-11)^2+(x+y^2-7)^2",
  text: "(x^2+y-11)^2+(x+y^2-7)^2",
};

/** x² − 10 cos 2πx. */
const wave = (x: Tensor): Tensor =>
  x.square().subtract(
    x
      .multiply(2 * Math.PI)
      .cos()
      .multiply(10),
  );

/**
 * Rastrigin's function: 20 + x² + y² − 10 cos 2πx − 10 cos 2πy, with a local minimum near every integer point and its
 * minimum 0 at (0, 0).
 *
 * @see Rastrigin, *Systems of Extremal Control*, 1974
 */
export const rastrigin: TestFunction = {
  name: "rastrigin",
  f: ({ x, y }) => wave(x).add(wave(y)).add(20),
  range: around(5.12),
  start: { x: -3.3, y: 2.4 },
  minima: [{ x: 0, y: 0 }],
  minimum: 0,
  tex: "20+x^2+y^2-10\\cos 2\\pi x-10\\cos 2\\pi y",
  text: "20+x^2+y^2-10*cos(2*pi*x)-10*cos(2*pi*y)",
};

/**
 * Booth's function: (x + 2y − 7)² + (2x + y − 5)², a quadratic of condition number 9 in oblique axes, with its minimum 0
 * at (1, 3).
 *
 * @see Jamil and Yang, *A literature survey of benchmark functions for global optimization problems*, 2013
 */
export const booth: TestFunction = {
  name: "booth",
  f: ({ x, y }) => x.add(y.multiply(2)).subtract(7).square().add(x.multiply(2).add(y).subtract(5).square()),
  range: around(10),
  start: { x: -6, y: -8 },
  minima: [{ x: 1, y: 3 }],
  minimum: 0,
  tex: "(x+2y-7)^2+(2x+y-5)^2",
  text: "(x+2*y-7)^2+(2*x+y-5)^2",
};

/**
 * Matyas's function: 0.26 (x² + y²) − 0.48 xy, a quadratic of condition number 25, with its minimum 0 at (0, 0).
 *
 * @see Jamil and Yang, *A literature survey of benchmark functions for global optimization problems*, 2013
 */
export const matyas: TestFunction = {
  name: "matyas",
  f: ({ x, y }) => x.square().add(y.square()).multiply(0.26).subtract(x.multiply(y).multiply(0.48)),
  range: around(10),
  start: { x: 8, y: -3 },
  minima: [{ x: 0, y: 0 }],
  minimum: 0,
  tex: "0.26\\,(x^2+y^2)-0.48\\,xy",
  text: "0.26*(x^2+y^2)-0.48*x*y",
};

/**
 * Six-hump camel function: (4 − 2.1x² + x⁴/3) x² + xy + (4y² − 4) y², with six minima, of which two are global.
 *
 * @see Dixon and Szegő, *Towards Global Optimisation 2*, 1978
 */
export const sixHumpCamel: TestFunction = {
  name: "sixHumpCamel",
  f: ({ x, y }) => {
    const [u, v] = [x.square(), y.square()];
    const left = u.square().divide(3).subtract(u.multiply(2.1)).add(4).multiply(u);
    return left.add(x.multiply(y)).add(v.multiply(4).subtract(4).multiply(v));
  },
  range: { x: [-2.2, 2.2], y: [-1.3, 1.3] },
  start: { x: -1, y: 0.9 },
  minima: [
    { x: 0.08984201310031806, y: -0.7126564030207396 },
    { x: -0.08984201310031806, y: 0.7126564030207396 },
  ],
  minimum: -1.0316284534898774,
  tex: "(4-2.1x^2+\\tfrac13x^4)\\,x^2+xy+(4y^2-4)\\,y^2",
  text: "(4-2.1*x^2+x^4/3)*x^2+x*y+(4*y^2-4)*y^2",
};

/** x⁴ − 16x² + 5x. */
const doubleWell = (x: Tensor): Tensor => x.square().subtract(16).multiply(x.square()).add(x.multiply(5));

/**
 * Styblinski and Tang's function: (x⁴ − 16x² + 5x + y⁴ − 16y² + 5y) / 2, with four minima, of which that at
 * (−2.9035, −2.9035) is global.
 *
 * @see Styblinski and Tang, *Experiments in nonconvex optimization*, Neural Networks, 1990
 */
export const styblinskiTang: TestFunction = {
  name: "styblinskiTang",
  f: ({ x, y }) => doubleWell(x).add(doubleWell(y)).divide(2),
  range: around(5),
  start: { x: 0.5, y: 0.3 },
  minima: [{ x: -2.903534027771177, y: -2.903534027771177 }],
  minimum: -78.33233140754285,
  tex: "\\tfrac12\\,(x^4-16x^2+5x+y^4-16y^2+5y)",
  text: "(x^4-16*x^2+5*x+y^4-16*y^2+5*y)/2",
};

/**
 * Saddle: x² − y², unbounded below, with its saddle point at (0, 0). From its start a method that follows the gradient
 * leaves the saddle point slowly, and Newton's method stays there.
 *
 * @see Dauphin et al., *Identifying and attacking the saddle point problem*, NIPS, 2014
 */
export const saddle: TestFunction = {
  name: "saddle",
  f: ({ x, y }) => x.square().subtract(y.square()),
  range: around(2),
  start: { x: 1, y: 1e-6 },
  minima: [],
  minimum: Number.NEGATIVE_INFINITY,
  tex: "x^2-y^2",
  text: "x^2-y^2",
};

/**
 * Bowl in three variables: x² + 0.1y² + 2z², a quadratic of condition number 20, with its minimum 0 at (0, 0, 0). A course
 * compares nine optimizers on it.
 *
 * @example
 * import { bowl3d } from "thalweg/minimizers";
 * minimizeSync(engine, bowl3d.f, bowl3d.start, newton()).iterations; // 1
 */
export const bowl3d: TestFunction<SpaceTensors> = {
  name: "bowl3d",
  f: ({ x, y, z }) => x.square().add(y.square().multiply(0.1)).add(z.square().multiply(2)),
  range: { ...around(3), z: [-3, 3] },
  start: { x: -2, y: -2, z: -2 },
  minima: [{ x: 0, y: 0, z: 0 }],
  minimum: 0,
  tex: "x^2+0.1\\,y^2+2z^2",
  text: "x^2+0.1*y^2+2*z^2",
};

/**
 * Quadratic of a given condition number: (x² + κ y²) / 2, with curvatures 1 and κ and its minimum 0 at (0, 0). From its
 * start (κ, 1) scaled into the range, gradient descent with exact steps converges as slowly as it can.
 *
 * @param condition  condition number κ ≥ 1; gradient descent is stable for learning rates below 2 / κ
 * @throws TypeError   condition is not a number
 * @throws RangeError  condition is below 1
 * @example
 * import { quadratic } from "thalweg/minimizers";
 * const { f, start } = quadratic(4);
 * minimizeSync(engine, f, start, newton()).iterations; // 1
 * @see Nocedal and Wright, *Numerical Optimization*, 2006, §3.3
 */
export function quadratic(condition: number): TestFunction {
  const kappa = checkNumber("quadratic", "condition", condition, { min: 1 });
  return {
    name: "quadratic",
    f: ({ x, y }) => x.square().add(y.square().multiply(kappa)).multiply(0.5),
    range: around(10),
    start: { x: 9, y: 9 / kappa },
    minima: [{ x: 0, y: 0 }],
    minimum: 0,
    tex: `\\tfrac12\\,(x^2+${kappa}\\,y^2)`,
    text: `(x^2+${kappa}*y^2)/2`,
  };
}
