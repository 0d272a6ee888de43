// Deno: the core is imported in its source phase, which needs no permission and works from https as well.
// JavaScript, as TypeScript does not parse `import source` yet.

import { engineFactory } from "../engine.js";
import source core from "./thalweg.wasm";

export * from "../index.js";

export const createEngine = /* @__PURE__ */ engineFactory({
  module: async (build) => (build === "fast" ? import.source("./thalweg.fast.wasm") : core),
  threads: () => import("../worker/web.js"),
});
