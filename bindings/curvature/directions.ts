// Directions in parameter space along which to evaluate a loss.

import { doubleAt } from "../engine/addresses.js";
import { wholeOnly } from "../engine/featureSets.js";
import { eigenOf } from "../linalg/symmetricEigen.js";
import { elementCount } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions, shown } from "../values/options.js";
import { seedWords } from "./lanczos.js";
import { checkSurface, type LossSurface } from "./surface.js";

/** Options of `randomDirections`. */
export interface RandomDirectionsOptions {
  /** Number of directions, ≥ 1; default 2. */
  readonly count?: number;
  /**
   * Normalization. "filter" scales each column of a matrix, and each filter of a convolution (an index of its last axis), to
   * the norm of the same of the weights and sets vectors such as biases to 0, so that plots of different networks are
   * comparable; "unit" scales the direction to norm 1. Default "filter" if a parameter is a matrix or a filter, else "unit".
   */
  readonly normalize?: "filter" | "unit";
  /** Seed: integer from 0 below 2⁵³; default 0. */
  readonly seed?: number;
}

/**
 * Random normal directions, filter-normalized: dᵢⱼ ← dᵢⱼ / ‖dⱼ‖ · ‖wⱼ‖ for the weights wⱼ of each output j.
 *
 * @param surface  a surface of lossSurface or trainerSurface
 * @param options  count, normalize, seed
 * @returns        vectors [parameters]
 * @throws TypeError   surface is not a surface
 * @throws RangeError  an option is out of range
 * @example
 * const surface = trainerSurface(trainer, data);
 * randomDirections(surface, { seed: 1 }).length; // 2
 * @see Li, Xu, Taylor, Studer and Goldstein, *Visualizing the loss landscape of neural nets*, NeurIPS 2018
 */
export const randomDirections = /* @__PURE__ */ wholeOnly(function randomDirections(
  surface: LossSurface,
  options: RandomDirectionsOptions = {},
): Float64Array[] {
  const where = "randomDirections";
  const { engine, elements, layout, point } = checkSurface(where, surface);
  checkOptions(where, options, ["count", "normalize", "seed"]);
  const count = checkNumber(where, "count", options.count ?? 2, { min: 1, integer: true });
  const usual = layout.some(({ shape }) => shape.length > 1) ? "filter" : "unit";
  const normalize = checkChoice(where, "normalize", options.normalize ?? usual, ["filter", "unit"]);
  const [low, high] = seedWords(where, options.seed);
  return engine.borrow(8 * elements, (space) => {
    return Array.from({ length: count }, (_, index) => {
      engine.call((core) => core.normals(space, elements, index, low, high));
      const direction = engine.doubles.slice(doubleAt(space), doubleAt(space) + elements);
      if (normalize === "filter") filterNormalize(direction, point, layout);
      else scaleBy(direction, 1 / length(direction));
      return direction;
    });
  });
});

function length(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

function scaleBy(vector: Float64Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) * factor;
}

/** Scales the columns of each matrix, and the filters, to the norms of those of the weights, and sets vectors to 0. */
function filterNormalize(
  direction: Float64Array,
  weights: Float64Array,
  layout: readonly { readonly shape: readonly number[] }[],
): void {
  let start = 0;
  for (const { shape } of layout) {
    const stop = start + elementCount(shape);
    const width = shape.length > 1 ? (shape.at(-1) as number) : 0;
    if (width === 0) direction.fill(0, start, stop);
    for (let column = start; column < start + width; column++) {
      let [own, wanted] = [0, 0];
      for (let i = column; i < stop; i += width) {
        own += (direction[i] as number) ** 2;
        wanted += (weights[i] as number) ** 2;
      }
      const factor = own > 0 ? Math.sqrt(wanted / own) : 0;
      for (let i = column; i < stop; i += width) direction[i] = (direction[i] as number) * factor;
    }
    start = stop;
  }
}

