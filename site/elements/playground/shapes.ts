// The data sets: which points there are, and which class or value each has. Random numbers are the library's, and so are the
// functions that hosts may round differently.

import {
  compile,
  createTrainer,
  type Engine,
  type Initializer,
  meanSquaredError,
  normalInitializer,
  sgd,
  uniformInitializer,
} from "thalweg";
import { tensorFunction } from "../kit/formula.ts";

/** Points with their targets: x and y of each, and its class or value. */
export interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly target: Float64Array;
}

/** Settings that a data set is made from. */
export interface Recipe {
  readonly engine: Engine;
  readonly count: number;
  readonly seed: number;
  /** Number of classes, where a data set lets one choose. */
  readonly classes: number;
  readonly formula: string;
}

interface Shape {
  readonly task: "classes" | "values";
  /** Number of classes; missing where it is chosen, 0 for values. */
  readonly classes?: number;
  make(recipe: Recipe): Points;
}

/** Half the side of the square that data lie in, and of the plane that is shown. */
const dataReach = 2.5;
export const planeReach = 3;

/** Random numbers of a shape: those that a layer of one parameter starts with, so that a seed means the same everywhere. */
export function draw(engine: Engine, shape: readonly number[], seed: number, initializer: Initializer): Float64Array {
  const model = {
    name: "draws",
    parameters: { x: { shape, initializer } },
    apply: (_: unknown, input: never) => input,
  };
  const loss = meanSquaredError();
  const trainer = createTrainer(engine, { model, loss, optimizer: sgd({ learningRate: 1 }), dtype: "f64", seed });
  try {
    return Float64Array.from(trainer.parameters().x?.data ?? []);
  } finally {
    trainer.free();
  }
}

const normally = normalInitializer(1);

/** Points that fill the square, each with the target of a function. */
const filling =
  (targetOf: (x: number, y: number) => number) =>
  ({ engine, count, seed }: Recipe): Points => {
    const numbers = draw(engine, [count, 2], seed, uniformInitializer(-dataReach, dataReach));
    const x = numbers.filter((_, k) => k % 2 === 0);
    const y = numbers.filter((_, k) => k % 2 === 1);
    return { x, y, target: x.map((value, k) => targetOf(value, y[k] as number)) };
  };

/** Points that fill the square, each with the value of a formula. */
const fillingBy =
  (formulaOf: (recipe: Recipe) => string, targetOf: (value: number) => number) =>
  (recipe: Recipe): Points => {
    const { x, y } = filling(() => 0)(recipe);
    return { x, y, target: valuesOf(recipe.engine, formulaOf(recipe), x, y).map(targetOf) };
  };

/** Values of a formula at points. */
function valuesOf(engine: Engine, formula: string, x: Float64Array, y: Float64Array): Float64Array {
  if (x.length === 0) return new Float64Array(0);
  const program = compile(engine, tensorFunction(formula));
  try {
    return Float64Array.from((program({ x, y }) as unknown as { data: Float64Array }).data);
  } finally {
    program.free();
  }
}

const modes = [
  [-1.2, -1],
  [1.3, -0.8],
  [0, 1.4],
] as const;
const norm = (x: number, y: number): number => Math.sqrt(x * x + y * y);
const distances = (x: number, y: number): number[] => modes.map(([u, v]) => norm(x - u, y - v));

/** Centers of the blobs, for up to four classes. */
const centers = [
  [-1.3, -1],
  [1.3, 1],
  [-1.2, 1.4],
  [1.2, -1.4],
] as const;

/** Points along curves, one for each class: the curve's place for a share of its length, as formulas of it. */
const along =
  (curves: readonly (readonly [x: string, y: string])[], spread: number) =>
  ({ engine, count, seed }: Recipe): Points => {
    const share = draw(engine, [count], seed, uniformInitializer(0, 1));
    const noise = draw(engine, [count, 2], seed + 1, normally);
    const target = Float64Array.from({ length: count }, (_, k) => k % curves.length);
    const places = curves.map((curve) => curve.map((formula) => valuesOf(engine, formula, share, share)));
    const axis = (which: 0 | 1): Float64Array =>
      target.map((kind, k) => (places[kind]?.[which]?.[k] as number) + spread * (noise[2 * k + which] as number));
    return { x: axis(0), y: axis(1), target };
  };

function blobs({ engine, count, seed, classes }: Recipe): Points {
  const noise = draw(engine, [count, 2], seed, normally);
  const target = Float64Array.from({ length: count }, (_, k) => k % classes);
  const axis = (which: 0 | 1): Float64Array =>
    target.map((kind, k) => (centers[kind]?.[which] as number) + 0.5 * (noise[2 * k + which] as number));
  return { x: axis(0), y: axis(1), target };
}

const none = (): Points => ({ x: new Float64Array(0), y: new Float64Array(0), target: new Float64Array(0) });

/** The data sets by name, in the order of their choice. */
export const shapes: Readonly<Record<string, Shape>> = {
  annulus: { task: "classes", classes: 2, make: filling((x, y) => Number(norm(x, y) >= 1 && norm(x, y) <= 2)) },
  modes: { task: "classes", classes: 2, make: filling((x, y) => Number(Math.min(...distances(x, y)) < 0.7)) },
  nearest: {
    task: "classes",
    classes: 3,
    make: filling((x, y) => distances(x, y).indexOf(Math.min(...distances(x, y)))),
  },
  xor: { task: "classes", classes: 2, make: filling((x, y) => Number(x * y < 0)) },
  spirals: {
    task: "classes",
    classes: 2,
    make: along(
      [
        ["(0.2 + 2.2x) * cos(10x)", "(0.2 + 2.2x) * sin(10x)"],
        ["-(0.2 + 2.2x) * cos(10x)", "-(0.2 + 2.2x) * sin(10x)"],
      ],
      0,
    ),
  },
  moons: {
    task: "classes",
    classes: 2,
    make: along(
      [
        ["1.4 * cos(pi * x) - 0.6", "1.4 * sin(pi * x) - 0.4"],
        ["0.8 - 1.4 * cos(pi * x)", "0.4 - 1.4 * sin(pi * x)"],
      ],
      0.12,
    ),
  },
  blobs: { task: "classes", make: blobs },
  formula: {
    task: "classes",
    classes: 2,
    make: fillingBy(
      ({ formula }) => formula,
      (value) => Number(value > 0),
    ),
  },
  plane: { task: "values", make: filling((x, y) => (x + y) / 5) },
  waves: { task: "values", make: fillingBy(() => "sin(1.6x) * cos(1.6y)", Number) },
  bumps: {
    task: "values",
    make: fillingBy(() => "exp(-(x-1)^2 - (y-1)^2) - exp(-(x+1)^2 - (y+1)^2) + exp(-2(x+1.4)^2 - 2(y-1.4)^2)", Number),
  },
  surface: { task: "values", make: fillingBy(({ formula }) => formula, Number) },
  own: { task: "classes", make: none },
};
