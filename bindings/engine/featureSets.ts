// Feature set that this program needs. "core" has the update rules, gradient transforms and functions that most
// programs use, and is the file that pages download; "full" also has the others and the solvers. A function that needs
// the full feature set is exported as `/* @__PURE__ */ beyondCore(function ...)`: if a program does not use it, its
// bundler drops the function and with it the call that records the need.

import * as abi from "../../assembly/abi.js";
import { EngineError } from "../values/errors.js";
import { wordAt } from "./addresses.js";
import type { Core, Engine } from "./engine.js";

let needed = false;

/** Records that the program contains a function that needs the full feature set, and returns the function. @internal */
export function beyondCore<F>(f: F): F {
  needed = true;
  return f;
}

/** True if engines of this program need the full feature set. @internal */
export function needsWhole(): boolean {
  return needed;
}

const lacking = (where: string, what: string): EngineError =>
  new EngineError(
    `${where}: this engine was made from the core without ${what}. Give createEngine the full thalweg.wasm.`,
  );

/** Core of the engine, if it exports `probe`; else throws EngineError. @internal */
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
