// Any host that allows compiling bytes: the core is embedded in the program.

import { engineFactory } from "../engine/engine.js";
import { threadsOf } from "../training/worker/threads.js";
import { embedded } from "./embedded.js";

export * from "../index.js";

/**
 * Creates an engine: one WebAssembly instance with its own memory. Engines share no state.
 *
 * @param options  wasm: the compiled core, its bytes, its URL, or a Response with it (default: the file that the host's
 *                 entry finds); build: "reproducible" (default) or "fast"; memoryLimit: maximum bytes of memory, from
 *                 1 MiB (default 4 GiB less one page)
 * @returns a promise of the engine, the first argument of functions that need one
 * @throws TypeError   an option is unknown, or wasm is of a wrong kind
 * @throws RangeError  memoryLimit or build is out of range
 * @throws EngineError the host lacks WebAssembly with SIMD, or the core cannot be loaded
 * @example
 * const engine = await createEngine();
 * engine.build; // "reproducible"
 */
export const createEngine = /* @__PURE__ */ engineFactory({
  module: (build) => embedded(build, "createEngine: this entry of the package has only the embedded core."),
  threads() {
    // Not imported, because bundlers for the web would try to resolve Node's module.
    const node = typeof Worker === "undefined" && globalThis.process?.getBuiltinModule?.("node:worker_threads");
    return node ? Promise.resolve(threadsOf(node)) : import("../training/worker/web.js");
  },
});
