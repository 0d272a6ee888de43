// Compiles kernels.ts in memory, with the flags and the transform of the engine's builds.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { main } from "assemblyscript/asc";
import { createEngine } from "../dist/node.js";

const root = dirname(import.meta.dirname);

/** Node 20 has relaxed SIMD behind a flag; later ones have it without. */
export function allowRelaxedSimd(bytes) {
  if (!WebAssembly.validate(bytes)) setFlagsFromString("--experimental-wasm-relaxed-simd");
  return WebAssembly.validate(bytes);
}

/**
 * An engine whose core is kernels.ts as the target "release" or "fast" compiles it, or null where its instructions are
 * missing.
 *
 * @param {"release" | "fast"} target
 */
export async function kernelEngine(target) {
  let binary = null;
  const config = JSON.parse(await readFile(join(root, "asconfig.json"), "utf8"));
  config.targets[target].outFile = "kernels.wasm";
  const flags = ["--target", target, "--transform", join(root, "scripts/transform.mjs"), "--baseDir", root];
  const { error, stderr } = await main(["bench/kernels.ts", ...flags], {
    readFile: (name, folder) =>
      name === "asconfig.json" ? JSON.stringify(config) : readFile(join(folder, name), "utf8").catch(() => null),
    writeFile: (_name, contents) => {
      binary = contents;
    },
  });
  if (error) throw new Error(`${stderr}\nCould not compile bench/kernels.ts.`);
  if (!allowRelaxedSimd(binary)) return null;
  return createEngine({ wasm: binary });
}
