// workerd: forbids compiling at run time, so the core is imported as a module. No import here may reach a node: module.

import { importing } from "./imported.js";
import core from "./thalweg.wasm";

export * from "../index.js";

export const createEngine = /* @__PURE__ */ importing(core);
