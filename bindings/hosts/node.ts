// Node and Bun: the core lies beside this file.

import { readFile } from "node:fs/promises";
import type { Host } from "../engine.js";

export { startThread } from "../worker/threads.js";

export const host: Host = async (build) => {
  const name = build === "fast" ? "thalweg.fast.wasm" : "thalweg.wasm";
  return WebAssembly.compile(await readFile(new URL(`../${name}`, import.meta.url)));
};
