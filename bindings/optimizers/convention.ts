// Conventions: variants and defaults of a method in a course or in another library. Presets apply to options that are not
// given.

import { checkChoice, checkOptions } from "../values/options.js";

/**
 * Convention of variants and defaults: the formulas of lectures, PyTorch, Keras or Optax. For a method that a library
 * lacks, its preset is the form of the paper.
 */
export type Convention = "lecture" | "pytorch" | "keras" | "optax";

/** Option of every optimizer with presets. */
export interface ConventionOption {
  /** Convention whose variants and defaults apply to options that are not given; default "pytorch". */
  readonly convention?: Convention;
}

const conventions = ["lecture", "pytorch", "keras", "optax"] as const;

/** Values of the paper, and those of each convention that differ. */
export type Presets<T> = { readonly paper: T } & { readonly [key in Convention]?: Partial<T> };

/** Options with defaults by convention, then by the paper; `known` are the names of options without a preset. */
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

/** Checks the option `convention`; default "pytorch". */
export function checkConvention(where: string, { convention = "pytorch" }: ConventionOption): Convention {
  return checkChoice(where, "convention", convention, conventions);
}
