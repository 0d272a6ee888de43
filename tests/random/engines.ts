// The builds of the engine side by side: what they compute must have the same bits.

import { readFileSync } from "node:fs";
import { createEngine, type Engine } from "thalweg";
import { markedFunctions } from "../bindings/marked.js";

export const builds = ["release", "debug", "dense", "images", "sequences"] as const;
export type BuildName = (typeof builds)[number];

const files = {
  release: "dist/thalweg.wasm",
  debug: "build/thalweg.debug.wasm",
  dense: "dist/thalweg.dense.wasm",
  images: "dist/thalweg.images.wasm",
  sequences: "dist/thalweg.sequences.wasm",
};
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

const calls = (names: readonly string[]): RegExp => new RegExp(`(?<![.\\w])(${names.join("|")})\\(`);
const [images, sequences, whole] = (["images", "sequences", "whole"] as const).map((mark) => markedFunctions(mark)) as [
  string[],
  string[],
  string[],
];
const lacking: Partial<Record<BuildName, RegExp>> = {
  dense: calls([...images, ...sequences, ...whole]),
  images: calls([...sequences, ...whole]),
  sequences: calls([...images, ...whole]),
};

/** True if a build has the feature set that all functions called by code need. */
export function holds(build: BuildName, code: string): boolean {
  return !lacking[build]?.test(code);
}
