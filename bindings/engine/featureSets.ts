// Feature sets of the engine. "dense" trains with the common ops, update rules and gradient transforms, and is what a page
// downloads; "images" adds convolution and pooling; "sequences" adds loops; "whole" has all ops and rules, linear algebra,
// minimizers and curvature. A function that needs more than "dense" is exported as `/* @__PURE__ */ wholeOnly(function ...)`,
// `imagesOnly` or `sequencesOnly`, so that a bundler drops an unused function together with its mark. Which set holds what:
// scripts/sets.mjs.

import * as abi from "../../assembly/abi.js";
import { EngineError } from "../values/errors.js";
import { wordAt } from "./addresses.js";
import type { Core, Engine } from "./engine.js";

/** Bits: images, sequences; both are the whole engine. */
let needed = 0;

/** Marks that the program contains a function that needs ops on images; returns the function. @internal */
export function imagesOnly<F>(f: F): F {
  needed |= 1;
  return f;
}

/** Marks that the program contains a function that needs loops; returns the function. @internal */
export function sequencesOnly<F>(f: F): F {
  needed |= 2;
  return f;
}

/** Marks that the program contains a function that needs the whole engine; returns the function. @internal */
export function wholeOnly<F>(f: F): F {
  needed = 3;
  return f;
}

/** Place of the set that engines of this program need, in the order of scripts/sets.mjs. @internal */
export function neededSet(): number {
  return needed;
}

const lacking = (where: string, what: string): EngineError =>
  new EngineError(
    `${where}: this engine was made from a feature set without ${what}. Give createEngine the whole thalweg.wasm.`,
  );

/**
 * Exports of the engine, if they include `probe`, which the feature set "dense" lacks; else throws EngineError.
 * @internal
 */
export function solversOf(where: string, engine: Engine, probe: keyof Core, what = "solvers"): Core {
  if (typeof engine.core[probe] === "function") return engine.core;
  throw lacking(where, what);
}

/** Offset of each table of registrations in the engine record, and the words of an entry. */
const tables = {
  op: { at: abi.engineOps, words: abi.opEntryBytes / 4 },
  rule: { at: abi.engineRules, words: abi.ruleEntryBytes / 4 },
  transform: { at: abi.engineTransforms, words: abi.transformEntryBytes / 4 },
  wrapper: { at: abi.engineWrappers, words: abi.wrapperEntryBytes / 4 },
} as const;

/** Returns the code of an op, rule, transform or wrapper if the engine has it; else throws EngineError. @internal */
export function registered(engine: Engine, table: keyof typeof tables, code: number, name: string): number {
  const { at, words } = tables[table];
  const entry = wordAt(engine.record + at) + code * words;
  if (engine.ints.subarray(entry, entry + words).some((word) => word !== 0)) return code;
  throw lacking("createTrainer", name);
}
