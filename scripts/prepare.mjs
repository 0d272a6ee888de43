// Brings node_modules, dist/ and build/ up to date, making only what is stale; npm runs it before every command. A step
// is stale when the hash of its inputs is not the one stamped when its outputs were made, or when an output is gone.
// It must run on a fresh clone, so it imports nothing but Node's own until the dependencies are there.
// Usage: node scripts/prepare.mjs [start | specs | page | bench | conformance | hosts | site | package]: what that command
// needs; without an argument, what tests and checks do.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, parse } from "node:path";
import { setFlagsFromString } from "node:v8";
import { deflateRawSync } from "node:zlib";
import { sets } from "./sets.mjs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node ${process.versions.node} is too old: 20.19 or newer expected. Install it from https://nodejs.org.`,
  );
  process.exit(1);
}
process.chdir(join(import.meta.dirname, ".."));

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const tooling = ["scripts/prepare.mjs", "scripts/contract.mjs", "scripts/sets.mjs", "package-lock.json"];

// ---- What is made: { name, inputs, outputs, make, advice }; inputs and outputs are files or folders ----

const dependencies = (folder) => ({
  name: join(folder, "node_modules"),
  inputs: [join(folder, "package-lock.json")],
  outputs: [join(folder, "node_modules")],
  make: () => npm("--prefix", folder, "ci", "--include=dev", "--ignore-scripts"),
  advice: "Check the network; after an edit of package.json by hand, run npm install.",
});

const engine = (target, file, entry = "whole") => ({
  name: file,
  inputs: ["assembly", "asconfig.json", "scripts/transform.mjs", "scripts/compact.mjs", ...tooling],
  outputs: [file],
  make: async () => {
    const flags = ["--target", target, "--transform", "./scripts/transform.mjs"];
    await node("node_modules/assemblyscript/bin/asc.js", `assembly/${entry}.ts`, ...flags);
    if (target !== "debug") (await import("./compact.mjs")).compact(file);
    verify(file);
  },
  advice: "Correct assembly/ where the message points.",
});

// package.json#exports names "./dist/<entry>.js": bindings/hosts/<entry> or else bindings/<entry>, bundled together, so that
// what they share is there once. So a new host is one file and one line in exports.
const entries = new Set(
  Array.from(JSON.stringify(manifest.exports).matchAll(/"\.\/dist\/(\w+)\.js"/g), ([, name]) => name),
);
entries.delete("worker"); // made by itself, below

/** "#worker" is bindings/training/worker/serve.ts as one script; pages that forbid workers from strings serve dist/worker.js. */
const workerScript = {
  name: "worker script",
  setup(build) {
    build.onResolve({ filter: /^#worker$/ }, () => ({ path: "worker", namespace: "worker" }));
    build.onLoad({ filter: /.*/, namespace: "worker" }, async () => {
      const options = { format: "iife", minify: true, sourcemap: false, outfile: "dist/worker.js" };
      await bundle({ entryPoints: ["bindings/training/worker/serve.ts"], plugins: [abiInlined], ...options });
      return { contents: readFileSync("dist/worker.js", "utf8"), loader: "text" };
    });
  },
};

/**
 * The numbers of assembly/abi.ts, imported as `abi`, and of bindings/engine/recordFields.ts, imported as `fields`, replace
 * their names: a page need not download the lists.
 */
const abiInlined = {
  name: "numbers of the engine",
  setup({ onLoad }) {
    const numbersIn = (file) =>
      new Map(
        Array.from(readFileSync(file, "utf8").matchAll(/^export const (\w+) = (-?\w+)(?: as .*)?;/gm), (found) =>
          found.slice(1),
        ),
      );
    const lists = { abi: numbersIn("assembly/abi.ts"), fields: numbersIn("bindings/engine/recordFields.ts") };
    onLoad({ filter: /bindings.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/\b(abi|fields)\.(\w+)/g, (use, list, name) =>
        lists[list].has(name) ? `${lists[list].get(name)} /* ${name} */` : use,
      ),
      loader: "ts",
    }));
  },
};

/**
 * AssemblyScript's loader without what it does at import: it would set Object.hasOwn, which every host has, and which none
 * lets it where globals are frozen, and make a TextDecoder, which jsdom has not and no engine needs; and without the helpers
 * of the managed runtime.
 */
const globalsLeftAlone = {
  name: "globals are left alone",
  setup({ onLoad }) {
    const edits = [
      [/^Object\.hasOwn = .*?^};$/ms, ""],
      [/^const utf16 = (?=new TextDecoder)/m, "const utf16 = () => "],
      [/utf16\.decode/, "utf16().decode"],
      // Strings, arrays and classes of the managed runtime, which the core is built without; the exports are called as they are.
      [/^function postInstantiate.*?^}$/ms, "function postInstantiate(_, instance) {\n  return instance.exports;\n}"],
      // Imports for the standard library's sake; the core has env.abort alone, and gives it.
      [/^function preInstantiate.*?^}$/ms, "function preInstantiate() {}"],
      // A response never comes here: the host's entry compiles it.
      [/^ {2}if \(isResponse\(source = await source\)\) return .*$/m, "  source = await source;"],
    ];
    onLoad({ filter: /@assemblyscript.loader.index\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const [old, replacement] of edits) {
        if (!old.test(contents)) throw new Error(`${path} has no ${old}. Adapt the edits in scripts/prepare.mjs.`);
        contents = contents.replace(old, replacement);
      }
      return { contents };
    });
  },
};

