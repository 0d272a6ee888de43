// Layout of the parameters of a model: by group, in declaration order within a group, without gaps inside a group, each
// group padded to a cache line.

import * as abi from "../../assembly/abi.js";
import * as fields from "../engine/recordFields.js";
import { isParameter, type Layer, type Parameter, type Parameters, type ParameterTensors } from "../layers/layer.js";
import type { TouchRows } from "../layers/touchedRows.js";
import { noDecay } from "../optimizers/decay.js";
import type { Optimizer, Workspace } from "../optimizers/optimizer.js";
import type { Hyper, Scheduled } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Trace } from "../tensors/trace.js";
import { bytesOf, depthLimit, elementCount, tooDeep, wholeLines } from "../values/arrays.js";
import { has, wrongKind } from "../values/options.js";
import { type Assigned, type AssignedParts, type Assignment, assignOptimizers, describeAssignments } from "./groups.js";

/** A parameter or an array of running state, and its position in the arena. */
export interface StoredArray extends Parameter {
  readonly name: string;
  /** Position in declaration order. */
  readonly index: number;
  /** First element in the arena. */
  readonly offset: number;
  readonly elements: number;
  /** True if it is not trained. */
  readonly frozen?: boolean;
  /** Indices of the state vectors of its rule that are means of squares. */
  readonly squares?: readonly number[];
  /** Marks the rows that a step touches, if only these are updated. */
  readonly touch?: TouchRows | undefined;
}

/** A range of the arena with its own hyper-parameters. */
export interface Group {
  readonly offset: number;
  readonly elements: number;
  readonly rule: number;
  /** Name of the optimizer. */
  readonly name: string;
  /** Initial value of each state vector. */
  readonly initial: readonly number[];
  /** Hyper-parameters in the order of the core's record, from `groupDecoupledDecay` on. */
  readonly hyper: readonly Hyper[];
  /** True if the l1 penalty is a proximal step after the update. */
  readonly proximal: boolean;
  /** True if only weights decay whose magnitude the update does not increase. */
  readonly cautious: boolean;
  /** Matrices that the rule or a constraint works on; their offsets count from the start of the group. */
  readonly matrices: readonly Matrix[];
  /** Bytes of scratch that the rule needs for a matrix. */
  readonly workspace: Workspace | undefined;
}

/** A parameter of two or more axes as the matrix [product of all axes but the last, last axis]. */
export interface Matrix {
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
}

/** Layout of the parameters. */
export interface Layout {
  readonly dtype: "f32" | "f64";
  readonly parameters: readonly StoredArray[];
  readonly groups: readonly Group[];
  /** Bytes of scratch for the largest matrix. */
  readonly workspace: number;
  /** Largest number of state vectors of a rule. */
  readonly states: number;
  /** True if a rule takes its gradient at a look-ahead point instead of at the weights. */
  readonly looksAhead: boolean;
  /** True if any parameter has a penalty. */
  readonly penalized: boolean;
  /** Description of the optimizers, for checkpoints. */
  readonly described: string;
  /** Elements of the arena, padding included. */
  readonly elements: number;
}

