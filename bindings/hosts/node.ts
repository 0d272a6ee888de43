// Node and Bun: the core lies beside this file. A bundle that left it behind carries the embedded copy.

import { readFile } from "node:fs/promises";
import { engineFactory } from "../engine.js";
import { embedded } from "./embedded.js";

export * from "../index.js";

export const createEngine = /* @__PURE__ */ engineFactory({
  async module(build) {
    const url = new URL(build === "fast" ? "./thalweg.fast.wasm" : "./thalweg.wasm", import.meta.url);
    const bytes = await readFile(url).catch(() => null);
    return bytes ? WebAssembly.compile(bytes) : embedded(build, `${url} cannot be read`);
  },
  threads: () => import("../worker/threads.js"),
});
