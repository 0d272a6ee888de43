// Any host that may compile bytes: the core is part of the program.

import { engineFactory } from "../engine/engine.js";
import { threadsOf } from "../training/worker/threads.js";
import { embedded } from "./embedded.js";

export * from "../index.js";

/**
 * Creates an engine: one WebAssembly instance. Nothing is global; two engines share nothing.
 *
 * @param options  wasm, where the core lies (default: found by the host's entry); build, "reproducible" (default) or "fast";
 *                 memoryLimit, bytes from 1 MiB (default 4 GiB less one page)
 * @returns a promise of the engine, which every call that needs one takes as its first argument
 * @throws TypeError   an unknown option, or wasm of a wrong kind
 * @throws RangeError  memoryLimit out of range
 * @throws EngineError WebAssembly with SIMD is missing, or the core cannot be loaded
 * @example
 * const engine = await createEngine();
 * engine.build; // "reproducible"
 */
export const createEngine = /* @__PURE__ */ engineFactory({
  module: (build) => embedded(build, "this entry of the package has no other"),
  threads() {
    // Without an import: bundlers for the web would look for Node's module.
    const node = typeof Worker === "undefined" && globalThis.process?.getBuiltinModule?.("node:worker_threads");
    return node ? Promise.resolve(threadsOf(node)) : import("../training/worker/web.js");
  },
});