function declare(
  tree: Parameters,
  prefix = "",
  out: ({ readonly name: string } & Parameter)[] = [],
  depth = 0,
  seen = new Map<Parameters, string>(),
) {
  if (depth === depthLimit) throw tooDeep("createTrainer", "layers");
  const entries = Object.entries(tree);
  const twin = seen.get(tree);
  if (twin !== undefined && entries.length > 0)
    throw new TypeError(
      `createTrainer: "${prefix}" and "${twin}" are the same layer, which cannot be shared. Create two.`,
    );
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

/** The matrix of a parameter that belongs to a group from element `start` on; none if it is empty. */
export function matrixOf({ shape, offset, elements }: StoredArray, start: number): Matrix[] {
  const columns = shape.at(-1) ?? 1;
  return elements === 0 ? [] : [{ offset: offset - start, rows: elements / columns, columns }];
}

/** The update of some parameters. */
interface Update {
  readonly optimizer: Optimizer & { readonly touch?: TouchRows };
  readonly frozen: boolean;
  readonly decays: boolean;
  readonly penalty: Assignment["penalty"];
  /** Upper bound of the norm of a column, 0 for none. */
  readonly maxNorm: number;
}

/** The update of a parameter of a shape; parameters with equal updates share a group of the core. */
function updateOf(
  { optimizer: chosen, frozen, penalty, constraint }: Assignment,
  { shape, rows }: Pick<Parameter, "shape" | "rows">,
  parts: AssignedParts,
): Update {
  const matrix = shape.length >= 2;
  const optimizer = matrix ? chosen : (chosen.others ?? chosen);
  const { decoupled, coupled, filter } = optimizer.decay;
  const update = {
    optimizer,
    frozen,
    decays: !frozen && (decoupled !== 0 || coupled !== 0) && (matrix || filter === "all"),
    penalty: penalty && (matrix || penalty.filter === "all") ? penalty : null,
    maxNorm: constraint && matrix ? constraint.limit : 0,
  };
  return rows?.(update, parts) ?? update;
}

/** Order of the groups of the core: the trainer's own optimizer before others, groups with decay before those without. */
function rankOf(index: number, { optimizer }: Assignment, update: Update): number {
  const flags = [optimizer !== update.optimizer, !update.decays, update.penalty === null, update.maxNorm === 0];
  return flags.reduce((rank, flag) => 2 * rank + Number(flag), index);
}

/** The rule of a frozen group: descent at rate 0 along a gradient of 0. */
const frozenRule = { rule: abi.ruleSgd, name: "sgd", initial: [], hyper: [0], workspace: undefined } as const;

/** The rule and the numbers of a group of the core. */
function groupOf({ optimizer, frozen, decays, penalty, maxNorm }: Update) {
  const { rule, name, initial, hyper, workspace } = frozen ? frozenRule : optimizer;
  const { decoupled, coupled, cautious } = decays ? optimizer.decay : noDecay;
  const { squares = 0, magnitudes = 0, proximal = false } = penalty ?? {};
  // JavaScript enumerates integer keys in ascending order, which is the order of the record.
  const numbers: Record<number, Hyper> = {
    [fields.groupDecoupledDecay]: decoupled,
    [fields.groupCoupledDecay]: coupled,
    [fields.groupL2]: squares,
    [fields.groupL1]: magnitudes,
    [fields.groupMaxNorm]: maxNorm,
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

/** Elements, with padding to a cache line. */
export function padded(dtype: "f32" | "f64", elements: number): number {
  return wholeLines(bytesOf(dtype, elements)) / bytesOf(dtype, 1);
}

type Declared = ReturnType<typeof declare>[number] & { readonly index: number };
type UpdateGroup = { readonly update: Update; readonly declared: Declared[] };

/** Parameters by their update, in the order of the groups of the core. */
function groupByUpdate(
  declared: readonly Declared[],
  { assignments, index }: Assigned,
  parts: AssignedParts,
): UpdateGroup[] {
  const groups = new Map<number, UpdateGroup>();
  for (const parameter of declared) {
    const k = index[parameter.index] as number;
    const assignment = assignments[k] as Assignment;
    const update = updateOf(assignment, parameter, parts);
    const rank = rankOf(k, assignment, update);
    const group = groups.get(rank) ?? { update, declared: [] };
    groups.set(rank, group);
    group.declared.push(parameter);
  }
  if (groups.size === 0)
    groups.set(0, { update: updateOf(assignments[0] as Assignment, { shape: [] }, parts), declared: [] });
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, group]) => group);
}

