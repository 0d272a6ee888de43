// The parameters of a model in memory: groups first, declaration order within a group, no gaps inside a group, every
// group padded to a cache line.

import * as abi from "../assembly/abi.js";
import { arrayTypes, elementCount } from "./arrays.js";
import type { Initializer } from "./initializers.js";
import { isParameter, type Layer, type Parameters, type ParameterTensors } from "./layers/layer.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import type { Hyper } from "./scheduled.js";
import type { Tensor } from "./tensor.js";
import { blockBytes, type Trace } from "./trace.js";

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
  /** What updates it: the optimizer, or the one it names for all but matrices. */
  readonly optimizer: Optimizer;
  /** Decoupled and coupled decay. */
  readonly shrink: Hyper;
  readonly penalty: Hyper;
  /** For a rule that works on whole matrices: where they lie, counted from the start of the group. */
  readonly matrices: readonly Matrix[];
}

/** A parameter of two or more axes as the matrix [all but the last, last]. */
export interface Matrix {
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
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

function matrixOf({ shape, offset, elements }: Placed, start: number): Matrix[] {
  const columns = shape.at(-1) ?? 1;
  return elements === 0 ? [] : [{ offset: offset - start, rows: elements / columns, columns }];
}

/** Bytes of scratch that a rule on whole matrices needs, for the largest of them: see the core's muon.ts. */
export function workspaceBytes({ dtype, groups }: Layout): number {
  const block = (elements: number): number => blockBytes(dtype, elements) + 64;
  const needs = groups
    .flatMap(({ matrices }) => matrices)
    .map(
      ({ rows, columns }) => 2 * block(rows * columns) + 2 * block(Math.min(rows, columns) ** 2) + abi.gemmScratchBytes,
    );
  return Math.max(0, ...needs);
}

/** Lays a model's parameters out for an optimizer. */
export function layOutParameters(model: Layer, optimizer: Optimizer, dtype: "f32" | "f64"): Layout {
  const declared = declare(model.parameters, "", []).map((parameter, index) => ({ ...parameter, index }));
  const isMatrix = ({ shape }: { shape: readonly number[] }): boolean => shape.length >= 2;
  const others = optimizer.others ?? optimizer;
  const decays = (by: Optimizer, matrix: boolean): boolean =>
    (by.decay.shrink !== 0 || by.decay.penalty !== 0) && (matrix || by.decay.filter === "all");
  const kindOf = (parameter: { shape: readonly number[] }): number => {
    const by = isMatrix(parameter) ? optimizer : others;
    return (by === optimizer ? 0 : 2) + (decays(by, isMatrix(parameter)) ? 0 : 1);
  };
  const sets = [0, 1, 2, 3]
    .map((kind) => ({
      by: kind < 2 ? optimizer : others,
      decays: kind % 2 === 0,
      set: declared.filter((parameter) => kindOf(parameter) === kind),
    }))
    .filter(({ set }) => set.length > 0);
  if (sets.length === 0) sets.push({ by: optimizer, decays: false, set: [] });
  const line = 64 / arrayTypes[dtype].BYTES_PER_ELEMENT;
  let at = 0;
  const groups: Group[] = [];
  const parameters = sets.flatMap(({ by, decays, set }) => {
    const start = at;
    const placed = set.map((parameter): Placed => {
      const elements = elementCount(parameter.shape);
      const offset = at;
      at += elements;
      return { ...parameter, offset, elements };
    });
    at = Math.ceil(at / line) * line;
    groups.push({
      offset: start,
      elements: at - start,
      optimizer: by,
      shrink: decays ? by.decay.shrink : 0,
      penalty: decays ? by.decay.penalty : 0,
      matrices: by.others ? placed.flatMap((parameter) => matrixOf(parameter, start)) : [],
    });
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
