// The packed package as applications meet it: through each bundler into Chromium under a strict content security policy,
// and in surroundings that withhold something. Usage: node tests/package/run.mjs; the last line counts.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { EdgeRuntime } from "edge-runtime";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";

const root = join(import.meta.dirname, "../..");
const work = mkdtempSync(join(tmpdir(), "thalweg-package-"));
const app = join(work, "app");
const installed = join(app, "node_modules/thalweg");
const entry = join(app, "main.js");
const built = (name) => join(work, name);

// ---- The package, packed and installed ----

const npm = (folder, ...args) => execFileSync("npm", args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
mkdirSync(app);
cpSync(join(import.meta.dirname, "app.js"), entry);
writeFileSync(join(app, "package.json"), '{ "private": true, "type": "module" }\n');
const [{ filename, files: packed }] = JSON.parse(
  npm(root, "pack", "--ignore-scripts", "--json", "--pack-destination", work),
);
npm(app, "install", "--offline", "--ignore-scripts", "--no-save", join(work, filename));

/** What the application prints in Node, with flags. */
const inNode = (...flags) => execFileSync(process.execPath, [...flags, entry], { encoding: "utf8" }).trim();
const trained = inNode();

// ---- The bundlers; each makes main.js in its folder ----

const bundle = (name, options) =>
  esbuild.build({ entryPoints: [entry], bundle: true, minify: true, format: "esm", outdir: built(name), ...options });
const roll = async (name, options) => {
  const made = await rollup({ input: entry, plugins: [nodeResolve(options)] });
  await made.write({ dir: built(name), format: "es" });
};
const bundlers = {
  esbuild: () => bundle("esbuild", { target: "es2022", logLevel: "error" }),
  "esbuild-splitting": async () => {
    await bundle("esbuild-splitting", { target: "es2022", splitting: true, logLevel: "error" });
    cpSync(join(installed, "dist/thalweg.core.wasm"), join(built("esbuild-splitting"), "thalweg.core.wasm"));
  },
  rollup: () => roll("rollup", { browser: true }),
  "rollup-default": () => roll("rollup-default", {}),
  vite: () =>
    vite.build({
      root: app,
      base: "./",
      configFile: false,
      logLevel: "error",
      build: {
        outDir: built("vite"),
        target: "es2022",
        modulePreload: false,
        rollupOptions: { input: entry, output: { entryFileNames: "main.js" } },
      },
    }),
  webpack: () =>
    new Promise((resolve, reject) => {
      const output = { path: built("webpack"), filename: "main.js", module: true, chunkFormat: "module" };
      const settings = { mode: "production", entry, output, experiments: { outputModule: true }, target: "web" };
      webpack(settings, (error, stats) =>
        error || stats.hasErrors() ? reject(error ?? new Error(stats.toString("errors-only"))) : resolve(),
      );
    }),
  // A program that names something the core for browsers has not, with all editions beside it.
  "esbuild-lion": async () => {
    const lion = join(app, "lion.js");
    writeFileSync(lion, 'import { lion } from "thalweg";\nglobalThis.used = lion;\n');
    await bundle("esbuild-lion", { target: "es2022", inject: [lion], logLevel: "error" });
    cpSync(join(installed, "dist"), built("esbuild-lion"), { recursive: true });
  },
  // No bundler: the files of the package as they are.
  none: () => {
    mkdirSync(built("none"));
    cpSync(join(installed, "dist"), join(built("none"), "dist"), { recursive: true });
    const source = readFileSync(entry, "utf8").replace('"thalweg"', '"./dist/browser.js"');
    writeFileSync(join(built("none"), "main.js"), source);
  },
};

// ---- The cases: { name, folder, csp, answers: what the server says instead of a file, expected } ----

const strict = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const page = { type: "text/html", body: "<!doctype html><title>Not found</title>" };
const missing = { status: 404, type: "text/plain", body: "" };
const core = "thalweg(.core)?.wasm"; // the files as they are name everything, and load the whole
const copy = "thalweg.embedded.js";
const plain = { folder: "none", csp: strict, answers: {}, query: "", expected: trained };

const cases = [
  ...Object.keys(bundlers).map((folder) => ({ ...plain, name: `${folder}, strict policy`, folder })),
  ...["vite", "webpack", "none"].map((folder) => ({
    ...plain,
    name: `${folder}: the core as a file, without the copy`,
    folder,
    answers: { "embedded.*js$": missing },
  })),
  {
    ...plain,
    name: "vite: a program of common parts loads the core alone",
    folder: "vite",
    answers: { "thalweg-[\\w-]+.wasm$": missing, "embedded.*js$": missing },
  },
  {
    ...plain,
    name: "esbuild: a program of common parts loads the core alone",
    folder: "esbuild-splitting",
    answers: { "embedded.*js$": missing },
  },
  {
    ...plain,
    name: "esbuild: a program that names lion loads the whole",
    folder: "esbuild-lion",
    answers: { "core.wasm$": missing, "embedded.*js$": missing },
  },
  { ...plain, name: "a core of another MIME type", answers: { [core]: { type: "application/octet-stream" } } },
  { ...plain, name: "a page in place of the core: the copy stands in", answers: { [core]: page } },
  { ...plain, name: "no core: the copy stands in", answers: { [core]: missing } },
  {
    ...plain,
    name: "neither core nor copy",
    answers: { [core]: missing, [copy]: missing },
    expected: /^EngineError: createEngine: .*thalweg\.wasm answered 404\..*embedded copy cannot be imported.*wasm/,
  },
  {
    ...plain,
    name: "a page in place of the core, no copy",
    answers: { [core]: page, [copy]: missing },
    expected: /^EngineError: createEngine: .* text\/html that is not WebAssembly.*embedded copy cannot be imported/,
  },
  {
    ...plain,
    name: "a policy that forbids to compile",
    csp: "default-src 'self'",
    expected: /^EngineError: createEngine: this host forbids to compile .*'wasm-unsafe-eval' in script-src/,
  },
  {
    ...plain,
    name: "a policy that blocks the fetch",
    query: "?wasm=http://127.0.0.1:9/thalweg.wasm",
    expected: /^EngineError: createEngine: http:\/\/127\.0\.0\.1:9\/thalweg\.wasm cannot be fetched .*connect-src/,
  },
  {
    ...plain,
    name: "{ wasm } that is missing",
    query: "?wasm=dist/absent.wasm",
    expected: /^EngineError: createEngine: .*absent\.wasm answered 404\. Serve/,
  },
  {
    ...plain,
    name: "{ wasm } that is a page",
    query: "?wasm=dist/spa.wasm",
    answers: { "spa.wasm": page },
    expected: /^EngineError: createEngine: .*spa\.wasm answered with text\/html that is not WebAssembly\. Serve/,
  },
  {
    ...plain,
    name: "a page that claims to be WebAssembly",
    query: "?wasm=dist/spa.wasm",
    answers: { "spa.wasm": { ...page, type: "application/wasm" } },
    expected: /^EngineError: createEngine: wasm is not Thalweg's core, or is damaged .*Give thalweg\.wasm/,
  },
];

// ---- One Chromium shows them all, each in a frame, and each posts its result ----

const types = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

function inChromium() {
  const results = new Map();
  let finish;
  const finished = new Promise((resolve) => (finish = resolve));
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    const [, first, ...rest] = pathname.split("/");
    const send = (status, type, body, headers = {}) =>
      response.writeHead(status, { "content-type": type, ...headers }).end(body);
    if (first === "result") {
      let body = "";
      for await (const chunk of request) body += chunk;
      results.set(Number(rest[0]), body);
      if (results.size === cases.length) finish();
      return send(200, "text/plain", "");
    }
    if (first === "")
      return send(200, "text/html", cases.map(({ query }, i) => `<iframe src="/${i}/${query}"></iframe>`).join(""));
    const current = cases[Number(first)];
    const name = rest.join("/");
    const headers = current && { "content-security-policy": current.csp };
    if (current && name === "")
      return send(200, "text/html", '<!doctype html><script type="module" src="main.js"></script>', headers);
    try {
      const answer = Object.entries(current.answers).find(([pattern]) => new RegExp(pattern).test(name))?.[1];
      const body = answer?.body ?? readFileSync(join(built(current.folder), name));
      send(answer?.status ?? 200, answer?.type ?? types[extname(name)] ?? "text/plain", body, headers);
    } catch {
      send(404, "text/plain", "");
    }
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", async () => {
      const flags =
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
        `--disable-component-update --disable-sync --user-data-dir=${join(work, "profile")}`;
      const url = `http://127.0.0.1:${server.address().port}/`;
      const browser = spawn(process.env.CHROMIUM ?? "chromium", [...flags.split(" "), url], {
        stdio: "ignore",
        detached: true,
      });
      browser.on("error", finish);
      const timer = setTimeout(finish, 120_000);
      await finished;
      clearTimeout(timer);
      try {
        process.kill(-browser.pid); // its whole process group, and nothing else
      } catch {}
      server.closeAllConnections();
      server.close(() => resolve(results));
    });
  });
}

