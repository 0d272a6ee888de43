// Parameter groups: which optimizer, penalty and constraint each parameter is assigned.

import type { Engine } from "../engine/engine.js";
import type { Constraint } from "../optimizers/constraints.js";
import { maxNorm } from "../optimizers/constraints.js";
import type { GradientTransform } from "../optimizers/gradientTransforms.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Penalty } from "../optimizers/penalties.js";
import type { Schedulable } from "../schedules/scheduled.js";
import { checkFlag, has, wrongKind } from "../values/options.js";

/** A glob over dotted names, in which * matches any characters and ? one of them; or a regular expression. */
export type NamePattern = string | RegExp;

/**
 * Options for some of the parameters. A parameter belongs to the first group that matches its name; parameters without a
 * group have the options of the trainer.
 *
 * In addition to the options below, a group takes those of the optimizer, which replace the trainer's and are checked in
 * the same way. Wrappers of the trainer's optimizer (lookahead, sam, cautious) apply to the update of all groups. Names
 * are dotted as in `trainer.parameters()`: "0.weight", "2.block.0.bias"; the pattern "0.*" matches all of layer 0, "*.bias"
 * all biases. Weight decay skips parameters of fewer than two axes unless `decayFilter` is "all".
 *
 * @example
 * const tuned = createTrainer(engine, {
 *   model: sequential([linear(8, 16), relu(), linear(16, 16), relu(), linear(16, 3)]),
 *   loss: softmaxCrossEntropy(),
 *   optimizer: adam({ learningRate: 1e-3, weightDecay: 0.01 }),
 *   groups: [
 *     { match: "0.*", frozen: true },
 *     { match: /^2\./, learningRate: 1e-4 },
 *     { match: "4.weight", optimizer: sgd({ learningRate: 0.1 }) },
 *   ],
 * });
 * const before = tuned.parameters();
 * tuned.step({ inputs: [new Array(8).fill(1)], targets: [2] });
 * tuned.parameters()["0.weight"].data.every((w, k) => w === before["0.weight"].data[k]); // true
 */
export interface ParameterGroup {
  /** One or several patterns for the names of the parameters. */
  readonly match: NamePattern | readonly NamePattern[];
  /**
   * True excludes the parameters from training: they have no gradient and no weight decay, and count for no penalty and
   * no norm. Running state, such as that of batch norm, is still updated. Default false.
   */
  readonly frozen?: boolean;
  /** Another optimizer, which then has the options of an optimizer; default: the trainer's. */
  readonly optimizer?: Optimizer;
  /** Penalty of the group, l2(0) for none; default: the trainer's. */
  readonly penalty?: Penalty;
  /** Constraint of the group; default: the trainer's. */
  readonly constraint?: Constraint;
  /** Learning rate of the group, > 0; default: that of the trainer's optimizer. */
  readonly learningRate?: Schedulable;
  /** Weight decay of the group, ≥ 0; default: that of the trainer's optimizer. */
  readonly weightDecay?: Schedulable;
  /** Any other option of the optimizer. */
  readonly [option: string]: unknown;
}

/** The optimizer, penalty and constraint of some parameters. */
export interface Assignment {
  readonly optimizer: Optimizer;
  readonly frozen: boolean;
  readonly penalty: Penalty | null;
  readonly constraint: Constraint | null;
}

/** All assignments, and the index of that of each parameter: 0 for the trainer's, k + 1 for that of group k. */
export interface Assigned {
  readonly assignments: readonly Assignment[];
  readonly index: readonly number[];
}

/** The parts of a trainer that assignments depend on. */
export interface AssignedParts {
  readonly optimizer: Optimizer;
  readonly groups: readonly ParameterGroup[];
  readonly penalty?: Penalty;
  readonly constraint?: Constraint;
  readonly gradient?: readonly GradientTransform[];
  /** Engine of a trainer of its own. */
  readonly engine?: Engine;
}

/** Returns whether a value looks like an optimizer. */
export function isOptimizer(value: unknown): value is Optimizer {
  return has(value, "rule", "hyper");
}

/** @throws TypeError  the value is not a penalty */
export function checkPenalty(where: string, value: unknown): asserts value is Penalty {
  if (!has(value, "penalty", "squares")) throw wrongKind(where, "penalty", "a penalty", value, "l2(0.01)");
}

/** @throws TypeError  the value is not a constraint */
export function checkConstraint(where: string, value: unknown): asserts value is Constraint {
  if (!has(value, "constraint", "limit")) throw wrongKind(where, "constraint", "a constraint", value, "maxNorm(3)");
  maxNorm((value as Constraint).limit);
}

