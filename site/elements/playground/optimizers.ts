// The optimizers: rules that take a learning rate, and methods that search along a line over all samples at once.

import type { Values } from "../kit/controls.ts";
import { call, type Name, options, type Part } from "./parts.ts";

interface Rule {
  readonly maker: Name;
  /** log₁₀ of the usual learning rate. */
  readonly rate: number;
  readonly options?: (values: Values) => Readonly<Record<string, Part>>;
}

const momentum = ({ momentum: value }: Values) => ({ momentum: value as number });

const rules: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  descent: {
    sgd: { maker: "sgd", rate: -1 },
    momentum: { maker: "sgd", rate: -1.5, options: momentum },
    nesterov: { maker: "sgd", rate: -1.5, options: (values) => ({ ...momentum(values), nesterov: true }) },
    asgd: { maker: "asgd", rate: -1 },
    scheduleFreeSgd: { maker: "scheduleFreeSgd", rate: -0.5 },
  },
  adaptive: {
    adagrad: { maker: "adagrad", rate: -1 },
    adadelta: { maker: "adadelta", rate: 0 },
    rmsprop: { maker: "rmsprop", rate: -2 },
    rprop: { maker: "rprop", rate: -2 },
  },
  moments: {
    adam: { maker: "adam", rate: -1.7 },
    adamW: { maker: "adamW", rate: -1.7 },
    adamax: { maker: "adamax", rate: -1.5 },
    nadam: { maker: "nadam", rate: -1.7 },
    radam: { maker: "radam", rate: -1.7 },
    adabelief: { maker: "adabelief", rate: -1.7 },
    adan: { maker: "adan", rate: -1.7 },
    scheduleFreeAdamW: { maker: "scheduleFreeAdamW", rate: -1.5 },
  },
  signs: {
    lion: { maker: "lion", rate: -2.5 },
    muon: { maker: "muon", rate: -1.7 },
  },
};

const methods = ["lbfgs", "bfgs", "conjugateGradient", "gradientDescent"] as const;

export const optimizerGroups: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.entries(rules).map(([group, members]) => [group, Object.keys(members)])),
  methods,
};

const byName: Readonly<Record<string, Rule>> = Object.assign({}, ...Object.values(rules));

/** True for a method that replaces the update rule, and takes all samples at once. */
export const isMethod = (name: string): boolean => !(name in byName);
export const takesMomentum = ({ optimizer }: Values): boolean => ["momentum", "nesterov"].includes(optimizer);
/** Rules that compute the weights from others: nothing else may move them. */
export const ownsWeights = ({ optimizer }: Values): boolean =>
  ["asgd", "scheduleFreeSgd", "scheduleFreeAdamW"].includes(optimizer);
/** Rules of which the library takes a weight decay here. */
export const takesDecay = ({ optimizer }: Values): boolean => !isMethod(optimizer) && optimizer !== "rprop";

export const usualRate = ({ optimizer }: Values): number => byName[optimizer]?.rate ?? -1;

/** A rate without the noise of its logarithm: 0.0316. */
export const rateOf = (exponent: number): number => Number((10 ** exponent).toPrecision(3));

/** True for rules whose rate may be a schedule. */
export const takesSchedule = ({ optimizer }: Values): boolean => !isMethod(optimizer) && optimizer !== "rprop";
/** True if the user can change the rate on the way: neither a schedule nor a run by epochs sets it. */
export const isFree = (values: Values): boolean =>
  !isMethod(values.optimizer) && values.stop === "none" && (!takesSchedule(values) || values.schedule === "constant");

/** The learning rate as a number or as a schedule over the steps that `limit` allows. */
function ratePart(values: Values): Part {
  const { rate, schedule, limit } = values;
  const initial = rateOf(rate);
  switch (takesSchedule(values) ? schedule : "constant") {
    case "cosine":
      return call("cosineDecay", options({ initial, length: limit }));
    case "steps":
      return call("stepDecay", options({ initial, length: Math.max(1, Math.floor(limit / 4)), factor: 0.3 }));
    case "warmup":
      return call("warmup", options({ length: Math.max(1, Math.floor(limit / 10)), schedule: initial }));
    default:
      return initial;
  }
}

/** The update rule; that of a method only carries the model. */
export function rulePart(values: Values): Part {
  const rule = byName[values.optimizer];
  if (!rule) return call("sgd", options({ learningRate: 1 }));
  const decay = values.decay > -6 && takesDecay(values) ? { weightDecay: rateOf(values.decay) } : {};
  return call(rule.maker, options({ learningRate: ratePart(values), ...rule.options?.(values), ...decay }));
}

export const methodPart = ({ optimizer }: Values): Part | null =>
  isMethod(optimizer) ? call(optimizer as Name) : null;

export const optimizerNames = Object.values(optimizerGroups).flat();

/** Rows of an update, of so many. */
export const batchOf = ({ batch }: Values, rows: number): number => Math.min(2 ** batch, rows);

/** Options of a run of a rule, but for its length. */
export const runOptions = (values: Values, rows: number) => ({ batchSize: batchOf(values, rows) });

/** A rate (log₁₀) that holds from a step on. */
export type Change = readonly [step: number, rate: number];

/** Rates from the text "until:rate,until:rate", which holds the former ones, and the present one. */
export function changesOf({ rates, rate }: Values): readonly Change[] {
  const former = (rates as string).split(",").flatMap((part) => {
    const [until, own, ...more] = part.split(":").map(Number);
    return part !== "" && more.length === 0 && Number.isInteger(until) && Number.isFinite(own)
      ? [[until!, own!] as const]
      : [];
  });
  const begins = [0, ...former.map(([until]) => until)];
  return [...former.map(([, own]) => own), rate as number].map((own, k) => [begins[k] as number, own]);
}
