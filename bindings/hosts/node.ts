// Node and Bun: the core lies beside this file. A bundle that left it behind carries the embedded copy.

import { readFile } from "node:fs/promises";
import { engineFactory } from "../engine/engine.js";
import { threadsOf } from "../training/worker/threads.js";
import { embedded } from "./embedded.js";

export * from "../index.js";

export const createEngine = /* @__PURE__ */ engineFactory({
  async module(build) {
    let bytes: BufferSource;
    let file = `thalweg.${build === "fast" ? "fast." : ""}wasm`;
    try {
      // Bundlers copy what is spelt out here; the fast build is not, so that it is copied only where a program names it.
      const whole = new URL("./thalweg.wasm", import.meta.url);
      const url = build === "fast" ? new URL("thalweg.fast.wasm", whole) : whole;
      file = url.href;
      bytes = await readFile(url);
    } catch {
      return embedded(build, `${file} cannot be read`);
    }
    return WebAssembly.compile(bytes);
  },
  threads: async () => threadsOf(await import("node:worker_threads")),
});
