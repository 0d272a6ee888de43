// Puts the shipped package beside the pages, for edit and run: the browser's entry, the subpaths, their chunks and the cores.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { repository, site, tree } from "./pages.mjs";

const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));

/** File of each module that a sample can import, by its name. */
export const modules = Object.fromEntries(
  Object.entries(manifest.exports).flatMap(([name, entry]) => {
    const file = entry.browser ?? entry.default;
    return file?.endsWith(".js") ? [[name.replace(/^\./, "thalweg"), file.replace("./dist/", "")]] : [];
  }),
);
modules["fast-png"] = "fast-png.js";

export async function collectLibrary() {
  const folder = join(tree, "public/lib");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const others = /^(node|deno|edge|workerd|inline|thalweg\.cdn|thalweg\.embedded)\.js$/;
  for (const name of readdirSync(join(repository, "dist")))
    if (/\.(js|wasm)$/.test(name) && !others.test(name)) cpSync(join(repository, "dist", name), join(folder, name));
  await build({
    entryPoints: { "fast-png": "fast-png", console: join(site, "elements/console.ts") },
    absWorkingDir: repository,
    ...{ bundle: true, minify: true, format: "esm", target: "es2022", outdir: folder, logLevel: "error" },
    nodePaths: [join(site, "node_modules")],
  });
}
