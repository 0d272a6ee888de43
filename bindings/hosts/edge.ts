// Edge isolates that import WebAssembly as `?module`.

import { engineFactory } from "../engine.js";
import core from "./thalweg.wasm?module";

export * from "../index.js";

export const createEngine = /* @__PURE__ */ engineFactory({
  module: async (build) => (build === "fast" ? (await import("./thalweg.fast.wasm?module")).default : core),
});
