// The methods that race, each as the call that makes it: the race runs the call, and the program shows it.

import {
  adabelief,
  adadelta,
  adagrad,
  adam,
  adamax,
  adan,
  asgd,
  bfgs,
  cautious,
  conjugateGradient,
  dampedNewton,
  gradientDescent,
  lbfgs,
  lion,
  lookahead,
  type MinimizeMethod,
  nadam,
  newton,
  type Optimizer,
  radam,
  rmsprop,
  rprop,
  saddleFreeNewton,
  sam,
  scheduleFreeAdamW,
  scheduleFreeSgd,
  sgd,
  trustRegionNewton,
} from "thalweg";
import type { Values } from "../kit/controls.ts";
import { usualRate } from "./surfaces.ts";

const makers = {
  adabelief,
  adadelta,
  adagrad,
  adam,
  adamax,
  adan,
  asgd,
  bfgs,
  cautious,
  conjugateGradient,
  dampedNewton,
  gradientDescent,
  lbfgs,
  lion,
  lookahead,
  nadam,
  newton,
  radam,
  rmsprop,
  rprop,
  saddleFreeNewton,
  sam,
  scheduleFreeAdamW,
  scheduleFreeSgd,
  sgd,
  trustRegionNewton,
};

/** A call: the name of a function of the library, the rule that it wraps, and its options. */
export interface Call {
  readonly maker: keyof typeof makers;
  readonly inner?: Call;
  readonly options?: Readonly<Record<string, unknown>>;
}

const velocity = { convention: "lecture" } as const;

/** First-order rule: log₁₀ of its usual learning rate, NaN for that of gradient descent on the surface; options; and a wrapper. */
interface Rule {
  readonly maker: keyof typeof makers;
  readonly rate: number;
  readonly options?: (values: Values) => object;
  readonly wrapper?: keyof typeof makers;
}

const plain: Readonly<Record<string, Rule>> = {
  sgd: { maker: "sgd", rate: Number.NaN },
  momentum: { maker: "sgd", rate: Number.NaN, options: ({ momentum }) => ({ momentum, ...velocity }) },
  nesterov: { maker: "sgd", rate: Number.NaN, options: ({ momentum }) => ({ momentum, nesterov: true, ...velocity }) },
  adagrad: { maker: "adagrad", rate: Math.log10(0.5) },
  adadelta: { maker: "adadelta", rate: 0 },
  rmsprop: { maker: "rmsprop", rate: -2 },
  adam: { maker: "adam", rate: -1 },
  adamax: { maker: "adamax", rate: -1 },
  nadam: { maker: "nadam", rate: -1 },
  radam: { maker: "radam", rate: -1 },
  adabelief: { maker: "adabelief", rate: -1 },
  adan: { maker: "adan", rate: -1 },
  lion: { maker: "lion", rate: -2 },
  rprop: { maker: "rprop", rate: -2 },
};

/** Variants of rules: with averages, with a look ahead, with fewer or smaller steps. */
const variants: Readonly<Record<string, Rule>> = {
  amsgrad: { maker: "adam", rate: -1, options: () => ({ amsgrad: true }) },
  cautious: { maker: "adam", rate: -1, wrapper: "cautious" },
  lookahead: { maker: "adam", rate: -1, wrapper: "lookahead" },
  sam: { maker: "sgd", rate: Number.NaN, wrapper: "sam" },
  asgd: { maker: "asgd", rate: Number.NaN },
  scheduleFreeSgd: { maker: "scheduleFreeSgd", rate: Number.NaN },
  scheduleFreeAdam: { maker: "scheduleFreeAdamW", rate: -1, options: () => ({ weightDecay: 0 }) },
};

const rules = { ...plain, ...variants };

const searches: Readonly<Record<string, keyof typeof makers>> = {
  gradientDescent: "gradientDescent",
  conjugateGradient: "conjugateGradient",
  bfgs: "bfgs",
  lbfgs: "lbfgs",
  newton: "newton",
  dampedNewton: "dampedNewton",
  saddleFreeNewton: "saddleFreeNewton",
  trustRegionNewton: "trustRegionNewton",
};

export const methodGroups = {
  firstOrder: Object.keys(plain),
  secondOrder: Object.keys(searches),
  variants: Object.keys(variants),
};
export const methodNames = Object.values(methodGroups).flat();

export const isRule = (name: string): boolean => name in rules;

/** log₁₀ of the usual learning rate of every rule; with momentum a third of that of gradient descent. */
export function usualRates(values: Values): Record<string, number> {
  return Object.fromEntries(
    Object.entries(rules).map(([name, { rate, options }]) => {
      if (!Number.isNaN(rate)) return [name, rate];
      return [name, Math.max(-5, usualRate(values) - (options ? 0.5 : 0))];
    }),
  );
}

/** A rate without the noise of its logarithm: 0.0316. */
export const rateOf = (exponent: number): number => Number((10 ** exponent).toPrecision(3));

export function callOf(name: string, values: Values): Call {
  const rule: Rule | undefined = rules[name];
  if (!rule) return { maker: searches[name] as keyof typeof makers };
  const options = { learningRate: rateOf(values.rates[name]), ...rule.options?.(values) };
  const call: Call = { maker: rule.maker, options };
  return rule.wrapper ? { maker: rule.wrapper, inner: call } : call;
}

export function made({ maker, inner, options }: Call): MinimizeMethod | Optimizer {
  const make = makers[maker] as (...given: unknown[]) => MinimizeMethod | Optimizer;
  return inner ? make(made(inner)) : make(options);
}

/** Text of a call in a program. */
export function callText({ maker, inner, options }: Call): string {
  const entries = Object.entries(options ?? {}).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `${maker}(${inner ? callText(inner) : options ? `{ ${entries.join(", ")} }` : ""})`;
}

/** Names of the functions that a call needs. */
export const makersOf = ({ maker, inner }: Call): string[] => (inner ? [maker, ...makersOf(inner)] : [maker]);
