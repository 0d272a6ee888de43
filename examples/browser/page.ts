/** The folder that is served: the bundled page, the engine, its worker and the digits. */

import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { type DigitSet, readMnist } from "../digits/mnist.js";

const PIXELS = 784;
const TRAIN = 10_000;
const TEST = 2_000;

/** writePage: writes the page into a folder, anew. */
export async function writePage(folder: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const root = dirname(require.resolve("thalweg/package.json"));
  const source = (name: string): string => join(root, "examples/browser/page", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Two bundles, each with its own copy of the library. In one, the library would be a chunk that both parts share, with
  // the layers for images in it: whoever trains the dense network would download them, and the engine that they need.
  for (const name of ["main", "images"]) await bundle(source(`${name}.ts`), folder);
  const copied = [
    ...["thalweg.wasm", "thalweg.dense.wasm", "thalweg.images.wasm"].map((name) => join(root, "dist", name)),
    source("index.html"),
    source("style.css"),
  ];
  for (const file of copied) cpSync(file, join(folder, basename(file)));
  const { train, test } = readMnist();
  writeFileSync(join(folder, "digits"), Buffer.concat([firstOf(train, TRAIN), firstOf(test, TEST)].flat()));
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
