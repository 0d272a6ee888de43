// Groups of parameters by the pattern of their names, with options of their own.

import type { Constraint } from "../optimizers/constraints.js";
import { maxNorm } from "../optimizers/constraints.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Penalty } from "../optimizers/penalties.js";
import type { Schedulable } from "../schedules/scheduled.js";
import { checkFlag, has, shown, wrongKind } from "../values/options.js";

/** A glob over dotted names, in which * stands for any characters and ? for one; or a regular expression. */
export type NamePattern = string | RegExp;

/**
 * Parameters that differ from the rest. A parameter belongs to the first group that matches its name; what none matches
 * is the trainer's `optimizer`'s.
 *
 * Beside the options that are named here it takes those of the optimizer: they replace its own, and are checked as if it
 * had been made with them. What wraps the trainer's optimizer (lookahead, sam, cautious) wraps the update of all groups.
 * Names are dotted, as `trainer.parameters()` lists them: "0.weight", "2.block.0.bias"; the
 * pattern "0.*" is all of layer 0, "*.bias" are all biases. Weight decay still spares parameters of fewer than two axes
 * unless `decayFilter` is "all".
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
  /** Which parameters, by one pattern or several. */
  readonly match: NamePattern | readonly NamePattern[];
  /**
   * True keeps the weights as they are: no gradient is computed for them, nothing decays, they count for no penalty and
   * no norm. Running state, as of batch norm, still moves.
   */
  readonly frozen?: boolean;
  /** Another optimizer; then options of the optimizer go there. */
  readonly optimizer?: Optimizer;
  /** A penalty instead of the trainer's; l2(0) is none. */
  readonly penalty?: Penalty;
  /** A constraint instead of the trainer's. */
  readonly constraint?: Constraint;
  /** Learning rate of the group, > 0; default: that of the trainer's optimizer. */
  readonly learningRate?: Schedulable;
  /** How strongly the weights of the group are drawn to 0, ≥ 0; default: as in the trainer's optimizer. */
  readonly weightDecay?: Schedulable;
  /** Any other option of the optimizer. */
  readonly [option: string]: unknown;
}

/** What moves some parameters. */
export interface Treatment {
  readonly optimizer: Optimizer;
  readonly frozen: boolean;
  readonly penalty: Penalty | null;
  readonly constraint: Constraint | null;
}

/** The parts of a trainer that decide it. */
export interface TreatmentParts {
  readonly optimizer: Optimizer;
  readonly groups: readonly ParameterGroup[];
  readonly penalty?: Penalty;
  readonly constraint?: Constraint;
}

/** True for what has the form of an optimizer. */
export function isOptimizer(value: unknown): value is Optimizer {
  return has(value, "rule", "hyper");
}

/** Refuses what is no penalty. */
export function checkPenalty(where: string, value: unknown): asserts value is Penalty {
  if (!has(value, "penalty", "squares")) throw wrongKind(where, "penalty", "a penalty", value, "l2(0.01)");
}

/** Refuses what is no constraint. */
export function checkConstraint(where: string, value: unknown): asserts value is Constraint {
  if (!has(value, "constraint", "limit")) throw wrongKind(where, "constraint", "a constraint", value, "maxNorm(3)");
  maxNorm((value as Constraint).limit);
}

function checkPatterns(where: string, match: unknown): readonly NamePattern[] {
  const patterns: unknown[] = Array.isArray(match) ? match : [match];
  const fits = patterns.every((pattern) => typeof pattern === "string" || pattern instanceof RegExp);
  if (fits && patterns.length > 0) return patterns as NamePattern[];
  throw wrongKind(where, "match", "a pattern of names, a regular expression or an array of them", match, '"*.bias"');
}

/** The pattern as a test of a whole name. */
function tester(pattern: NamePattern): (name: string) => boolean {
  if (typeof pattern !== "string") return (name) => name.search(pattern) >= 0;
  return (name) => fits(pattern, name);
}

/**
 * Whether a glob is a whole name. Only the last star is ever taken back, since what fits before it fits as early as it can:
 * |pattern| · |name| comparisons at most.
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

/** The treatment that a group asks for. */
function treatmentOf(where: string, group: ParameterGroup, parts: TreatmentParts): Treatment {
  const given = Object.entries(group).filter(([, value]) => value !== undefined);
  const options = Object.fromEntries(given.filter(([key]) => !own.includes(key)));
  const keys = Object.keys(options);
  const { optimizer, penalty = parts.penalty, constraint = parts.constraint } = group;
  const frozen = checkFlag(where, "frozen", group.frozen ?? false);
  if (frozen) {
    const extra = given.find(([key]) => key !== "match" && key !== "frozen");
    if (extra)
      throw new TypeError(
        `${where}: ${extra[0]} cannot be combined with frozen, which moves nothing. Drop one of them.`,
      );
    return { optimizer: parts.optimizer, frozen, penalty: null, constraint: null };
  }
  if (given.length === 1)
    throw new TypeError(`${where}: the group changes nothing. Give an option, for example learningRate.`);
  if (penalty !== undefined) checkPenalty(where, penalty);
  if (constraint !== undefined) checkConstraint(where, constraint);
  const common = { frozen, penalty: penalty ?? null, constraint: constraint ?? null };
  if (optimizer === undefined) {
    if (keys.length === 0) return { optimizer: parts.optimizer, ...common };
    return { optimizer: naming(where, () => parts.optimizer.with(options)), ...common };
  }
  if (!isOptimizer(optimizer)) throw wrongKind(where, "optimizer", "an optimizer", optimizer, "adam()");
  if (keys.length > 0)
    throw new TypeError(`${where}: ${keys[0]} is an option of the group's optimizer. Give it to ${optimizer.name}.`);
  return { optimizer, ...common };
}

