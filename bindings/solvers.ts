// Whether this program solves. A page that only trains downloads the core without solvers: a function that needs them is
// exported as `/* @__PURE__ */ solving(function ...)`, which a bundler drops with the note when nobody uses it.

import type { Core, Engine } from "./engine.js";
import { EngineError } from "./errors.js";

let needed = false;

/** Notes that the program holds a function that solves; answers the function. @internal */
export function solving<F>(f: F): F {
  needed = true;
  return f;
}

/** Whether engines of this program must be able to solve. @internal */
export function needsSolvers(): boolean {
  return needed;
}

/** The core of an engine that can solve; one made from the core without solvers cannot. @internal */
export function solversOf(where: string, engine: Engine, probe: keyof Core): Core {
  if (typeof engine.core[probe] === "function") return engine.core;
  throw new EngineError(
    `${where}: this engine was made from the core without solvers. Give createEngine the whole thalweg.wasm.`,
  );
}
