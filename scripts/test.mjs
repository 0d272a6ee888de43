// Runs the tests of the engine (as-pect), of the bindings (vitest) and of the hosts that are here, each even when others
// fail. With --require-hosts, a host that is missing counts as failed.

import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";

/** Runs a Node script, showing what it prints; its exit code and the last line it printed. */
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

/** Runs a script that counts on its last line. */
async function counted(name, script, args = []) {
  const { code, lastLine } = await run(script, args);
  const counts = /^(\d+) passed, (\d+) failed$/.exec(lastLine);
  return { name, code, passed: Number(counts?.[1] ?? 0), failed: Number(counts?.[2] ?? 0) };
}

const assemblyTests = () => counted("as-pect", "scripts/aspect.mjs");
const required = process.argv.includes("--require-hosts") ? ["--require"] : [];
const hostsTests = () => counted("hosts", "tests/hosts/run.js", required);
const edgeTests = () => counted("edge examples", "tests/hosts/edge.js", required);
const pageTests = () => counted("browser page", "tests/page/run.js", required);

async function bindingsTests() {
  const report = "build/vitest.json";
  rmSync(report, { force: true });
  // A dot a test in a terminal; elsewhere, as in a log, a line a file.
  const reporter = process.stdout.isTTY ? "dot" : "default";
  const args = ["run", `--reporter=${reporter}`, "--reporter=json", `--outputFile.json=${report}`];
  const { code } = await run("node_modules/vitest/vitest.mjs", [...args, "--slowTestThreshold=600000"]);
  let passed = 0;
  let failed = 0;
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    passed = numPassedTests;
    // A file that cannot be loaded fails without a test of its own.
    failed =
      numFailedTests + testResults.filter((file) => file.status === "failed" && !file.assertionResults.length).length;
  } catch {
    failed = 1;
  }
  return { name: "vitest", code, passed, failed };
}

let passed = 0;
let failed = 0;
for (const tests of [assemblyTests, bindingsTests, hostsTests, edgeTests, pageTests]) {
  const result = await tests();
  const broken = result.code !== 0 && result.failed === 0 ? 1 : 0; // it crashed, or found nothing to run
  console.log(`${result.name}: ${result.passed} passed, ${result.failed + broken} failed\n`);
  passed += result.passed;
  failed += result.failed + broken;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
