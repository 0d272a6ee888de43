/** Files that the server provides: the bundled page, the engine, its worker and the digits. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { build, type OutputFile } from "esbuild";
import { type DigitSet, readMnist } from "../digits/mnist.js";

const PIXELS = 784;
const TRAIN = 10_000;
const TEST = 2_000;

export interface PageFile {
  type: string;
  bytes: Uint8Array;
}

/** pageFiles: by path. */
export async function pageFiles(): Promise<Map<string, PageFile>> {
  const require = createRequire(import.meta.url);
  const root = dirname(require.resolve("thalweg/package.json"));
  const source = (name: string): string => join(root, "examples/browser/page", name);
  const files = new Map<string, PageFile>();
  const add = (path: string, type: string, bytes: Uint8Array) => files.set(path, { type, bytes });
  // Two bundles, each with its own copy of the library. In one, the library would be a chunk that both parts share, with
  // the layers for images in it: whoever trains the dense network would download them, and the engine that they need.
  for (const name of ["main", "images"])
    for (const { path, contents } of await bundle(source(`${name}.ts`)))
      add(`/${basename(path)}`, "text/javascript", contents);
  for (const name of ["thalweg.wasm", "thalweg.dense.wasm", "thalweg.images.wasm"])
    add(`/${name}`, "application/wasm", readFileSync(join(root, "dist", name)));
  add("/", "text/html; charset=utf-8", readFileSync(source("index.html")));
  add("/style.css", "text/css", readFileSync(source("style.css")));
  const { train, test } = readMnist();
  const parts = [firstOf(train, TRAIN), firstOf(test, TEST)].flat();
  add("/digits", "application/octet-stream", Buffer.concat(parts));
  return files;
}

async function bundle(entry: string): Promise<OutputFile[]> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    outdir: "/",
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    write: false,
    logLevel: "error",
    tsconfigRaw: {}, // tsconfig.json's paths lead to sources, not to the package
    conditions: ["browser"],
    external: ["*.wasm", "*.embedded.js", "./images.js"],
  });
  return outputFiles;
}

function firstOf({ images, labels }: DigitSet, count: number): Uint8Array[] {
  return [images.subarray(0, count * PIXELS), Uint8Array.from(labels.subarray(0, count))];
}
