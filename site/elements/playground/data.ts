// The samples of a state: the points of its data set with noise, split at random, and the points that the user added, which are
// trained on.

import { type Engine, normalInitializer, splitSamples } from "thalweg";
import type { Values } from "../kit/controls.ts";
import { draw, type Points, type Recipe, shapes } from "./shapes.ts";

/** One point: its place, and its class or value. */
export type Sample = readonly [x: number, y: number, target: number];

export interface Data {
  readonly task: "classes" | "values";
  /** Number of classes; 1 for values. */
  readonly classes: number;
  readonly train: readonly Sample[];
  readonly test: readonly Sample[];
}

/** Numbers are kept to thousandths, so that a program can name all of them. */
const thousandths = (value: number): number => Math.round(value * 1000) / 1000;

/** Controls that decide the samples. */
export const dataKeys = ["data", "classes", "formula", "value", "count", "draw", "noise", "share", "points"] as const;

/** Values of the user's points in regression, by the pen. */
const penValues = [-1, 1, 0, 0.5] as const;

/** True if a data set is one of classes. */
export const isClasses = ({ data }: Values): boolean => shapes[data]?.task === "classes";

export const classCount = ({ data, classes }: Values): number => shapes[data]?.classes ?? classes;

/** The user's points, written as "x,y,kind:x,y,kind"; those that cannot be read are left out. */
export function ownPoints(text: string): readonly Sample[] {
  return text.split(":").flatMap((part) => {
    const [x, y, kind, ...more] = part.split(",").map(Number);
    const fits =
      more.length === 0 && [x, y, kind].every((value) => Number.isFinite(value)) && part.split(",").length === 3;
    return fits && Number.isInteger(kind) && kind! >= 0 && kind! < 4 ? [[x!, y!, kind!] as const] : [];
  });
}

export const ownText = (points: readonly Sample[]): string =>
  points.map((point) => point.map(thousandths).join(",")).join(":");

/** Points with noise: of their places for classes, of their values for regression. */
function noisy(points: Points, task: Data["task"], { engine, count, seed }: Recipe, noise: number): Points {
  if (noise === 0 || count === 0) return points;
  const numbers = draw(engine, [count, 2], seed + 2, normalInitializer(1));
  const shifted = (values: Float64Array, which: number): Float64Array =>
    values.map((value, k) => value + noise * (numbers[2 * k + which] as number));
  if (task === "values") return { ...points, target: shifted(points.target, 0) };
  return { ...points, x: shifted(points.x, 0), y: shifted(points.y, 1) };
}

function made(engine: Engine, values: Values): Data {
  const shape = shapes[values.data] as (typeof shapes)[string];
  const isValues = shape.task === "values";
  const classes = isValues ? 1 : classCount(values);
  const formula = isValues ? values.value : values.formula;
  const recipe: Recipe = { engine, count: values.count, seed: values.draw, classes, formula };
  const points = noisy(shape.make(recipe), shape.task, recipe, values.noise);
  const all = Array.from(points.x, (x, k): Sample => {
    const target = points.target[k] as number;
    return [thousandths(x), thousandths(points.y[k] as number), isValues ? thousandths(target) : target];
  }).filter((sample) => sample.every((value) => Number.isFinite(value)));
  const own = ownPoints(values.points)
    .filter(([, , kind]) => isValues || kind < classes)
    .map(([x, y, kind]): Sample => [x, y, isValues ? (penValues[kind] as number) : kind]);
  const { train, test } = split(all, values);
  return { task: shape.task, classes, train: [...train, ...own], test };
}

function split(
  all: readonly Sample[],
  { share, draw: seed }: Values,
): { train: readonly Sample[]; test: readonly Sample[] } {
  if (share === 0 || all.length < 2) return { train: all, test: [] };
  const indices = all.map((_, k) => k);
  const { train, validation } = splitSamples({ inputs: indices, targets: indices }, { fraction: share, seed });
  const chosen = ({ inputs }: typeof train): Sample[] =>
    Array.from(inputs.data as ArrayLike<number>, (k) => all[k] as Sample);
  return { train: chosen(train), test: chosen(validation) };
}

let last: { readonly key: string; readonly data: Data } | null = null;

/** The samples of a state; the last ones are kept, as drawing and program need the same. */
export function dataOf(engine: Engine, values: Values): Data {
  const key = JSON.stringify(dataKeys.map((name) => values[name]));
  if (last?.key !== key) last = { key, data: made(engine, values) };
  return last.data;
}

/** Samples as arrays for the library; targets are classes, or values [n, 1]. */
export function arraysOf(samples: readonly Sample[], task: Data["task"]) {
  const inputs = {
    data: Float64Array.from(samples.flatMap((sample) => sample.slice(0, 2))),
    shape: [samples.length, 2],
  };
  const targets = samples.map(([, , target]) => target);
  return task === "classes"
    ? { inputs, targets: Int32Array.from(targets) }
    : { inputs, targets: { data: Float64Array.from(targets), shape: [samples.length, 1] } };
}

/** The share of the most frequent class, which a model that always names it would reach. */
export function largestShare(samples: readonly Sample[], classes: number): number {
  const counts = Array.from({ length: classes }, (_, kind) => samples.filter(([, , target]) => target === kind).length);
  return samples.length === 0 ? 0 : Math.max(...counts) / samples.length;
}