/** Says of which group an error of the optimizer's options is. */
function naming<T>(where: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof Error) error.message = `${where}: ${error.message}`;
    throw error;
  }
}

const isMatrix = (shape: readonly number[]): boolean => shape.length >= 2;

/** Refuses options of a group that nothing in it feels. */
function checkFelt(where: string, group: ParameterGroup, shapes: readonly (readonly number[])[], by: Treatment): void {
  if (shapes.some(isMatrix)) return;
  const refuse = (what: string, advice: string): never => {
    throw new TypeError(`${where}: ${what}: all parameters of the group have fewer than two axes. ${advice}`);
  };
  const { shrink, penalty, filter } = (by.optimizer.others ?? by.optimizer).decay;
  if (group.weightDecay !== undefined && (shrink !== 0 || penalty !== 0) && filter === "matrices")
    refuse("weightDecay decays nothing", 'Give decayFilter: "all".');
  const penalized = by.penalty && (by.penalty.squares !== 0 || by.penalty.magnitudes !== 0);
  if (group.penalty !== undefined && penalized && by.penalty.filter === "matrices")
    refuse(`penalty ${by.penalty.penalty} penalizes nothing`, 'Give it the filter "all".');
  if (group.constraint !== undefined) refuse("constraint limits nothing", "Leave it out.");
}

/** Refuses optimizers of a group that do not go with what surrounds all updates, or with a search. */
function checkTogether(where: string, { optimizer }: Treatment, main: Optimizer): void {
  const { name, wrappers, weightsAre, gradientFree } = optimizer;
  if (gradientFree !== main.gradientFree)
    throw new TypeError(
      `${where}: optimizer cannot be ${name} beside ${main.name}: one takes a gradient and the other none. Freeze the ` +
        "group instead.",
    );
  const names = (list: typeof wrappers): string => list.map(({ wrapper }) => wrapper).join(", ");
  if (names(wrappers) !== "" && names(wrappers) !== names(main.wrappers))
    throw new TypeError(
      `${where}: optimizer cannot be ${name}: what wraps an update wraps that of all groups. Put ${names(wrappers)} around ` +
        "the trainer's optimizer.",
    );
  const unfit = main.wrappers.find(({ needsIterates }) => needsIterates);
  if (unfit && weightsAre !== undefined)
    throw new TypeError(
      `${where}: optimizer cannot be ${name} in ${unfit.wrapper}, for its weights are ${weightsAre}. Use another optimizer.`,
    );
}

/** Refuses what would move weights that only their rule may move. */
function checkMovable(where: string, { optimizer, penalty, constraint }: Treatment): void {
  if (optimizer.weightsAre === undefined) return;
  const what = constraint ? "constraint" : penalty?.proximal ? "proximal" : null;
  if (what)
    throw new TypeError(
      `${where}: ${what} cannot be combined with ${optimizer.name}, whose weights are ${optimizer.weightsAre}. Use another ` +
        `optimizer, or drop ${what}.`,
    );
}

/**
 * Decides what moves each parameter: `index` is 0 for the trainer's own optimizer and k + 1 for group k. Everything that
 * can be wrong with groups is found here.
 */
export function treat(
  where: string,
  parts: TreatmentParts,
  parameters: readonly { readonly name: string; readonly shape: readonly number[] }[],
): { treatments: readonly Treatment[]; index: readonly number[] } {
  const { optimizer, groups, penalty = null, constraint = null } = parts;
  if (!Array.isArray(groups)) throw wrongKind(where, "groups", "an array of groups", groups, '[{ match: "*.bias" }]');
  const index = parameters.map(() => 0);
  const names = parameters.map(({ name }) => name);
  const treatments: Treatment[] = [{ optimizer, frozen: false, penalty, constraint }];
  for (const [k, group] of groups.entries()) {
    const at = `${where}: groups[${k}]`;
    if (typeof group !== "object" || group === null)
      throw new TypeError(`${at}: must be a group, got ${shown(group)}. Try { match: "*.bias", learningRate: 0.1 }.`);
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
    const treatment = treatmentOf(at, group, parts);
    const shapes = parameters.filter((_, j) => index[j] === k + 1).map(({ shape }) => shape);
    checkFelt(at, group, shapes, treatment);
    if (!treatment.frozen) checkTogether(at, treatment, optimizer);
    treatments.push(treatment);
  }
  for (const [k, treatment] of treatments.entries())
    if (index.includes(k)) checkMovable(k === 0 ? where : `${where}: groups[${k - 1}]`, treatment);
  return { treatments, index };
}

/** What moves the parameters in words, for files that must fit: the optimizer, then group by group. */
export function describeTreatments(
  parameters: readonly { readonly name: string }[],
  { treatments, index }: ReturnType<typeof treat>,
): string {
  return treatments
    .map((treatment, k) => {
      if (k === 0) return describeTreatment(treatment);
      const names = parameters.filter((_, j) => index[j] === k).map(({ name }) => name);
      return `group ${names.join(" ")} ${describeTreatment(treatment)}`;
    })
    .join("; ");
}

function describeTreatment({ optimizer, frozen, penalty, constraint }: Treatment): string {
  if (frozen) return "frozen";
  const { name, states, hyper, hyperNames } = optimizer;
  const form = hyper[hyperNames.indexOf("form")];
  const parts = [`${name}${form === undefined ? "" : ` of form ${form}`} with ${states} state vectors`];
  if (penalty) parts.push(`${penalty.proximal ? "proximal " : ""}penalty ${penalty.penalty}`);
  if (constraint) parts.push(`${constraint.constraint}(${constraint.limit})`);
  return parts.join(", ");
}