// ---- Where there is no page ----

/** What main.js prints in an edge isolate: its bundler names the modules that `?module` imports, its host has them. */
async function inEdge() {
  const modules = {};
  const named = {
    name: "?module",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path.replace("?module", "")),
        namespace: "module",
      }));
      onLoad({ filter: /.*/, namespace: "module" }, ({ path }) => {
        const name = `wasm_${basename(path).replaceAll(".", "_")}`;
        const bytes = readFileSync(path);
        modules[name] = WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null; // Node 20 has no relaxed SIMD
        return { contents: `export default globalThis.${name};` };
      });
    },
  };
  const [program] = readFileSync(entry, "utf8").split("if (typeof location"); // without what awaits at the top
  const { outputFiles } = await esbuild.build({
    stdin: { contents: `${program}globalThis.result = report({});`, resolveDir: app },
    ...{ bundle: true, write: false, format: "iife", target: "es2022", conditions: ["edge-light"], plugins: [named] },
  });
  const runtime = new EdgeRuntime({ extend: (context) => Object.assign(context, modules) });
  runtime.evaluate(outputFiles[0].text);
  return runtime.evaluate("globalThis.result");
}

/** Bundlers drop an import without names from a package without side effects. */
async function importsWorker() {
  const stdin = { contents: 'import "thalweg/worker";', resolveDir: app };
  const { outputFiles } = await esbuild.build({ stdin, bundle: true, write: false, format: "esm" });
  return outputFiles[0].text.includes("onmessage") ? "keeps it" : "drops it";
}

