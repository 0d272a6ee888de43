// The packed package as applications meet it: through each bundler into Chromium under a strict content security policy,
// and in surroundings that withhold something. Usage: node tests/package/run.mjs; the last line counts.

import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
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
import { jestResults } from "./jest.mjs";
import { serveRegistry } from "./registry.mjs";

const root = join(import.meta.dirname, "../..");
const work = mkdtempSync(join(tmpdir(), "thalweg-package-"));
const app = join(work, "app");
const installed = join(app, "node_modules/thalweg");
const entry = join(app, "main.js");
const built = (name) => join(work, name);

// ---- The package, packed and installed ----

const npm = (folder, ...args) => execFileSync("npm", args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
cpSync(join(import.meta.dirname, "app"), app, { recursive: true });
writeFileSync(join(app, "package.json"), '{ "private": true, "type": "module" }\n');
const [{ filename, files: packed }] = JSON.parse(
  npm(root, "pack", "--ignore-scripts", "--json", "--pack-destination", work),
);
npm(app, "install", "--offline", "--ignore-scripts", "--no-save", join(work, filename));

/** What a program prints in Node. */
const printed = (...args) => execFileSync(process.execPath, args, { cwd: app, encoding: "utf8" }).trim();
/** What the application prints in Node, with flags. */
const inNode = (...flags) => printed(...flags, entry);
const trained = inNode();

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const pages = ["README.md", "docs/hosts.md"].map((page) => readFileSync(join(root, page), "utf8")).join("\n");
/** The fence of README.md or docs/hosts.md behind the comment with that name. */
const documented = (name) => new RegExp(`<!-- package: ${name} -->\\n+\`\`\`\\w+\\n(.*?)^\`\`\`$`, "ms").exec(pages)[1];

// ---- The bundlers; each makes main.js in its folder ----

const bundle = (name, options) =>
  esbuild.build({
    ...{ entryPoints: [entry], bundle: true, minify: true, format: "esm", target: "es2022", logLevel: "error" },
    ...{ outdir: built(name), ...options },
  });
const roll = async (name, options) => {
  const made = await rollup({ input: entry, plugins: [nodeResolve(options)] });
  await made.write({ dir: built(name), format: "es" });
};
const viteBuild = (name, input) =>
  vite.build({
    root: app,
    base: "./",
    configFile: false,
    logLevel: "error",
    build: {
      outDir: built(name),
      target: "es2022",
      modulePreload: false,
      rollupOptions: { input, output: { entryFileNames: "main.js" } },
    },
  });
const pack = (name, output, options) =>
  new Promise((resolve, reject) => {
    const settings = { mode: "production", entry, output: { path: built(name), ...output }, ...options };
    webpack(settings, (error, stats) =>
      error || stats.hasErrors() ? reject(error ?? new Error(stats.toString("errors-only"))) : resolve(),
    );
  });
const bundlers = {
  esbuild: () => bundle("esbuild", {}),
  "esbuild-splitting": async () => {
    await bundle("esbuild-splitting", { splitting: true });
    cpSync(join(installed, "dist/thalweg.dense.wasm"), join(built("esbuild-splitting"), "thalweg.dense.wasm"));
  },
  rollup: () => roll("rollup", { browser: true }),
  "rollup-default": () => roll("rollup-default", {}),
  vite: () => viteBuild("vite", entry),
  webpack: () =>
    pack(
      "webpack",
      { filename: "main.js", module: true, chunkFormat: "module" },
      { experiments: { outputModule: true }, target: "web" },
    ),
  // A program that names something the feature set "dense" has not, with all feature sets beside it.
  "esbuild-lion": async () => {
    await bundle("esbuild-lion", { entryPoints: { main: join(app, "lion.js") } });
    cpSync(join(installed, "dist"), built("esbuild-lion"), { recursive: true });
  },
  // No bundler: the files of the package as they are.
  none: () => {
    cpSync(join(installed, "dist"), join(built("none"), "dist"), { recursive: true });
    const source = readFileSync(join(app, "train.js"), "utf8").replace('"thalweg"', '"./dist/browser.js"');
    writeFileSync(join(built("none"), "train.js"), source);
    cpSync(entry, join(built("none"), "main.js"));
  },
};
const otherBundlers = {
  "esbuild for Node, ES modules": () => bundle("node-modules", { platform: "node", outExtension: { ".js": ".mjs" } }),
  // As function bundlers of clouds do; that import.meta is empty then is what is tried.
  "esbuild for Node, CommonJS": () =>
    bundle("node-commonjs", {
      ...{ platform: "node", format: "cjs", outExtension: { ".js": ".cjs" } },
      logOverride: { "empty-import-meta": "silent" },
    }),
  "webpack for Node": () => pack("webpack-node", { filename: "main.cjs" }, { target: "node" }),
  "esbuild for workerd": () =>
    bundle("workerd", {
      ...{ conditions: ["workerd", "worker", "browser"], loader: { ".wasm": "copy" } },
      splitting: true,
    }),
  // The document's page, which posts what it would print.
  cdn: () => {
    const [, program] = /<script type="module">(.*)<\/script>/s.exec(documented("cdn"));
    const post = "const console = { log: (body) => fetch('/result' + location.pathname, { method: 'POST', body }) };";
    const here = program.replace(`https://cdn.example/thalweg@${manifest.version}/`, "http://localhost:PORT/package/");
    mkdirSync(built("cdn"));
    writeFileSync(join(built("cdn"), "main.js"), `${post}\n${here}`);
  },
  "vite-fast": () => viteBuild("vite-fast", join(app, "fast.js")),
};

/** Whether a bundle has a file that is the fast build, whatever its name. */
function hasFast(name) {
  const fast = readFileSync(join(installed, "dist/thalweg.fast.wasm"));
  const files = readdirSync(built(name), { recursive: true }).filter((file) => file.endsWith(".wasm"));
  return files.some((file) => readFileSync(join(built(name), file)).equals(fast));
}

// ---- The cases: { name, folder, csp, answers: what the server says instead of a file, expected } ----

const strict = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const page = { type: "text/html", body: "<!doctype html><title>Not found</title>" };
const missing = { status: 404, type: "text/plain", body: "" };
const core = "thalweg(.core)?.wasm"; // the files as they are name everything, and load the whole
const copy = "thalweg.embedded.js";
const learned = /^0\.0\d+ 0\.9\d+ 0\.9\d+ 0\.0\d+$/; // in other last bits
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
  { ...plain, name: "vite: a program that names the fast build", folder: "vite-fast", expected: learned },
  {
    ...plain,
    name: "the page of README.md, without a bundler",
    folder: "cdn",
    csp: "default-src 'self'; script-src 'self' http://localhost:* 'wasm-unsafe-eval'",
    expected: "7.000",
  },
  {
    ...plain,
    name: "esbuild: a program that names lion loads the whole",
    folder: "esbuild-lion",
    answers: { "dense.wasm$": missing, "embedded.*js$": missing },
  },
  { ...plain, name: "a core of another MIME type", answers: { [core]: { type: "application/octet-stream" } } },
  { ...plain, name: "a page in place of the core: the copy stands in", answers: { [core]: page } },
  { ...plain, name: "no core: the copy stands in", answers: { [core]: missing } },
  {
    ...plain,
    name: "neither core nor copy",
    answers: { [core]: missing, [copy]: missing },
    expected:
      /^EngineError: createEngine: \S+thalweg\.wasm returned status 404\..*embedded copy cannot be imported.*wasm/,
  },
  {
    ...plain,
    name: "a page in place of the core, no copy",
    answers: { [core]: page, [copy]: missing },
    expected: /^EngineError: createEngine: \S+ is not WebAssembly, got text\/html\..*embedded copy cannot be imported/,
  },
  {
    ...plain,
    name: "a policy that forbids to compile",
    csp: "default-src 'self'",
    expected: /^EngineError: createEngine: this host forbids compiling .*'wasm-unsafe-eval' in script-src/,
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
    expected: /^EngineError: createEngine: .*absent\.wasm returned status 404\. Serve/,
  },
  {
    ...plain,
    name: "{ wasm } that is a page",
    query: "?wasm=dist/spa.wasm",
    answers: { "spa.wasm": page },
    expected: /^EngineError: createEngine: .*spa\.wasm is not WebAssembly, got text\/html\. Serve/,
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
    if (first === "package" && existsSync(join(installed, ...rest)))
      return send(200, types[".js"], readFileSync(join(installed, ...rest)), { "access-control-allow-origin": "*" });
    const current = cases[Number(first)];
    const name = rest.join("/");
    const headers = current && { "content-security-policy": current.csp };
    if (current && name === "")
      return send(200, "text/html", '<!doctype html><script type="module" src="main.js"></script>', headers);
    try {
      const answer = Object.entries(current.answers).find(([pattern]) => new RegExp(pattern).test(name))?.[1];
      let body = answer?.body ?? readFileSync(join(built(current.folder), name));
      if (current.folder === "cdn") body = String(body).replace("PORT", server.address().port);
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

/** What Next.js puts in place of Node's own in its edge runtime: they are there, and throw. */
const stubs = [
  ...["setImmediate", "clearImmediate", "MessageChannel", "MessagePort", "MessageEvent", "BroadcastChannel"],
  ...["CompressionStream", "DecompressionStream"],
];

/** What the application answers in an edge isolate, with options, and which modules its bundle has. */
async function inEdge(options) {
  const modules = {};
  // Its bundler names the modules that `?module` imports, its host has them.
  const named = {
    name: "?module",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path.replace("?module", "")),
        namespace: "module",
      }));
      onLoad({ filter: /.*/, namespace: "module" }, ({ path }) => {
        const name = `wasm_${basename(path).replaceAll(".", "_")}`;
        modules[name] = new WebAssembly.Module(readFileSync(path));
        return { contents: `export default globalThis.${name};` };
      });
    },
  };
  const contents = `import { report } from "./train.js"; globalThis.result = report(${JSON.stringify(options)});`;
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: app },
    ...{ bundle: true, write: false, format: "iife", target: "es2022", conditions: ["edge-light"], plugins: [named] },
  });
  const runtime = new EdgeRuntime({
    extend(context) {
      for (const name of stubs)
        Object.defineProperty(context, name, {
          get: () => () => {
            throw new Error(`A Node.js API is used (${name}) which is not supported in the Edge Runtime.`);
          },
        });
      return Object.assign(context, modules);
    },
  });
  runtime.evaluate(outputFiles[0].text);
  return { said: await runtime.evaluate("globalThis.result"), modules: Object.keys(modules).join(" ") };
}

