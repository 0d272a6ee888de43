// Any host that may compile bytes: the core is part of the program.

import { engineFactory } from "../engine.js";
import { embedded } from "./embedded.js";

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
  threads: () => import("../worker/web.js"),
});