function checkPatterns(where: string, match: unknown): readonly NamePattern[] {
  const patterns = [match].flat();
  const fits = patterns.every((pattern) => typeof pattern === "string" || pattern instanceof RegExp);
  if (fits && patterns.length > 0) return patterns as NamePattern[];
  throw wrongKind(where, "match", "a pattern of names, a regular expression or an array of them", match, '"*.bias"');
}

/** Returns a function that tests a whole name. */
function tester(pattern: NamePattern): (name: string) => boolean {
  if (typeof pattern !== "string") return (name) => name.search(pattern) >= 0;
  return (name) => fits(pattern, name);
}

/**
 * Returns whether a glob matches a whole name. Backtracking to the last star suffices, since everything before it already
 * matches as early as possible: at most |pattern| · |name| comparisons.
 */
function fits(pattern: string, name: string): boolean {
  let [p, n, star, from] = [0, 0, -1, 0];
  while (n < name.length) {
    if (pattern[p] === "*") {
      star = p++;
      from = n;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === name[n])) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++from;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

const listed = (names: readonly string[]): string =>
  names.length > 24 ? `${names.slice(0, 24).join(", ")} and ${names.length - 24} more` : names.join(", ");

const own = ["match", "frozen", "optimizer", "penalty", "constraint"];

/** Returns the assignment of a group. */
function assignmentOf(where: string, group: ParameterGroup, parts: AssignedParts): Assignment {
  const given = Object.entries(group).filter(([, value]) => value !== undefined);
  const options = Object.fromEntries(given.filter(([key]) => !own.includes(key)));
  const keys = Object.keys(options);
  const { optimizer, penalty = parts.penalty, constraint = parts.constraint } = group;
  const frozen = checkFlag(where, "frozen", group.frozen ?? false);
  if (frozen) {
    const extra = given.find(([key]) => key !== "match" && key !== "frozen");
    if (extra) throw new TypeError(`${where}: ${extra[0]} cannot be combined with frozen. Drop one of them.`);
    return { optimizer: parts.optimizer, frozen, penalty: null, constraint: null };
  }
  if (given.length === 1)
    throw new TypeError(`${where}: the group changes nothing. Give an option, for example learningRate.`);
  if (penalty !== undefined) checkPenalty(where, penalty);
  if (constraint !== undefined) checkConstraint(where, constraint);
  const common = { frozen, penalty: penalty ?? null, constraint: constraint ?? null };
  if (optimizer === undefined) {
    if (keys.length === 0) return { optimizer: parts.optimizer, ...common };
    return { optimizer: withGroup(where, () => parts.optimizer.with(options)), ...common };
  }
  if (!isOptimizer(optimizer)) throw wrongKind(where, "optimizer", "an optimizer", optimizer, "adam()");
  if (keys.length > 0)
    throw new TypeError(`${where}: ${keys[0]} is an option of the group's optimizer. Give it to ${optimizer.name}.`);
  return { optimizer, ...common };
}

/** Adds the group to errors of the optimizer's options. */
function withGroup<T>(where: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof Error) error.message = `${where}: ${error.message}`;
    throw error;
  }
}

const isMatrix = (shape: readonly number[]): boolean => shape.length >= 2;

/** Rejects group options that affect no parameter of the group. */
function checkOptionsUsed(
  where: string,
  group: ParameterGroup,
  shapes: readonly (readonly number[])[],
  by: Assignment,
): void {
  if (shapes.some(isMatrix)) return;
  const refuse = (what: string, advice: string): never => {
    throw new TypeError(`${where}: ${what}: all parameters of the group have fewer than two axes. ${advice}`);
  };
  const { decoupled, coupled, filter } = (by.optimizer.others ?? by.optimizer).decay;
  if (group.weightDecay !== undefined && (decoupled !== 0 || coupled !== 0) && filter === "matrices")
    refuse("weightDecay decays nothing", 'Give decayFilter: "all".');
  const penalized = by.penalty && (by.penalty.squares !== 0 || by.penalty.magnitudes !== 0);
  if (group.penalty !== undefined && penalized && by.penalty.filter === "matrices")
    refuse(`penalty ${by.penalty.penalty} penalizes nothing`, 'Give it the filter "all".');
  if (group.constraint !== undefined) refuse("constraint limits nothing", "Leave it out.");
}

