// Browsers: fetches the engine from beside this file, with the feature set "dense" if that suffices for the program. If
// the file is missing, because a bundler did not copy it or a server returns a page instead, the embedded copy is used.

import { engineFactory } from "../engine/engine.js";
import { neededSet } from "../engine/featureSets.js";
import { fetchModule } from "../engine/wasm.js";
import { EngineError } from "../values/errors.js";
import { embedded } from "./embedded.js";

export * from "../index.js";

// Bundlers copy the file that `new URL` names if both arguments are literal. Those of the fast build are not, so it is
// copied only for programs that name it themselves.
const whole = () => new URL("./thalweg.wasm", import.meta.url);
const images = () => new URL("./thalweg.images.wasm", import.meta.url);
const sequences = () => new URL("./thalweg.sequences.wasm", import.meta.url);
const dense = () => new URL("./thalweg.dense.wasm", import.meta.url);
const fast = () => new URL("thalweg.fast.wasm", whole());

export const createEngine = /* @__PURE__ */ engineFactory({
  async module(build) {
    const url = build === "fast" ? fast : [dense, images, sequences, whole][neededSet()]!;
    try {
      return await fetchModule(url());
    } catch (error) {
      // If the host does not compile this module, it does not compile the copy either.
      if (error instanceof WebAssembly.CompileError) throw error;
      return embedded(build, error instanceof EngineError ? error.message : `createEngine: ${error}.`);
    }
  },
  threads: () => import("../training/worker/web.js"),
});
