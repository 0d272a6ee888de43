// The parameters of a model in memory: groups first, declaration order within a group, no gaps inside a group, every
// group padded to a cache line.

import * as abi from "../../assembly/abi.js";
import { isParameter, type Layer, type Parameter, type Parameters, type ParameterTensors } from "../layers/layer.js";
import { noDecay } from "../optimizers/decay.js";
import type { Optimizer, Workspace } from "../optimizers/optimizer.js";
import type { Hyper, Scheduled } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Trace } from "../tensors/trace.js";
import { bytesOf, depthLimit, elementCount, tooDeep } from "../values/arrays.js";
import { has, wrongKind } from "../values/options.js";
import { describeTreatments, type Treatment, type TreatmentParts, treat } from "./groups.js";

/** A parameter with its place. */
export interface Placed extends Parameter {
  readonly name: string;
  /** Position in declaration order. */
  readonly index: number;
  /** First element in the arena. */
  readonly offset: number;
  readonly elements: number;
  /** Nothing moves it. */
  readonly frozen?: boolean;
  /** Of the state vectors of its rule, those that are means of squares. */
  readonly squares?: readonly number[];
}

/** A range of the arena with hyper-parameters of its own. */
export interface Group {
  readonly offset: number;
  readonly elements: number;
  readonly rule: number;
  /** Name of what updates it. */
  readonly name: string;
  /** What each state vector starts from. */
  readonly initial: readonly number[];
  /** Hyper-parameters as the core's record has them, from `groupDecoupledDecay` on. */
  readonly hyper: readonly Hyper[];
  /** Whether the penalty of the magnitudes acts after the update. */
  readonly proximal: boolean;
  /** Whether only those weights decay that the update does not make larger. */
  readonly cautious: boolean;
  /** What is worked on as whole matrices, by the rule or by a constraint: counted from the start of the group. */
  readonly matrices: readonly Matrix[];
  /** Bytes of scratch for one of them, if it is the rule that does. */
  readonly workspace: Workspace | undefined;
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
  /** Bytes of scratch that rules on whole matrices need, for the largest of them. */
  readonly workspace: number;
  /** State vectors of the rule that has most. */
  readonly states: number;
  /** Whether a rule takes its gradient elsewhere than at the weights. */
  readonly places: boolean;
  /** Whether anything has a penalty. */
  readonly penalized: boolean;
  /** What moves the parameters in words. */
  readonly described: string;
  /** Elements of the whole arena, padding included. */
  readonly elements: number;
}

function declare(
  tree: Parameters,
  prefix: string,
  out: ({ readonly name: string } & Parameter)[],
  depth = 0,
  seen = new Map<Parameters, string>(),
) {
  if (depth === depthLimit) throw tooDeep("createTrainer", "layers");
  const entries = Object.entries(tree);
  const twin = seen.get(tree);
  if (twin !== undefined && entries.length > 0)
    throw new TypeError(`createTrainer: "${prefix}" and "${twin}" are one layer object, but share nothing. Make two.`);
  for (const [key, value] of entries) {
    const name = prefix ? `${prefix}.${key}` : key;
    if (isParameter(value)) out.push({ ...value, name });
    else if (Array.isArray(value?.shape))
      throw wrongKind("createTrainer", `the initializer of "${name}"`, "a function", value.initializer, "heNormal");
    else if (!has(value)) throw wrongKind("createTrainer", `"${name}"`, "{ shape, initializer }", value);
    else declare(value, name, out, depth + 1, seen);
  }
  seen.set(tree, prefix);
  return out;
}

function matrixOf({ shape, offset, elements }: Placed, start: number): Matrix[] {
  const columns = shape.at(-1) ?? 1;
  return elements === 0 ? [] : [{ offset: offset - start, rows: elements / columns, columns }];
}

/** How a set of parameters is moved: all that a group of the core holds. */
interface Moves {
  readonly optimizer: Optimizer;
  readonly frozen: boolean;
  /** Whether it decays. */
  readonly decays: boolean;
  /** What it is penalized by, if it is. */
  readonly penalty: Treatment["penalty"];
  /** Most that the norm of a column may be, 0 for anything. */
  readonly maxNorm: number;
}

/** What moves a parameter of a treatment; equal ones share a group of the core. */
function movesOf({ optimizer: chosen, frozen, penalty, constraint }: Treatment, shape: readonly number[]): Moves {
  const matrix = shape.length >= 2;
  const optimizer = matrix ? chosen : (chosen.others ?? chosen);
  const { shrink, penalty: coupled, filter } = optimizer.decay;
  return {
    optimizer,
    frozen,
    decays: !frozen && (shrink !== 0 || coupled !== 0) && (matrix || filter === "all"),
    penalty: penalty && (matrix || penalty.filter === "all") ? penalty : null,
    maxNorm: constraint && matrix ? constraint.limit : 0,
  };
}

/** Order of the groups of the core: the trainer's own optimizer before others, matrices and what decays first. */
function rankOf(treatment: number, by: Treatment, moves: Moves): number {
  const flags = [by.optimizer !== moves.optimizer, !moves.decays, moves.penalty === null, moves.maxNorm === 0];
  return flags.reduce((rank, flag) => 2 * rank + Number(flag), treatment);
}

/** What moves a frozen group: it descends at rate 0, on a gradient of 0. */
const still = { rule: abi.ruleSgd, name: "sgd", initial: [], hyper: [0], workspace: undefined } as const;

