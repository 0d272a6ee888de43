// Node and Bun: reads the core from beside this file. In a bundle without that file the embedded copy is used.

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
      // Bundlers copy the file that this literal names. The fast build is not named literally, so it is copied only for
      // programs that name it themselves.
      const whole = new URL("./thalweg.wasm", import.meta.url);
      const url = build === "fast" ? new URL("thalweg.fast.wasm", whole) : whole;
      file = url.href;
      bytes = await readFile(url);
    } catch {
      return embedded(build, `createEngine: ${file} cannot be read.`);
    }
    return WebAssembly.compile(bytes);
  },
  threads: async () => threadsOf(await import("node:worker_threads")),
});
