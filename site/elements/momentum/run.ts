// The library's runs with momentum, with Nesterov's and with none, and what is measured of them.

import { type Engine, sgd, type Tensor } from "thalweg";
import { createSearch } from "thalweg/minimizers";
import { type Curvatures, curvaturesOf, radii } from "./closedForm.ts";
import type { Rule, State } from "./controls.ts";

export const rules: readonly Rule[] = ["momentum", "nesterov", "none"];

/** Steps of every run, of which a part is drawn: the rate is measured where the beginning does not count any more. */
export const runLength = 1000;

export interface Run {
  readonly rule: Rule;
  /** Coordinates [runLength + 1, 2] along the flat and the steep direction; not finite after an overflow. */
  readonly x: Float64Array;
  /** Factor of the error a step: in closed form, and of the run. */
  readonly factor: number;
  readonly measured: number;
  /** Largest distance beyond the minimum in each direction, as a share of that of the start. */
  readonly beyond: readonly [number, number];
  /** Step from which on the distance stays below a hundredth of the start's; −1 if it does not. */
  readonly settled: number;
}

/** ½ (λ₁ x² + λ₂ y²). */
export const quadraticOf =
  ({ flat, steep }: Curvatures) =>
  ({ x, y }: { x: Tensor; y: Tensor }): Tensor =>
    x
      .square()
      .multiply(flat / 2)
      .add(y.square().multiply(steep / 2));

/** The rule of the library; without momentum where it is 0. */
function sgdOf(rule: Rule, [learningRate, momentum]: readonly [number, number]) {
  if (rule === "none" || momentum === 0) return sgd({ learningRate });
  if (rule === "momentum") return sgd({ learningRate, momentum, momentumForm: "velocity" });
  return sgd({ learningRate, momentum, momentumForm: "velocity", nesterov: "lookahead" });
}

const distance = (x: Float64Array, k: number): number => Math.hypot(x[2 * k] as number, x[2 * k + 1] as number);

/**
 * Factor a step, measured: the largest error of a window of steps against that of the window before, so that turning around the
 * minimum does not count. The windows are the third and the fourth quarter of the run, which ends before errors under- or overflow.
 */
export function measuredFactor(x: Float64Array): number {
  let last = 1;
  const isFair = (k: number): boolean => distance(x, k) > 1e-140 && distance(x, k) < 1e140;
  while (2 * last + 3 < x.length && isFair(last)) last++;
  if (distance(x, last) === 0) return 0;
  const window = Math.floor(last / 4);
  if (window < 2) return (distance(x, last) / distance(x, 0)) ** (1 / last);
  let [before, after] = [0, 0];
  for (let k = 0; k < window; k++) {
    before = Math.max(before, distance(x, last - 2 * window + k));
    after = Math.max(after, distance(x, last - window + k));
  }
  return (after / before) ** (1 / window);
}

function beyond(x: Float64Array, axis: 0 | 1): number {
  let least = 0;
  for (let k = axis; k < x.length; k += 2) least = Math.min(least, x[k] as number);
  return -least / (x[axis] as number);
}

function settledAt(x: Float64Array): number {
  let step = x.length / 2;
  while (step > 0 && distance(x, step - 1) < distance(x, 0) / 100) step--;
  return step === x.length / 2 ? -1 : step;
}

/** A path of a fixed length, with NaN after an overflow. */
function filledUp(points: Float64Array): Float64Array {
  const x = new Float64Array(2 * (runLength + 1)).fill(Number.NaN);
  x.set(points);
  return x;
}

function pathOf(engine: Engine, rule: Rule, curvatures: Curvatures, point: readonly [number, number]): Float64Array {
  const options = { maxIterations: runLength, gradientTolerance: 0 };
  const search = createSearch(engine, quadraticOf(curvatures), { x: 1, y: 1 }, sgdOf(rule, point), options);
  search.advance();
  const { x } = search.trace;
  if (rule !== "nesterov" || point[1] === 0) return filledUp(x);
  // The search gives the points that look ahead, y; the step from each leads to w = y − h ∇f(y).
  const shrink = [1 - point[0] * curvatures.flat, 1 - point[0] * curvatures.steep] as const;
  return filledUp(x.map((_, k) => (k < 2 ? 1 : (x[k - 2] as number) * shrink[(k % 2) as 0 | 1])));
}

/** All three runs of a state. */
export function runsOf(engine: Engine, state: State): Run[] {
  const curvatures = curvaturesOf(state);
  const [rate, momentum] = state.point;
  const at = { rate: Float64Array.of(rate, rate), momentum: Float64Array.of(momentum, 0) };
  const [heavy, none] = radii(engine, false, curvatures, at) as unknown as [number, number];
  const [nesterov] = radii(engine, true, curvatures, at) as unknown as [number];
  const factors = { momentum: heavy, nesterov, none };
  return rules.map((rule) => {
    const x = pathOf(engine, rule, curvatures, state.point);
    return {
      ...{ rule, x, factor: factors[rule], measured: measuredFactor(x) },
      ...{ beyond: [beyond(x, 0), beyond(x, 1)] as const, settled: settledAt(x) },
    };
  });
}
