// Feature sets of the engine. "dense" has the ops, update rules and gradient transforms that most programs use, and is
// the file that pages download; "whole" also has all others, linear algebra, minimizers and curvature. A function that
// needs the whole is exported as `/* @__PURE__ */ wholeOnly(function ...)`: if a program does not use it, its bundler
// drops the function together with the call that records the need.

import * as abi from "../../assembly/abi.js";
import { EngineError } from "../values/errors.js";
import { wordAt } from "./addresses.js";
import type { Core, Engine } from "./engine.js";

let needed = false;

/** Records that the program contains a function that needs the whole engine, and returns the function. @internal */
export function wholeOnly<F>(f: F): F {
  needed = true;
  return f;
}

/** True if engines of this program need the feature set "whole". @internal */
export function needsWhole(): boolean {
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
