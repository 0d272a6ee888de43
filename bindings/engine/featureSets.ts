// Which edition of the engine this program needs. The core trains with the update rules, gradient transforms and
// functions that most programs use, and is what a page downloads; the whole also has the rarer ones, and solves. A function
// that needs the whole is exported as `/* @__PURE__ */ beyondCore(function ...)`, which a bundler drops with the note when
// nobody uses it.

import * as abi from "../../assembly/abi.js";
import { EngineError } from "../values/errors.js";
import { wordAt } from "./addresses.js";
import type { Core, Engine } from "./engine.js";

let needed = false;

/** Notes that the program holds a function that needs the whole engine; answers the function. @internal */
export function beyondCore<F>(f: F): F {
  needed = true;
  return f;
}

/** Whether engines of this program must be whole. @internal */
export function needsWhole(): boolean {
  return needed;
}

const lacking = (where: string, what: string): EngineError =>
  new EngineError(
    `${where}: this engine was made from the core without ${what}. Give createEngine the whole thalweg.wasm.`,
  );

/** The core of an engine that can solve; one made from the core without solvers cannot. @internal */
export function solversOf(where: string, engine: Engine, probe: keyof Core, what = "solvers"): Core {
  if (typeof engine.core[probe] === "function") return engine.core;
  throw lacking(where, what);
}

/** Where the engine record lists what is registered, and the words of an entry. */
const tables = {
  op: { at: abi.engineOps, words: abi.opEntryBytes / 4 },
  rule: { at: abi.engineRules, words: abi.ruleEntryBytes / 4 },
  transform: { at: abi.engineTransforms, words: abi.transformEntryBytes / 4 },
  wrapper: { at: abi.engineWrappers, words: abi.wrapperEntryBytes / 4 },
} as const;

/** The code of an op, rule, transform or wrapper that the engine holds. @internal */
export function registered(engine: Engine, table: keyof typeof tables, code: number, name: string): number {
  const { at, words } = tables[table];
  const entry = wordAt(engine.record + at) + code * words;
  if (engine.ints.subarray(entry, entry + words).some((word) => word !== 0)) return code;
  throw lacking("createTrainer", name);
}
