// The three builds of the engine side by side: what they compute must have the same bits.

import { readFileSync } from "node:fs";
import { createEngine, type Engine } from "thalweg";

export const builds = ["release", "debug", "dense"] as const;
export type BuildName = (typeof builds)[number];

const files = { release: "dist/thalweg.wasm", debug: "build/thalweg.debug.wasm", dense: "dist/thalweg.dense.wasm" };
const modules = new Map<BuildName, WebAssembly.Module>();

/** A fresh engine of a build. */
export function engineOf(build: BuildName): Promise<Engine> {
  let wasm = modules.get(build);
  if (!wasm) {
    wasm = new WebAssembly.Module(readFileSync(new URL(`../../${files[build]}`, import.meta.url)));
    modules.set(build, wasm);
  }
  return createEngine({ wasm });
}