const jsr = join(root, "build/jsr");
function deno(...args) {
  const folder = join(import.meta.dirname, "node_modules/@deno");
  const command = readdirSync(folder)
    .map((name) => join(folder, name, "deno"))
    .find(existsSync);
  const env = { ...process.env, DENO_DIR: join(work, "deno"), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
  const { stdout, stderr } = spawnSync(command, args, { cwd: jsr, env, encoding: "utf8" });
  return { said: stdout.trim(), reported: stderr.trim() };
}

function publishedToJsr() {
  execFileSync(process.execPath, [join(root, "scripts/jsr.mjs")]);
  return deno("publish", "--dry-run", "--allow-dirty").reported;
}

/** What the application prints with the files that JSR is given, without any permission. */
function inDeno() {
  const source = readFileSync(entry, "utf8").replace('"thalweg"', '"./dist/deno.js"');
  writeFileSync(join(jsr, "main.js"), source);
  const { said, reported } = deno("run", "--quiet", "--no-prompt", "--cached-only", "main.js");
  rmSync(join(jsr, "main.js"));
  return said || reported;
}

/** Files of the package that are not what it is to consist of. */
function strayFiles() {
  const files = [
    /^(CHANGELOG|LICENSE|README)(\.md)?$/,
    /^package\.json$/,
    /^dist\/types\/(assembly|bindings)\/[\w/]+\.d\.ts$/,
    /^dist\/(browser|deno|edge|index|node|plot|worker|workerd|(chunk|remote|web|threads)-\w+)\.js(\.map)?$/, // with its sources in it
    /^dist\/thalweg(\.core|\.fast)?\.wasm$/,
    /^dist\/thalweg\.embedded\.js$/,
  ];
  const present = packed.map(({ path }) => path);
  const stray = present.filter((path) => !files.some((pattern) => pattern.test(path)));
  const missing = ["LICENSE", "README.md", "CHANGELOG.md"].filter((name) => !present.includes(name));
  return [...stray, ...missing.map((name) => `no ${name}`)].join(", ");
}

// ---- Run ----

const counts = { passed: 0, failed: 0 };
function judge(name, got, expected) {
  const passed = expected instanceof RegExp ? expected.test(got) : got === expected;
  counts[passed ? "passed" : "failed"]++;
  console.log(passed ? `✔ ${name}` : `✖ ${name}\n  got      ${got}\n  expected ${expected}`);
}

judge("Node", trained, /^0\.0\d+ 0\.9\d+ 0\.9\d+ 0\.0\d+$/);
judge(
  "Node without WebAssembly",
  inNode("--jitless"),
  /^EngineError: createEngine: this host has no WebAssembly.*Node 20/,
);
judge("Node without SIMD", inNode("--no-enable-sse4-1"), /^EngineError: createEngine: .*lacks SIMD .*Use Node 20/);
judge("Node with frozen globals", inNode("--frozen-intrinsics", "--no-warnings"), trained);
for (const [name, make] of Object.entries(bundlers)) {
  try {
    await make();
  } catch (error) {
    judge(`${name} bundles`, error.message, "nothing");
  }
}
await bundle("for-node", {
  platform: "node",
  outdir: undefined,
  outfile: join(built("for-node"), "main.mjs"),
  logLevel: "error",
});
judge(
  "bundled for Node without the core beside it",
  execFileSync(process.execPath, [join(built("for-node"), "main.mjs")], { encoding: "utf8" }).trim(),
  trained,
);
judge("an edge isolate, whose modules are given by name", await inEdge(), trained);
judge("a worker of one's own that imports thalweg/worker", await importsWorker(), "keeps it");
const listed = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
judge("jsr.json: the version", JSON.parse(readFileSync(join(root, "jsr.json"), "utf8")).version, listed);
judge("JSR: the dry run", publishedToJsr(), /Dry run complete$/);
judge("JSR: the package in Deno", inDeno(), trained);
judge("npm: what is packed", strayFiles(), "");
const results = await inChromium();
for (const [index, { name, expected }] of cases.entries())
  judge(`Chromium: ${name}`, results.get(index) ?? "no answer", expected);
rmSync(work, { recursive: true, force: true, maxRetries: 5 });
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