/** Rejects optimizers of a group that do not work with the trainer's wrappers, or with a gradient-free optimizer. */
function checkCompatible(where: string, { optimizer }: Assignment, main: Optimizer): void {
  const { name, wrappers, weightsAre, gradientFree } = optimizer;
  if (gradientFree !== main.gradientFree)
    throw new TypeError(
      `${where}: optimizer cannot be ${name} with ${main.name}: only one of them uses a gradient. Freeze the group.`,
    );
  const names = (list: typeof wrappers): string => list.map(({ wrapper }) => wrapper).join(", ");
  if (names(wrappers) !== "" && names(wrappers) !== names(main.wrappers))
    throw new TypeError(
      `${where}: optimizer cannot be ${name}: a wrapper applies to all groups. Put ${names(wrappers)} around the ` +
        "trainer's optimizer.",
    );
  const unfit = main.wrappers.find(({ needsIterates }) => needsIterates);
  if (unfit && weightsAre !== undefined)
    throw new TypeError(
      `${where}: optimizer cannot be ${name} in ${unfit.wrapper}, as its weights are ${weightsAre}. Use another optimizer.`,
    );
}

/** Rejects constraints and proximal penalties of weights that only their rule may change. */
function checkChangeable(where: string, { optimizer, penalty, constraint }: Assignment): void {
  if (optimizer.weightsAre === undefined) return;
  const what = constraint ? "constraint" : penalty?.proximal ? "proximal" : null;
  if (what)
    throw new TypeError(
      `${where}: ${what} cannot be combined with ${optimizer.name}, whose weights are ${optimizer.weightsAre}. Use another ` +
        `optimizer, or drop ${what}.`,
    );
}

/**
 * Assigns an optimizer, penalty and constraint to each parameter. Everything that can be wrong with groups is rejected
 * here.
 */
export function assignOptimizers(
  where: string,
  parts: AssignedParts,
  parameters: readonly { readonly name: string; readonly shape: readonly number[] }[],
): Assigned {
  const { optimizer, groups, penalty = null, constraint = null } = parts;
  if (!Array.isArray(groups)) throw wrongKind(where, "groups", "an array of groups", groups, '[{ match: "*.bias" }]');
  const index = parameters.map(() => 0);
  const names = parameters.map(({ name }) => name);
  const assignments: Assignment[] = [{ optimizer, frozen: false, penalty, constraint }];
  for (const [k, group] of groups.entries()) {
    const at = `${where}: groups[${k}]`;
    if (typeof group !== "object" || group === null)
      throw wrongKind(where, `groups[${k}]`, "a group", group, '{ match: "*.bias", learningRate: 0.1 }');
    for (const pattern of checkPatterns(at, group.match)) {
      const test = tester(pattern);
      const named = names.flatMap((name, j) => (test(name) ? [j] : []));
      const free = named.filter((j) => index[j] === 0 || index[j] === k + 1);
      if (free.length === 0)
        throw new RangeError(
          named.length === 0
            ? `${at}: match ${String(pattern)} matches no parameter. Parameters: ${listed(names)}.`
            : `${at}: match ${String(pattern)} matches only parameters of earlier groups: ` +
                `${listed(named.map((j) => names[j] as string))}. The first match wins: put it further up.`,
        );
      for (const j of free) index[j] = k + 1;
    }
    const assignment = assignmentOf(at, group, parts);
    const shapes = parameters.filter((_, j) => index[j] === k + 1).map(({ shape }) => shape);
    checkOptionsUsed(at, group, shapes, assignment);
    if (!assignment.frozen) checkCompatible(at, assignment, optimizer);
    assignments.push(assignment);
  }
  for (const [k, assignment] of assignments.entries())
    if (index.includes(k)) checkChangeable(k === 0 ? where : `${where}: groups[${k - 1}]`, assignment);
  return { assignments, index };
}

/** Describes the assignments, to compare them with those of a checkpoint: the trainer's, then group by group. */
export function describeAssignments(
  parameters: readonly { readonly name: string }[],
  { assignments, index }: Assigned,
): string {
  return assignments
    .map((assignment, k) => {
      if (k === 0) return describeAssignment(assignment);
      const names = parameters.filter((_, j) => index[j] === k).map(({ name }) => name);
      return `group ${names.join(" ")} ${describeAssignment(assignment)}`;
    })
    .join("; ");
}

function describeAssignment({ optimizer, frozen, penalty, constraint }: Assignment): string {
  if (frozen) return "frozen";
  const { name, states, hyper, hyperNames } = optimizer;
  const form = hyper[hyperNames.indexOf("form")];
  const parts = [`${name}${form === undefined ? "" : ` of form ${form}`} with ${states} state vectors`];
  if (penalty) parts.push(`${penalty.proximal ? "proximal " : ""}penalty ${penalty.penalty}`);
  if (constraint) parts.push(`${constraint.constraint}(${constraint.limit})`);
  return parts.join(", ");
}
