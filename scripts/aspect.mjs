// Compiles every tests/assembly/*.spec.ts as each target of asconfig.json (release, fast, debug) and runs all three:
// the same cases must hold in each. (The targets of the smaller feature sets are the release
// again, made smaller; a test compares their bits.) Usage: node scripts/aspect.mjs [part of a spec's name ...] [target]

import { readdirSync, readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { TestContext } from "@as-pect/core";
import { instantiateSync } from "@assemblyscript/loader";
import asc from "assemblyscript/asc";
import { sets } from "./sets.mjs";

// as-pect starts the module itself (_start), calls test bodies by table index and reads strings, hence the exports.
const harness = "node_modules/@as-pect/assembly/assembly/index.ts";
const flags =
  `${harness} --exportStart _start --exportTable --exportRuntime --outFile spec.wasm --transform ./scripts/transform.mjs`.split(
    " ",
  );

async function compile(spec, target) {
  let binary = null;
  const writeFile = (name, contents) => {
    if (name.endsWith(".wasm")) binary = contents;
  };
  const { error, stderr } = await asc.main([`tests/assembly/${spec}`, "--target", target, ...flags], { writeFile });
  if (error) console.error(stderr.toString());
  return error ? null : binary;
}

/** Prints only what failed: where, why, and the two values. */
function reporter(title) {
  const path = (node) => (node.parent?.name ? `${path(node.parent)} > ${node.name}` : node.name);
  const print = (label, value) => value && console.log(`  ${label}: ${value.stringify({ indent: 4 }).trimStart()}`);
  const onExit = (context, node) => {
    Object.assign(context, { actual: null, expected: null, message: "" }); // as-pect carries them into later failures
    for (const log of node.logs) print("log", log);
    if (node.pass || node.children.some((child) => child.ran && !child.pass)) return;
    console.log(`✖ ${title}: ${path(node)}${node.message ? `\n  ${node.message}` : ""}`);
    print("actual", node.actual);
    print(node.expected?.negated ? "expected anything but" : "expected", node.expected);
    for (const error of [...node.errors, ...(node.parent ? [] : context.errors)]) console.log(`  ${error.message}`);
    if (node.stackTrace) console.log(node.stackTrace.replace(/^/gm, "  "));
  };
  return { stdout: process.stdout, stderr: process.stderr, onEnter() {}, onExit, onFinish() {} };
}

async function run(spec, target) {
  const title = `${spec} (${target})`;
  const binary = await compile(spec, target);
  if (binary === null) return { passed: 0, failed: 1 };
  // Node 20 runs relaxed SIMD only behind this flag; newer ones validate at once and do not know the flag.
  if (!WebAssembly.validate(binary)) setFlagsFromString("--experimental-wasm-relaxed-simd");
  const context = new TestContext({ fileName: title, reporter: reporter(title), binary });
  context.run(instantiateSync(binary, context.createImports({})));
  const failedGroups = context.groupCount - context.groupPassCount;
  const failed = context.testCount - context.testPassCount + failedGroups;
  console.log(`${failed === 0 ? "✔" : "✖"} ${title}: ${context.testPassCount} of ${context.testCount}`);
  return { passed: context.testPassCount, failed: context.testCount === 0 ? Math.max(1, failed) : failed };
}

const args = process.argv.slice(2);
const { targets: all } = JSON.parse(readFileSync("asconfig.json", "utf8"));
const targets = Object.keys(all).filter((name) => !sets.slice(0, -1).some(({ target }) => target === name));
const only = args.find((arg) => targets.includes(arg));
const parts = args.filter((arg) => arg !== only);
const specs = readdirSync("tests/assembly")
  .filter((name) => name.endsWith(".spec.ts"))
  .filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)));
const total = { passed: 0, failed: 0 };
for (const spec of specs.sort()) {
  for (const target of targets.filter((name) => !only || name === only)) {
    const { passed, failed } = await run(spec, target);
    total.passed += passed;
    total.failed += failed;
  }
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
