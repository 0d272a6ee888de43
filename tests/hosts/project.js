// A user's project in a fresh folder: the package as npm packs and installs it, the suite, and bundles of it for the
// hosts that resolve no packages.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { printed } from "./commands.js";

const here = import.meta.dirname;
const root = join(here, "../..");

/** Inside an npm script the file of the running npm is known; it needs no shell, not even on Windows. */
function npm(args, options) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith("npm-cli.js")) return printed(process.execPath, [cli, ...args], options);
  return printed("npm", args, { ...options, shell: process.platform === "win32" });
}

const common = { bundle: true, format: "esm", target: "es2022", logLevel: "silent" };

/** Makes the project; `programs` are modules by name, each of which can be run by itself. */
export async function createProject(programs) {
  const folder = mkdtempSync(join(tmpdir(), "thalweg-hosts-"));
  // Programs that were just ended may still be writing.
  const free = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  process.on("exit", free);
  const write = (name, text) => writeFileSync(join(folder, name), text);
  write("package.json", JSON.stringify({ private: true, type: "module" }));
  const packed = await npm(["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: root });
  await npm(["install", "--offline", "--ignore-scripts", "--no-save", packed.split("\n").at(-1)], { cwd: folder });
  for (const file of ["suite.js", "stdio.js", "worker.js", "page.js"])
    copyFileSync(join(here, file), join(folder, file));
  copyFileSync(join(root, "build/thalweg.debug.wasm"), join(folder, "thalweg.debug.wasm"));
  for (const [name, program] of Object.entries(programs)) write(name, program);

  /** Makes something of a file once, however often it is asked for. */
  function once(make) {
    const made = new Map();
    return (file) => {
      if (!made.has(file)) made.set(file, make(file));
      return made.get(file);
    };
  }

  /** A folder with worker.js and the cores it imports. */
  const worker = once(async (file) => {
    const outdir = join(folder, "workers", basename(file, ".js"));
    await build({
      ...common,
      entryPoints: { worker: join(folder, file) },
      outdir,
      conditions: ["workerd", "worker", "browser"],
      loader: { ".wasm": "copy" },
    });
    return outdir;
  });

  /** A folder with the page's script and the cores; for a program the name of its script there. */
  const page = once(async (file) => {
    const outdir = join(folder, "page");
    mkdirSync(outdir, { recursive: true });
    for (const name of ["thalweg.wasm", "thalweg.dense.wasm", "thalweg.images.wasm"])
      copyFileSync(join(folder, "node_modules/thalweg/dist", name), join(outdir, name));
    await build({ ...common, entryPoints: [join(folder, file ?? "page.js")], outdir, splitting: true });
    return file ? basename(file) : outdir;
  });

  return { folder, worker, page, free };
}
