// The parts of a model and its training, each as the call that makes it: the figure runs the calls, and the program shows them.

import {
  accuracy,
  adabelief,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  adan,
  asgd,
  batchNorm,
  bfgs,
  conjugateGradient,
  cosineDecay,
  dropout,
  elasticNet,
  elu,
  gelu,
  gradientDescent,
  heNormal,
  heUniform,
  l1,
  l2,
  lbfgs,
  leakyRelu,
  lecunNormal,
  linear,
  lion,
  meanSquaredError,
  muon,
  nadam,
  normalInitializer,
  orthogonalInitializer,
  radam,
  relu,
  rmsprop,
  rprop,
  rSquared,
  scheduleFreeAdamW,
  scheduleFreeSgd,
  selu,
  sgd,
  sigmoid,
  silu,
  softmaxCrossEntropy,
  stepDecay,
  tanh,
  warmup,
  xavierNormal,
  xavierUniform,
  zerosInitializer,
} from "thalweg";

const library = {
  accuracy,
  adabelief,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  adan,
  asgd,
  batchNorm,
  bfgs,
  conjugateGradient,
  cosineDecay,
  dropout,
  elasticNet,
  elu,
  gelu,
  gradientDescent,
  heNormal,
  heUniform,
  l1,
  l2,
  lbfgs,
  leakyRelu,
  lecunNormal,
  linear,
  lion,
  meanSquaredError,
  muon,
  nadam,
  normalInitializer,
  orthogonalInitializer,
  radam,
  relu,
  rmsprop,
  rprop,
  rSquared,
  scheduleFreeAdamW,
  scheduleFreeSgd,
  selu,
  sgd,
  sigmoid,
  silu,
  softmaxCrossEntropy,
  stepDecay,
  tanh,
  warmup,
  xavierNormal,
  xavierUniform,
  zerosInitializer,
} as const;

export type Name = keyof typeof library;

/** A number, word or flag; a list or options; something that the library exports; or a call of it. */
export type Part =
  | number
  | string
  | boolean
  | readonly Part[]
  | { readonly options: Readonly<Record<string, Part>> }
  | { readonly name: Name }
  | { readonly name: Name; readonly given: readonly Part[] }
  | { readonly local: string; readonly value: unknown };

export const named = (name: Name): Part => ({ name });
export const call = (name: Name, ...given: readonly Part[]): Part => ({ name, given });
export const options = (entries: Readonly<Record<string, Part>>): Part => ({ options: entries });
/** Something that the program declares itself, with its value in the figure. */
export const local = (name: string, value: unknown): Part => ({ local: name, value });

const isList = (part: Part): part is readonly Part[] => Array.isArray(part);

/** The part itself, for the figure. */
export function builtOf(part: Part): unknown {
  if (typeof part !== "object") return part;
  if (isList(part)) return part.map(builtOf);
  if ("options" in part) return mapped(part.options, builtOf);
  if ("local" in part) return part.value;
  const exported = library[part.name] as (...given: unknown[]) => unknown;
  return "given" in part ? exported(...part.given.map(builtOf)) : exported;
}

function mapped<T>(entries: Readonly<Record<string, Part>>, f: (part: Part) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([key, part]) => [key, f(part)]));
}

/** Its text, for a program. */
export function textOf(part: Part): string {
  if (typeof part !== "object") return JSON.stringify(part);
  if (isList(part)) return `[${part.map(textOf).join(", ")}]`;
  if ("options" in part) {
    const entries = Object.entries(mapped(part.options, textOf));
    return `{ ${entries.map(([key, text]) => (key === text ? key : `${key}: ${text}`)).join(", ")} }`;
  }
  if ("local" in part) return part.local;
  return "given" in part ? `${part.name}(${part.given.map(textOf).join(", ")})` : part.name;
}

/** Names that a part takes from the library. */
export function importsOf(part: Part): Name[] {
  if (typeof part !== "object") return [];
  if (isList(part)) return part.flatMap(importsOf);
  if ("options" in part) return Object.values(part.options).flatMap(importsOf);
  if ("local" in part) return [];
  return [part.name, ...("given" in part ? part.given.flatMap(importsOf) : [])];
}
