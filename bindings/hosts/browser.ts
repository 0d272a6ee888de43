// Browsers: the engine is fetched from beside this file, as the feature set "dense" if that has all the program imports. Where it
// is not found, because a bundler left it behind or a server answers with a page, the embedded copy stands in.

import { engineFactory } from "../engine/engine.js";
import { neededSet } from "../engine/featureSets.js";
import { fetchModule } from "../engine/wasm.js";
import { EngineError } from "../values/errors.js";
import { embedded } from "./embedded.js";

export * from "../index.js";

// Bundlers copy assets that `new URL` names with both arguments spelt out; the fast build is not, so that it is copied
// only where a program names it.
const whole = () => new URL("./thalweg.wasm", import.meta.url);
const images = () => new URL("./thalweg.images.wasm", import.meta.url);
const dense = () => new URL("./thalweg.core.wasm", import.meta.url);
const fast = () => new URL("thalweg.fast.wasm", whole());

export const createEngine = /* @__PURE__ */ engineFactory({
  async module(build) {
    const url = build === "fast" ? fast : [dense, images, whole][neededSet()]!;
    try {
      return await fetchModule(url());
    } catch (error) {
      // A host that refuses to compile would refuse the copy as well.
      if (error instanceof WebAssembly.CompileError) throw error;
      return embedded(build, error instanceof EngineError ? error.message : String(error));
    }
  },
  threads: () => import("../training/worker/web.js"),
});