/** Plane of the largest variation of a trajectory. */
export interface TrajectoryPlane {
  /** Two orthonormal vectors [parameters]. */
  readonly directions: readonly [Float64Array, Float64Array];
  /** Fraction of the sum of squared distances from the last point that lies along each direction, 0 .. 1. */
  readonly explained: readonly [number, number];
  /** Projection of every point of the trajectory to the plane; the last is at [0, 0]. */
  readonly path: readonly (readonly [number, number])[];
}

/**
 * Plane of the largest variation of a trajectory: spanned by the first two principal components of the differences wₖ − w
 * between each point and the last one.
 *
 * @param surface  a surface of lossSurface or trainerSurface
 * @param points   at least 3 points, each arranged like the parameters of the surface (as trainer.parameters() returns
 *                 them) or one vector [parameters]
 * @throws TypeError   surface is not a surface, or points is not an array
 * @throws RangeError  there are fewer than 3 points, or all lie on a line
 * @throws ShapeError  a point is not arranged like the parameters
 * @example
 * const surface = lossSurface(engine, (x) => x.square().sum(), [0, 0, 0]);
 * const { explained } = trajectoryPlane(surface, [[3, 0, 0], [3, 4, 0], [0, 0, 0]]);
 * Math.round(1e9 * (explained[0] + explained[1])) / 1e9; // 1
 * @see Li, Xu, Taylor, Studer and Goldstein, *Visualizing the loss landscape of neural nets*, NeurIPS 2018, §7
 */
export const trajectoryPlane = /* @__PURE__ */ wholeOnly(function trajectoryPlane(
  surface: LossSurface,
  points: readonly unknown[],
): TrajectoryPlane {
  const where = "trajectoryPlane";
  const { engine, elements: n } = checkSurface(where, surface);
  if (!Array.isArray(points)) throw new TypeError(`${where}: expected an array of points, got ${shown(points)}.`);
  if (points.length < 3) throw new RangeError(`${where}: got ${points.length} points, expected at least 3.`);
  const vectors = points.map((value, k) => surface.vectorOf(`${where}: point ${k}`, value));
  const last = vectors.at(-1) as Float64Array;
  const moves = vectors.slice(0, -1).map((vector) => vector.map((value, i) => value - (last[i] as number)));
  const count = moves.length;
  const dot = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (a[i] as number) * (b[i] as number);
    return sum;
  };
  const gram = new Float64Array(count * count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j <= i; j++) {
      gram[i * count + j] = dot(moves[i] as Float64Array, moves[j] as Float64Array);
      gram[j * count + i] = gram[i * count + j] as number;
    }
  const { values, vectors: basis } = eigenOf(where, engine, gram, count, true);
  const whole = values.data.reduce((sum, value) => sum + Math.max(value, 0), 0);
  const axis = (rank: number): { direction: Float64Array; share: number } => {
    const k = count - 1 - rank;
    const value = values.data[k] as number;
    if (!(value > 1e-12 * whole))
      throw new RangeError(`${where}: the points lie on a line. Give points of a longer trajectory.`);
    const direction = new Float64Array(n);
    for (const [i, move] of moves.entries()) {
      const factor = (basis.data[i * count + k] as number) / Math.sqrt(value);
      for (let j = 0; j < n; j++) direction[j] = (direction[j] as number) + factor * (move[j] as number);
    }
    return { direction, share: value / whole };
  };
  const [first, second] = [axis(0), axis(1)];
  const path = [...moves, new Float64Array(n)].map(
    (move) => [dot(move, first.direction), dot(move, second.direction)] as const,
  );
  return { directions: [first.direction, second.direction], explained: [first.share, second.share], path };
});

/** Reads a direction as one vector; throws if it is zero. @internal */
export function checkDirection(where: string, surface: LossSurface, direction: unknown): Float64Array {
  const vector = surface.vectorOf(where, direction);
  if (vector.some((value) => value !== 0)) return vector;
  throw new ShapeError(`${where}: the direction is zero, expected at least one other number.`);
}
