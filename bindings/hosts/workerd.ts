// workerd: compiles nothing at run time, so the core is imported as a module. Nothing here may lead to a node: module.

import { engineFactory } from "../engine.js";
import core from "./thalweg.wasm";

export * from "../index.js";

export const createEngine = /* @__PURE__ */ engineFactory({
  module: async (build) => (build === "fast" ? (await import("./thalweg.fast.wasm")).default : core),
});