/** Bundlers drop an import without names from a package without side effects. */
async function importsWorker() {
  const stdin = { contents: 'import "thalweg/worker";', resolveDir: app };
  const { outputFiles } = await esbuild.build({ stdin, bundle: true, write: false, format: "esm" });
  return outputFiles[0].text.includes("onmessage") ? "keeps it" : "drops it";
}

const jsr = join(root, "build/jsr");
/** What Deno prints, with variables of its environment. */
function deno(args, variables = {}, cwd = jsr) {
  const binaries = join(import.meta.dirname, "node_modules/@deno");
  const command = readdirSync(binaries)
    .map((name) => join(binaries, name, "deno"))
    .find(existsSync);
  const own = { DENO_DIR: join(work, "deno"), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
  const options = { cwd, env: { ...process.env, ...own, ...variables }, encoding: "utf8" };
  return new Promise((resolve) =>
    execFile(command, args, options, (_, stdout, stderr) => resolve({ said: stdout.trim(), reported: stderr.trim() })),
  );
}

/** What the dry run of `deno publish` reports, and the files it would publish. */
async function publishedToJsr() {
  execFileSync(process.execPath, [join(root, "scripts/jsr.mjs")]);
  const { reported } = await deno(["publish", "--dry-run", "--allow-dirty"]);
  const files = Array.from(reported.matchAll(/file:\/\/.*\/build\/jsr\/(\S+) \(/g), ([, file]) => file);
  return { reported, files };
}

/**
 * What a program prints that imports the package as an install line of README.md leaves it, from the registry of this
 * machine: by npm in Node, by Deno without any permission.
 */
async function afterInstall(line, registry) {
  const [command, ...args] = line.split(" ");
  const folder = join(work, `after-${command}`);
  const name = { npm: "thalweg", deno: "@thalweg/thalweg" }[command];
  mkdirSync(folder);
  writeFileSync(join(folder, { npm: "package.json", deno: "deno.json" }[command]), "{}\n");
  const source = readFileSync(join(app, "train.js"), "utf8").replace('"thalweg"', `"${name}"`);
  writeFileSync(join(folder, "main.mjs"), `${source}console.log(await report({}));\n`);
  if (command === "deno") {
    const installed = await deno(args, { JSR_URL: registry }, folder);
    const { said, reported } = await deno(["run", "--quiet", "--no-prompt", "main.mjs"], { JSR_URL: registry }, folder);
    return said || `${installed.reported}\n${reported}`;
  }
  const env = { ...process.env, npm_config_registry: registry, npm_config_cache: join(work, "npm-cache") };
  const options = { cwd: folder, env, encoding: "utf8" };
  const reported = await new Promise(
    (resolve) => execFile("npm", args, options, (_, stdout, stderr) => resolve(stdout + stderr)), // the registry is in this process
  );
  const { stdout, stderr } = spawnSync(process.execPath, ["main.mjs"], options);
  return stdout.trim() || `${reported}\n${stderr}`;
}

/** What a program without a package.json prints in Deno, without any permission, with the package from a registry. */
async function inDeno(name, from, registry) {
  const folder = join(work, name);
  mkdirSync(folder);
  writeFileSync(
    join(folder, "main.js"),
    readFileSync(join(app, "train.js"), "utf8")
      .replace('"thalweg"', `"${from}"`)
      .concat("console.log(await report({}));"),
  );
  const variables = { NPM_CONFIG_REGISTRY: registry, JSR_URL: registry };
  const { said, reported } = await deno(["run", "--quiet", "--no-prompt", join(folder, "main.js")], variables);
  return said || reported;
}

/** What the application prints in Node with thalweg/inline, and whether it had a worker. */
function inlineInNode() {
  const source = readFileSync(join(app, "train.js"), "utf8").replace('"thalweg"', '"thalweg/inline"');
  writeFileSync(join(app, "inline.js"), `${source}console.log(await report({ worker: true }));\n`);
  return printed("inline.js");
}

/** What a program prints that takes the engine from the root and the rest from subpaths, and what TypeScript says of it. */
function withSubpaths() {
  const source = `import { createEngine, minimizeSync, type Tensor } from "thalweg";
    import { criticalPoint, lossSurface } from "thalweg/curvature";
    import { solve } from "thalweg/linalg";
    import { minimizeSync as minimize, newton } from "thalweg/minimizers";
    import { type Schedule, scheduleValues, stepDecay } from "thalweg/schedules";
    const engine = await createEngine();
    const f = (x: Tensor) => x.subtract([1, 2]).square().sum();
    const halved: Schedule = stepDecay({ initial: 1, length: 1, factor: 0.5 });
    const found: number[] = [...minimize(engine, f, [0, 0], newton()).x.data as Float64Array];
    console.log(minimize === minimizeSync, found, criticalPoint(lossSurface(engine, f, found)).kind,
      solve(engine, [[2]], [4]).data[0], scheduleValues(engine, halved, 3).join(" "));`;
  writeFileSync(join(app, "subpaths.ts"), source);
  const flags = "--strict --target es2022 --module nodenext --types node --typeRoots".split(" ");
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const args = [compiler, ...flags, join(root, "node_modules/@types"), "subpaths.ts"];
  const { stdout } = spawnSync(process.execPath, args, { cwd: app, encoding: "utf8" });
  return stdout + printed("subpaths.js");
}

/** What TypeScript says of a program with the resolution of old. */
function checkedAsNode10() {
  const source =
    'import { createEngine, type Engine } from "thalweg";\nexport const made: Promise<Engine> = createEngine();\n';
  writeFileSync(join(app, "old.ts"), source);
  const flags =
    "--noEmit --strict --target es2022 --module commonjs --moduleResolution node10 --ignoreDeprecations 6.0";
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [compiler, ...flags.split(" "), "old.ts"], { cwd: app, encoding: "utf8" }).stdout;
}

/** Files of the package that are not what it is to consist of. */
function strayFiles() {
  const files = [
    /^(CHANGELOG|LICENSE|README)(\.md)?$/,
    /^package\.json$/,
    /^dist\/types\/(assembly|bindings)\/[\w/]+\.d\.ts$/,
    /^dist\/(browser|curvature|dashboard|deno|edge|export|import|inline|inspect|linalg|load|minimizers|node|plot|schedules|table|text|worker|workerd|(chunk|onDemand|refusal|remote|web)-\w+)\.js(\.map)?$/, // with its sources in it
    /^dist\/thalweg(\.dense|\.fast|\.images|\.sequences)?\.wasm$/,
    /^dist\/thalweg\.(cdn|embedded)\.js$/,
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

judge("Node", trained, learned);
judge(
  "Node without WebAssembly",
  inNode("--jitless"),
  /^EngineError: createEngine: this host has no WebAssembly.*Node 20/,
);
judge("Node without SIMD", inNode("--no-enable-sse4-1"), /^EngineError: createEngine: .*lacks SIMD .*Use Node 20/);
judge("Node with frozen globals", inNode("--frozen-intrinsics", "--no-warnings"), trained);
judge(
  "Node: require gives what import gives",
  printed(
    "--eval",
    'const a = require("thalweg"); import("thalweg").then((b) => console.log(a.createEngine === b.createEngine))',
  ),
  "true",
);
judge("Node: thalweg/inline has workers", inlineInNode(), `${trained}, worker: true`);
judge("Node and TypeScript: subpaths", withSubpaths(), "true [ 1, 2 ] minimum 2 1 0.5 0.25");
judge('TypeScript: moduleResolution "node10" finds the types', checkedAsNode10(), "");
for (const [name, make] of Object.entries({ ...bundlers, ...otherBundlers })) {
  try {
    await make();
  } catch (error) {
    judge(`${name} bundles`, error.message, "nothing");
  }
}
judge("esbuild for Node, ES modules", printed(join(built("node-modules"), "main.mjs")), trained);
judge("esbuild for Node, CommonJS", printed(join(built("node-commonjs"), "main.cjs")), trained);
judge("webpack for Node", printed(join(built("webpack-node"), "main.cjs")), trained);
for (const file of readdirSync(built("webpack-node")))
  if (file.endsWith(".wasm")) rmSync(join(built("webpack-node"), file));
judge("webpack for Node, without the core beside it", printed(join(built("webpack-node"), "main.cjs")), trained);
for (const name of ["vite", "webpack", "webpack-node", "workerd"])
  judge(`${name}: the fast build is not in the bundle`, hasFast(name), false);
judge("vite: the fast build is in the bundle of a program that names it", hasFast("vite-fast"), true);
judge(
  "workerd: the bundle has no copy of the core",
  readdirSync(built("workerd"))
    .filter((file) => file.includes("embedded"))
    .join(" "),
  "",
);
const edge = await inEdge({});
judge("an edge isolate, with the stubs of Next.js", edge.said, trained);
judge("an edge isolate: its modules", edge.modules, "wasm_thalweg_wasm");
judge(
  "an edge isolate: the fast build is not part of the program",
  (await inEdge({ build: "fast" })).said,
  /^EngineError: createEngine: the fast build is not part .* give createEngine\(\{ build: "fast", wasm \}\)/,
);
judge("a worker of one's own that imports thalweg/worker", await importsWorker(), "keeps it");
for (const { name, failure } of jestResults(app, documented("jest"), trained)) judge(name, failure, "");
judge("jsr.json: the version", JSON.parse(readFileSync(join(root, "jsr.json"), "utf8")).version, manifest.version);
const { reported, files } = await publishedToJsr();
judge("JSR: the dry run", reported, /Dry run complete$/);
const tarball = readFileSync(join(work, filename));
const registry = await serveRegistry({ tarball, manifest, jsr, files });
judge("Deno without package.json, npm:thalweg", await inDeno("from-npm", "npm:thalweg", registry.url), trained);
judge(
  "Deno without package.json, jsr:@thalweg/thalweg",
  await inDeno("from-jsr", "jsr:@thalweg/thalweg", registry.url),
  trained,
);
const cores = registry.asked.filter((file) => /wasm|embedded|cdn/.test(file)).join(" ");
judge("JSR: of the cores, one is loaded", cores, "dist/thalweg.wasm");
for (const line of documented("install").trim().split("\n"))
  judge(`README.md: ${line}`, await afterInstall(line, registry.url), trained);
registry.close();
judge("npm: what is packed", strayFiles(), "");
const results = await inChromium();
for (const [index, { name, expected }] of cases.entries())
  judge(`Chromium: ${name}`, results.get(index) ?? "no answer", expected);
rmSync(work, { recursive: true, force: true, maxRetries: 5 });
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
