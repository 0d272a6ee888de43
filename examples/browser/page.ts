/** The folder that is served: the bundled page, the engine and the digits; and below it the page of teachable classes. */

import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { type DigitSet, readMnist } from "../digits/mnist.js";

const PIXELS = 784;
const TRAIN = 10_000;
const TEST = 2_000;

/** writePage: writes the pages into a folder, anew. */
export async function writePage(folder: string): Promise<void> {
  const root = dirname(createRequire(import.meta.url).resolve("thalweg/package.json"));
  rmSync(folder, { recursive: true, force: true });
  await writeDigits(root, folder);
  await writeTeachable(root, join(folder, "teachable"));
}

async function writeDigits(root: string, folder: string): Promise<void> {
  const source = (name: string): string => join(root, "examples/browser/page", name);
  // Two bundles, each with its own copy of the library. In one, the library would be a chunk that both parts share, with
  // the layers for images in it: whoever trains the dense network would download them, and the engine that they need.
  for (const name of ["main", "images"]) await bundle(source(`${name}.ts`), folder);
  copy(folder, [...enginesOf(root), source("index.html"), source("style.css")]);
  const { train, test } = readMnist();
  writeFileSync(join(folder, "digits"), Buffer.concat([firstOf(train, TRAIN), firstOf(test, TEST)].flat()));
}

async function writeTeachable(root: string, folder: string): Promise<void> {
  const source = (name: string): string => join(root, "examples/teachable", name);
  // The page has the layers for images, its worker has not.
  for (const name of ["page", "worker"]) await bundle(source(`${name}.ts`), folder);
  copy(folder, [...enginesOf(root), ...["index.html", "style.css", "features.safetensors"].map(source)]);
}

const enginesOf = (root: string): string[] =>
  ["thalweg.wasm", "thalweg.dense.wasm", "thalweg.images.wasm"].map((name) => join(root, "dist", name));

function copy(folder: string, files: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) cpSync(file, join(folder, basename(file)));
}

async function bundle(entry: string, folder: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    logLevel: "error",
    tsconfigRaw: {}, // tsconfig.json's paths lead to sources, not to the package
    conditions: ["browser"],
    external: ["*.wasm", "*.embedded.js", "./images.js"],
  });
}

function firstOf({ images, labels }: DigitSet, count: number): Uint8Array[] {
  return [images.subarray(0, count * PIXELS), Uint8Array.from(labels.subarray(0, count))];
}
