// The methods that race, each as the call that makes it: the race runs the call, and the program shows it.

import {
  adabelief,
  adadelta,
  adagrad,
  adam,
  adamax,
  adan,
  bfgs,
  conjugateGradient,
  dampedNewton,
  gradientDescent,
  lbfgs,
  lion,
  type MinimizeMethod,
  nadam,
  newton,
  type Optimizer,
  radam,
  rmsprop,
  rprop,
  saddleFreeNewton,
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
  bfgs,
  conjugateGradient,
  dampedNewton,
  gradientDescent,
  lbfgs,
  lion,
  nadam,
  newton,
  radam,
  rmsprop,
  rprop,
  saddleFreeNewton,
  sgd,
  trustRegionNewton,
};

/** A call: the name of a function of the library, and its options. */
interface Call {
  readonly maker: keyof typeof makers;
  readonly options?: Readonly<Record<string, unknown>>;
}

const velocity = { convention: "lecture" } as const;

/** First-order rules, by name: log₁₀ of the usual learning rate, NaN for that of gradient descent on the surface; and options. */
const rules: Readonly<
  Record<string, { maker: keyof typeof makers; rate: number; options?: (values: Values) => object }>
> = {
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

export const methodGroups = { firstOrder: Object.keys(rules), secondOrder: Object.keys(searches) };
export const methodNames = [...methodGroups.firstOrder, ...methodGroups.secondOrder];

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
  const rule = rules[name];
  if (!rule) return { maker: searches[name] as keyof typeof makers };
  return { maker: rule.maker, options: { learningRate: rateOf(values.rates[name]), ...rule.options?.(values) } };
}

export function made({ maker, options }: Call): MinimizeMethod | Optimizer {
  return (makers[maker] as (options?: object) => MinimizeMethod | Optimizer)(options);
}
