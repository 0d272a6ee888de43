// The parameters of a model in memory: groups first, declaration order within a group, no gaps inside a group, every
// group padded to a cache line.

import { arrayTypes, elementCount } from "./arrays.js";
import type { Initializer } from "./initializers.js";
import { isParameter, type Layer, type Parameters, type ParameterTensors } from "./layers/layer.js";
import type { Optimizer } from "./optimizers.js";
import type { Hyper } from "./scheduled.js";
import type { Tensor } from "./tensor.js";
import type { Trace } from "./trace.js";

/** A parameter with its place. */
export interface Placed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Position in declaration order. */
  readonly index: number;
  /** First element in the arena. */
  readonly offset: number;
  readonly elements: number;
}

/** A range of the arena with hyper-parameters of its own. */
export interface Group {
  readonly offset: number;
  readonly elements: number;
  readonly weightDecay: Hyper;
}

/** Where everything lies. */
export interface Layout {
  readonly dtype: "f32" | "f64";
  readonly parameters: readonly Placed[];
  readonly groups: readonly Group[];
  /** Elements of the whole arena, padding included. */
  readonly elements: number;
}

function declare(
  tree: Parameters,
  prefix: string,
  out: { name: string; shape: readonly number[]; initializer: Initializer }[],
) {
  for (const [key, value] of Object.entries(tree)) {
    const name = prefix ? `${prefix}.${key}` : key;
    if (isParameter(value)) out.push({ name, shape: value.shape, initializer: value.initializer });
    else declare(value, name, out);
  }
  return out;
}

/** Lays a model's parameters out for an optimizer. */
export function layOutParameters(model: Layer, optimizer: Optimizer, dtype: "f32" | "f64"): Layout {
  const declared = declare(model.parameters, "", []).map((parameter, index) => ({ ...parameter, index }));
  const spared = ({ shape }: { shape: readonly number[] }) => optimizer.decayFilter === "matrices" && shape.length < 2;
  const sets =
    optimizer.weightDecay !== 0
      ? [declared.filter((p) => !spared(p)), declared.filter(spared)].filter((set) => set.length > 0)
      : [declared];
  const line = 64 / arrayTypes[dtype].BYTES_PER_ELEMENT;
  let at = 0;
  const groups: Group[] = [];
  const parameters = sets.flatMap((set) => {
    const start = at;
    const placed = set.map((parameter): Placed => {
      const elements = elementCount(parameter.shape);
      const offset = at;
      at += elements;
      return { ...parameter, offset, elements };
    });
    at = Math.ceil(at / line) * line;
    const decays = set[0] !== undefined && !spared(set[0]);
    groups.push({ offset: start, elements: at - start, weightDecay: decays ? optimizer.weightDecay : 0 });
    return placed;
  });
  parameters.sort((a, b) => a.index - b.index);
  return { dtype, parameters, groups, elements: at };
}

/** Where a model's running state lies: in declaration order, counted on from the parameters. */
export interface StateLayout {
  readonly dtype: "f32" | "f64";
  readonly entries: readonly Placed[];
  /** Elements of the whole arena, padding included. */
  readonly elements: number;
}

/** Lays a model's running state out. */
export function layOutState(model: Layer, dtype: "f32" | "f64", parameters: number): StateLayout {
  const line = 64 / arrayTypes[dtype].BYTES_PER_ELEMENT;
  let at = 0;
  const entries = declare(model.state ?? {}, "", []).map((entry, k): Placed => {
    const elements = elementCount(entry.shape);
    const offset = at;
    at += elements;
    return { ...entry, index: parameters + k, offset, elements };
  });
  return { dtype, entries, elements: Math.ceil(at / line) * line };
}

/** Placed blocks of a space as tensors of a trace, in declaration order. */
export function placedTensors(trace: Trace, space: number, dtype: "f32" | "f64", placed: readonly Placed[]): Tensor[] {
  const bytes = arrayTypes[dtype].BYTES_PER_ELEMENT;
  return placed.map(({ offset, shape }) => trace.leaf(space, offset * bytes, dtype, shape));
}

/** The tensors arranged by name, as a layer's apply wants them. */
export function arrangeTensors(tree: Parameters, tensors: readonly Tensor[]): ParameterTensors {
  const queue = [...tensors];
  const arrange = (node: Parameters): ParameterTensors =>
    Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, isParameter(value) ? queue.shift() : arrange(value)]),
    ) as ParameterTensors;
  return arrange(tree);
}