/** The numbers of a group of the core. */
function groupOf({ optimizer, frozen, decays, penalty, maxNorm }: Moves) {
  const { rule, name, initial, hyper, workspace } = frozen ? still : optimizer;
  const { shrink, penalty: coupled, cautious } = decays ? optimizer.decay : noDecay;
  const { squares = 0, magnitudes = 0, proximal = false } = penalty ?? {};
  // Keys that are whole numbers come in ascending order: that of the record.
  const numbers: Record<number, Hyper> = {
    [abi.groupDecoupledDecay]: shrink,
    [abi.groupCoupledDecay]: coupled,
    [abi.groupL2]: squares,
    [abi.groupL1]: magnitudes,
    [abi.groupMaxNorm]: maxNorm,
  };
  return {
    rule,
    name,
    initial,
    hyper: [...Object.values(numbers), ...hyper],
    proximal,
    cautious,
    workspace,
  };
}

/** Lays a model's parameters out for what moves them. */
export function layOutParameters(model: Layer, parts: TreatmentParts, dtype: "f32" | "f64"): Layout {
  const declared = declare(model.parameters, "", []);
  const treated = treat("createTrainer", parts, declared);
  const sets = new Map<number, { moves: Moves; set: ((typeof declared)[number] & { index: number })[] }>();
  for (const [index, parameter] of declared.entries()) {
    const treatment = treated.index[index] as number;
    const by = treated.treatments[treatment] as Treatment;
    const moves = movesOf(by, parameter.shape);
    const rank = rankOf(treatment, by, moves);
    if (!sets.has(rank)) sets.set(rank, { moves, set: [] });
    sets.get(rank)?.set.push({ ...parameter, index });
  }
  if (sets.size === 0) sets.set(0, { moves: movesOf(treated.treatments[0] as Treatment, []), set: [] });
  const line = 64 / bytesOf(dtype, 1);
  let at = 0;
  const groups: Group[] = [];
  const ordered = [...sets.entries()].sort(([a], [b]) => a - b).map(([, value]) => value);
  const parameters = ordered.flatMap(({ moves, set }) => {
    const start = at;
    const { frozen, optimizer } = moves;
    const placed = set.map((parameter): Placed => {
      const elements = elementCount(parameter.shape);
      const offset = at;
      at += elements;
      return { ...parameter, offset, elements, frozen, squares: frozen ? [] : optimizer.squares };
    });
    at = Math.ceil(at / line) * line;
    const group = groupOf(moves);
    const matrices =
      group.workspace || moves.maxNorm !== 0 ? placed.flatMap((parameter) => matrixOf(parameter, start)) : [];
    groups.push({ offset: start, elements: at - start, ...group, matrices });
    return placed;
  });
  parameters.sort((a, b) => a.index - b.index);
  const moving = ordered.filter(({ moves }) => !moves.frozen).map(({ moves }) => moves.optimizer);
  return {
    dtype,
    parameters,
    groups,
    workspace: Math.max(
      0,
      ...groups.flatMap(({ workspace, matrices }) =>
        workspace ? matrices.map(({ rows, columns }) => workspace(dtype, rows, columns)) : [],
      ),
    ),
    states: Math.max(0, ...moving.map(({ states }) => states)),
    places: moving.some(({ places }) => places),
    penalized: ordered.some(({ moves }) => moves.penalty !== null),
    described: describeTreatments(declared, treated),
    elements: at,
  };
}

/** Where a model's running state lies: in declaration order, counted on from the parameters. */
export interface StateLayout {
  readonly dtype: "f32" | "f64";
  readonly entries: readonly Placed[];
  /** Elements of the whole arena, padding included. */
  readonly elements: number;
  /** What follows schedules: f64 behind the arena. */
  readonly followed: readonly { readonly name: string; readonly follows: Scheduled }[];
}

/** Lays a model's running state out. */
export function layOutState(model: Layer, dtype: "f32" | "f64", parameters: number): StateLayout {
  const line = 64 / bytesOf(dtype, 1);
  let at = 0;
  const declared = declare(model.state ?? {}, "", []);
  const entries = declared
    .filter(({ follows }) => !follows)
    .map((entry, k): Placed => {
      const elements = elementCount(entry.shape);
      const offset = at;
      at += elements;
      return { ...entry, index: parameters + k, offset, elements };
    });
  const followed = declared.flatMap(({ name, follows }) => (follows ? [{ name, follows }] : []));
  return { dtype, entries, elements: Math.ceil(at / line) * line, followed };
}

/** A model's state that lies at (space, offset) in a type, as tensors by name. */
export function stateTensors(
  trace: Trace,
  space: number,
  offset: number,
  dtype: "f32" | "f64",
  { entries, elements, followed }: StateLayout,
): Map<string, Tensor> {
  const behind = offset + blockBytes(dtype, elements);
  return new Map([
    ...entries.map(
      (entry) => [entry.name, trace.leaf(space, offset + bytesOf(dtype, entry.offset), dtype, entry.shape)] as const,
    ),
    ...followed.map(({ name }, k) => [name, trace.leaf(space, behind + 8 * k, "f64", [])] as const),
  ]);
}

/** Placed blocks of a space as tensors of a trace, in declaration order. */
export function placedTensors(trace: Trace, space: number, dtype: "f32" | "f64", placed: readonly Placed[]): Tensor[] {
  return placed.map(({ offset, shape }) => trace.leaf(space, bytesOf(dtype, offset), dtype, shape));
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