const bindings = {
  name: "dist/*.js",
  inputs: ["bindings", "assembly/abi.ts", "package.json", ...tooling],
  outputs: [...Array.from(entries, (entry) => `dist/${entry}.js`), "dist/worker.js"],
  make: async () => {
    for (const file of filesOf("dist")) if (/^dist.[\w-]+\.js(\.map)?$/.test(file)) rmSync(file);
    const hosts = filesOf("bindings/hosts").map((file) => parse(file).name);
    await bundle({
      entryPoints: Array.from(entries, (name) => `./bindings/${hosts.includes(name) ? "hosts/" : ""}${name}`),
      entryNames: "[name]",
      outdir: "dist",
      platform: "neutral",
      mainFields: ["module", "main"],
      external: ["node:*", "*.wasm", "*.wasm?module", "*.embedded.js"],
      alias: { papaparse: "papaparse/papaparse.min.js" }, // the one for pages, which does not import Node's streams
      plugins: [workerScript, abiInlined, globalsLeftAlone],
      supported: { "import-source": true },
      splitting: true,
    });
    // Removes imports of chunks from which an entry imports nothing; bundlers would, as package.json lists no side effects.
    for (const file of filesOf("dist").filter((name) => /\.js$/.test(name))) {
      const text = readFileSync(file, "utf8");
      const lean = text.replace(/^import "\.\/chunk-\w+\.js";$/gm, "");
      if (lean !== text) writeFileSync(file, lean);
    }
    // JSR reads the types of a JavaScript entry from its first line.
    const deno = readFileSync("dist/deno.js", "utf8");
    writeFileSync("dist/deno.js", `/* @ts-self-types="${manifest.types.replace("/dist", "")}" */\n${deno}`);
  },
  advice: "Correct bindings/ where the message points.",
};

const types = {
  name: "dist/types",
  inputs: [
    ...[
      "bindings",
      "assembly/abi.ts",
      "tsconfig.json",
      "tsconfig.build.json",
      "scripts/declarations.mjs",
      "package.json",
    ],
    ...tooling,
  ],
  outputs: [manifest.types],
  make: async () => {
    rmSync("dist/types", { recursive: true, force: true });
    await node("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
    (await import("./declarations.mjs")).prune();
  },
  advice: "Correct bindings/ where the message points.",
};

/** examples/<name>.ts and examples/<name>/main.ts become build/examples/<name>.js, every package left to Node. */
const examples = {
  name: "build/examples",
  inputs: ["examples", "bench/plain", ...tooling],
  outputs: ["build/examples"],
  make: () => {
    const sources = filesOf("examples").filter((file) => /^examples.[^/\\]+(\.ts|[/\\]main\.ts)$/.test(file));
    const name = (file) => file.replace(/([/\\]main)?\.ts$/, "").slice("examples/".length);
    const entryPoints = sources.map((file) => ({ in: file, out: name(file) }));
    rmSync("build/examples", { recursive: true, force: true });
    const plugins = [examplesApart];
    return bundle({ entryPoints, outdir: "build/examples", platform: "node", packages: "external", plugins });
  },
  advice: "Correct examples/ where the message points.",
};

/** An example that uses another one imports it at run time: in one bundle both would start as the main module. */
const examplesApart = {
  name: "examples stay apart",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\.?\/\w+\.js$/ }, ({ path, resolveDir }) =>
      join(resolveDir, path, "..") === join(process.cwd(), "examples")
        ? { path: `./${basename(path)}`, external: true }
        : undefined,
    ),
};

