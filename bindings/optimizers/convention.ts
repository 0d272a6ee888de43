// Conventions: the same method with the placements and defaults of a course or of another library. A preset fills in
// what is not given; what is given wins.

import { checkChoice, checkOptions } from "../values/options.js";

/**
 * Whose rule and defaults: the lectures' formulas, PyTorch, Keras or Optax. Where a library does not have the method,
 * its preset is the paper's form. Default "pytorch".
 */
export type Convention = "lecture" | "pytorch" | "keras" | "optax";

/** What every optimizer with presets takes: whose values they are, default "pytorch". */
export interface ConventionOption {
  readonly convention?: Convention;
}

const conventions = ["lecture", "pytorch", "keras", "optax"] as const;

/** Values of the paper, and what each convention has otherwise. */
export type Presets<T> = { readonly paper: T } & { readonly [key in Convention]?: Partial<T> };

/** The given options over the preset over the paper; `known` are the options without a preset. */
export function resolve<T extends object, O extends ConventionOption>(
  where: string,
  options: O,
  presets: Presets<T>,
  known: readonly string[],
): T & O & { convention: Convention } {
  checkOptions(where, options, ["convention", ...Object.keys(presets.paper), ...known]);
  const convention = checkConvention(where, options);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...presets.paper, ...presets[convention], ...given, convention } as T & O & { convention: Convention };
}

export function checkConvention(where: string, { convention = "pytorch" }: ConventionOption): Convention {
  return checkChoice(where, "convention", convention, conventions);
}