/** Lays out the parameters of a model and the groups of the core that update them. */
export function layOutParameters(model: Layer, parts: AssignedParts, dtype: "f32" | "f64"): Layout {
  const declared = declare(model.parameters).map((parameter, index) => ({ ...parameter, index }));
  const assigned = assignOptimizers("createTrainer", parts, declared);
  const ordered = groupByUpdate(declared, assigned, parts);
  let at = 0;
  const groups: Group[] = [];
  const parameters = ordered.flatMap(({ update, declared }) => {
    const start = at;
    const { frozen, optimizer, maxNorm } = update;
    const { squares, touch } = optimizer;
    const stored = declared.map((parameter): StoredArray => {
      const elements = elementCount(parameter.shape);
      const offset = at;
      at += elements;
      return { ...parameter, offset, elements, frozen, squares: frozen ? [] : squares, touch };
    });
    at = padded(dtype, at);
    const group = groupOf(update);
    const matrices = group.workspace || maxNorm !== 0 ? stored.flatMap((array) => matrixOf(array, start)) : [];
    groups.push({ offset: start, elements: at - start, ...group, matrices });
    return stored;
  });
  parameters.sort((a, b) => a.index - b.index);
  const trained = ordered.filter(({ update }) => !update.frozen).map(({ update }) => update.optimizer);
  const workspaces = groups.flatMap(({ workspace, matrices }) =>
    workspace ? matrices.map(({ rows, columns }) => workspace(dtype, rows, columns)) : [],
  );
  return {
    dtype,
    parameters,
    groups,
    workspace: Math.max(0, ...workspaces),
    states: Math.max(0, ...trained.map(({ states }) => states)),
    looksAhead: trained.some((optimizer) => optimizer.looksAhead),
    penalized: ordered.some(({ update }) => update.penalty !== null),
    described: describeAssignments(declared, assigned),
    elements: at,
  };
}

/** Layout of the running state, in declaration order; indices continue those of the parameters. */
export interface StateLayout {
  readonly dtype: "f32" | "f64";
  readonly entries: readonly StoredArray[];
  /** Elements of the arena, padding included. */
  readonly elements: number;
  /** Numbers of layers that follow schedules: f64 behind the arena. */
  readonly scheduled: readonly { readonly name: string; readonly scheduled: Scheduled }[];
}

/** Lays out the running state of a model. */
export function layOutState(model: Layer, dtype: "f32" | "f64", parameters: number): StateLayout {
  let at = 0;
  const declared = declare(model.state ?? {});
  const entries = declared
    .filter(({ scheduled }) => !scheduled)
    .map((entry, k): StoredArray => {
      const elements = elementCount(entry.shape);
      const offset = at;
      at += elements;
      return { ...entry, index: parameters + k, offset, elements };
    });
  const scheduled = declared.flatMap(({ name, scheduled }) => (scheduled ? [{ name, scheduled }] : []));
  return { dtype, entries, elements: padded(dtype, at), scheduled };
}

/** A model's state that lies at (space, offset) in a type, as tensors by name. */
export function stateTensors(
  trace: Trace,
  space: number,
  offset: number,
  dtype: "f32" | "f64",
  { entries, elements, scheduled }: StateLayout,
): Map<string, Tensor> {
  const behind = offset + blockBytes(dtype, elements);
  return new Map([
    ...entries.map(
      (entry) => [entry.name, trace.leaf(space, offset + bytesOf(dtype, entry.offset), dtype, entry.shape)] as const,
    ),
    ...scheduled.map(({ name }, k) => [name, trace.leaf(space, behind + 8 * k, "f64", [])] as const),
  ]);
}

/** StoredArray blocks of a space as tensors of a trace, in declaration order. */
export function storedTensors(
  trace: Trace,
  space: number,
  dtype: "f32" | "f64",
  arrays: readonly StoredArray[],
): Tensor[] {
  return arrays.map(({ offset, shape }) => trace.leaf(space, bytesOf(dtype, offset), dtype, shape));
}

/** Arranges tensors by name for a layer's `apply`. */
export function arrangeTensors(tree: Parameters, tensors: readonly Tensor[]): ParameterTensors {
  const queue = [...tensors];
  const arrange = (node: Parameters): ParameterTensors =>
    Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, isParameter(value) ? queue.shift() : arrange(value)]),
    ) as ParameterTensors;
  return arrange(tree);
}
