// Deno: imports the core in the source phase, which needs no permission and works over https as well. Written in
// JavaScript, as TypeScript does not parse `import source` yet.

import { importing } from "./imported.js";
import source core from "./thalweg.wasm";

export * from "../index.js";

export const createEngine = /* @__PURE__ */ importing(core, () => import("../training/worker/web.js"));
