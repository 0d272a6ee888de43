// Edge runtimes that import WebAssembly as `?module`.

import { importing } from "./imported.js";
import core from "./thalweg.wasm?module";

export * from "../index.js";

export const createEngine = /* @__PURE__ */ importing(core);
