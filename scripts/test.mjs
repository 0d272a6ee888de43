// Runs the tests of the engine (as-pect), of the bindings (vitest), and of the installed hosts, each even if others fail. The last
// line counts them all.
// Usage: npm test [-- NAME ... | --quick] [--debug] [--require-hosts]
//   NAME             only the specs and test files whose names contain NAME, in the release build; gemm also finds the spec
//                    that runs tests/assembly/cases/gemm.ts
//   --quick          only the release build, without the slow files listed below and without hosts
//   --debug          with NAME or --quick, the debug build instead of the release build
//   --require-hosts  counts missing hosts as failed

import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";

const { values: options, positionals: names } = parseArgs({
  options: { quick: { type: "boolean" }, debug: { type: "boolean" }, "require-hosts": { type: "boolean" } },
  allowPositionals: true,
});
const whole = names.length === 0 && !options.quick;
if (whole && options.debug) throw new Error("npm test: --debug needs a NAME or --quick; all tests run in both builds.");
const build = options.debug ? "debug" : "release";

/** Test files that --quick leaves out, with the random suites: together three quarters of the time. */
const slow = ["examples*", "memory", "minimizers", "optima", "pictures", "start"];

// ---- What is run ----

const named = (texts) => names.length === 0 || texts.some((text) => names.some((name) => text.includes(name)));
const filesOf = (folder, ending) => readdirSync(folder).filter((file) => file.endsWith(ending));
const casesOf = (spec) =>
  Array.from(readFileSync(`tests/assembly/${spec}`, "utf8").matchAll(/"\.\/cases\/(\w+)"/g), ([, name]) => name);
const specs = filesOf("tests/assembly", ".spec.ts").filter((spec) => named([spec, ...casesOf(spec)]));
const isSlow = (file) => slow.some((name) => new RegExp(`^${name.replace("*", ".*")}\\.test\\.ts$`).test(file));
const files = ["tests/bindings", "tests/random"].flatMap((folder) =>
  filesOf(folder, ".test.ts")
    .filter((file) => named([file]))
    .filter((file) => !options.quick || (folder === "tests/bindings" && !isSlow(file)))
    .map((file) => `${folder}/${file}`),
);
if (specs.length + files.length === 0) {
  console.error(
    `npm test: no file of tests/assembly, tests/bindings or tests/random has ${names.join(" or ")} in its name.`,
  );
  console.log("0 passed, 1 failed");
  process.exit(1);
}
// Specs are compiled with what they test, so that they need no build.
const prepared = spawnSync(process.execPath, ["scripts/prepare.mjs", files.length > 0 ? "all" : "specs"], {
  stdio: "inherit",
});
if (prepared.status !== 0) process.exit(1);

/** Runs a Node script with its output shown; returns its exit code and its last line. */
function run(script, args) {
  return new Promise((resolve) => {
    const plain = process.stdout.isTTY ? { FORCE_COLOR: "1" } : { NO_COLOR: "1", FORCE_COLOR: undefined };
    const env = { ...process.env, ...plain };
    const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"], env });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on("close", (code) => resolve({ code, lastLine: output.trimEnd().split("\n").at(-1) }));
  });
}

/** Runs a script whose last line has the counts. */
async function counted(name, script, args = []) {
  const { code, lastLine } = await run(script, args);
  const counts = /^(\d+) passed, (\d+) failed$/.exec(lastLine);
  return { name, code, passed: Number(counts?.[1] ?? 0), failed: Number(counts?.[2] ?? 0) };
}

const assemblyTests = () => counted("as-pect", "scripts/aspect.mjs", whole ? [] : [...specs, build]);
const required = options["require-hosts"] ? ["--require"] : [];
const hostsTests = () => counted("hosts", "tests/hosts/run.js", required);
const edgeTests = () => counted("edge examples", "tests/hosts/edge.js", required);
const exportTests = () => counted("exported models", "tests/export/run.js", required);
const pageTests = () => counted("browser page", "tests/page/run.js", required);

async function bindingsTests() {
  const report = "build/vitest.json";
  rmSync(report, { force: true });
  // One dot per test in a terminal, one line per file in a log.
  const reporter = process.stdout.isTTY ? "dot" : "default";
  const chosen = whole ? [] : ["--project", build, ...files];
  const args = ["run", ...chosen, `--reporter=${reporter}`, "--reporter=json", `--outputFile.json=${report}`];
  const { code } = await run("node_modules/vitest/vitest.mjs", [...args, "--slowTestThreshold=600000"]);
  let passed = 0;
  let failed = 0;
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    passed = numPassedTests;
    // A file that cannot be loaded fails without a test.
    failed =
      numFailedTests + testResults.filter((file) => file.status === "failed" && !file.assertionResults.length).length;
  } catch {
    failed = 1;
  }
  return { name: "vitest", code, passed, failed };
}

const parts = [specs.length > 0 && assemblyTests, files.length > 0 && bindingsTests];
if (whole) parts.push(exportTests, hostsTests, edgeTests, pageTests);

let passed = 0;
let failed = 0;
for (const tests of parts.filter(Boolean)) {
  const result = await tests();
  const broken = result.code !== 0 && result.failed === 0 ? 1 : 0; // crashed, or nothing to run
  console.log(`${result.name}: ${result.passed} passed, ${result.failed + broken} failed\n`);
  passed += result.passed;
  failed += result.failed + broken;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