/** Lists of codes and records that both languages share. */
const contract = {
  name: "contract",
  inputs: [...filesOf("assembly"), ...filesOf("bindings/optimizers"), ...tooling].filter((file) => !isGenerated(file)),
  outputs: ["assembly/abi.ts", "bindings/values/contract.ts", "bindings/engine/recordFields.ts"],
  make: async () => (await import("./contract.mjs")).writeContract(),
  advice: "Correct the file that it names.",
};
const release = engine("release", "dist/thalweg.wasm");
const fast = engine("fast", "dist/thalweg.fast.wasm");
/** Those of the smaller feature sets, for browsers. */
const smaller = sets.slice(0, -1).map(({ target, file, name }) => engine(target, `dist/${file}`, name));
const debug = engine("debug", "build/thalweg.debug.wasm");
/** The core as text: deflated, in base64, a third of the bytes of plain base64, with the code that inflates it. */
const embedded = {
  name: "dist/thalweg.embedded.js",
  inputs: [...release.inputs, "bindings/hosts/inflate.ts"],
  outputs: ["dist/thalweg.embedded.js"],
  make: () => {
    const bytes = readFileSync("dist/thalweg.wasm");
    const base64 = deflateRawSync(bytes, { level: 9 }).toString("base64");
    const contents = `import { inflate } from "./bindings/hosts/inflate.js";
      const packed = () => Uint8Array.from(atob("${base64}"), (letter) => letter.charCodeAt(0));
      export const core = () => inflate(packed(), ${bytes.length});`;
    const stdin = { contents, resolveDir: "." };
    return bundle({ stdin, outfile: "dist/thalweg.embedded.js", minify: true, sourcemap: false });
  },
  advice: "See whether dist/ can be written.",
};
/** The whole package in one file, for pages that import it from a CDN. */
const single = {
  name: "dist/thalweg.cdn.js",
  inputs: [...embedded.inputs, ...bindings.inputs],
  outputs: ["dist/thalweg.cdn.js"],
  make: () =>
    bundle({ entryPoints: ["dist/inline.js"], outfile: "dist/thalweg.cdn.js", minify: true, sourcemap: false }),
  advice: "Correct bindings/ where the message points.",
};
const all = [release, ...smaller, fast, debug, bindings, types, examples, dependencies("examples/mails")];
const goals = {
  start: [release, bindings, examples],
  specs: [],
  page: [release, ...smaller, bindings, examples],
  bench: [release, fast, bindings, dependencies("bench")],
  conformance: [release, bindings, dependencies("conformance/adapters")],
  hosts: [...all, dependencies("tests/hosts"), dependencies("tests/page")],
  all,
  site: [release, ...smaller, fast, bindings, types, dependencies("site")],
  package: [release, ...smaller, fast, bindings, types, dependencies("tests/package")],
};

await bringUpToDate(dependencies("."));
await bringUpToDate(contract);
const goal = process.argv[2] ?? "all";
await Promise.all(goals[goal].map(bringUpToDate));
if (goal === "all" || goal === "package") for (const step of [embedded, single]) await bringUpToDate(step); // of what was just made

// ---- How ----

async function bringUpToDate({ name, inputs, outputs, make, advice }) {
  const stamp = join("build", "stamps", name.replace(/[^\w.]+/g, "-"));
  const hash = hashOf(inputs);
  const fresh = existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
  if (fresh && outputs.every((path) => existsSync(path))) return;
  const start = performance.now();
  rmSync(stamp, { force: true }); // a step that fails stays stale
  try {
    await make();
  } catch (error) {
    console.error(`${error.message}\n\nCould not make ${name}. ${advice}`);
    process.exit(1);
  }
  mkdirSync(join("build", "stamps"), { recursive: true });
  writeFileSync(stamp, hash);
  console.log(`made ${name} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Files that scripts/contract.mjs writes begin with its name. */
function isGenerated(file) {
  return readFileSync(file, "utf8").startsWith("// Written by scripts/contract.mjs.");
}

function hashOf(paths) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap(filesOf)) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

/** Returns a file, or all files in a folder and its folders, in a fixed order; nothing for an absent path. */
function filesOf(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}

/** Checks the contract of a build with its host: it imports only env.abort and exports a memory of at most 1 MiB. */
function verify(file) {
  const bytes = readFileSync(file);
  if (!WebAssembly.validate(bytes)) setFlagsFromString("--experimental-wasm-relaxed-simd"); // Node 20
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
  const foreign = imports.filter((name) => name !== "env.abort");
  if (foreign.length > 0) throw new Error(`${file} imports ${foreign.join(", ")}; only env.abort is allowed.`);
  const { memory } = new WebAssembly.Instance(module, { env: { abort() {} } }).exports;
  const size = memory?.buffer.byteLength;
  if (!(size <= 1 << 20)) throw new Error(`${file} must export a memory of at most 1 MiB, got ${size} bytes.`);
}

async function bundle(options) {
  const { build } = await import("esbuild");
  // Not tsconfig.json, whose paths point to sources and not to the package; and fields without a value are not defined.
  const tsconfigRaw = { compilerOptions: { useDefineForClassFields: false } };
  const common = { bundle: true, format: "esm", target: "es2022", sourcemap: true, logLevel: "silent" };
  await build({ ...common, tsconfigRaw, ...options });
}

function node(...args) {
  return run(process.execPath, args);
}

/** Runs npm. Inside an npm script the file of the running npm is known and needs no shell, even on Windows. */
function npm(...args) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith("npm-cli.js") ? node(cli, ...args) : run("npm", args, { shell: true });
}

/** Runs a command; prints its output only if it fails. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(output.trim()))));
  });
}
