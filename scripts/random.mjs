// Runs the random suites of tests/random/ with a new seed every round, for a given time, and prints what it ran.
// Usage: node scripts/random.mjs [--minutes 10] [--seed 1000] [--suite programs]: seeds count up from the given one.
// A failure is printed with the command that repeats it; the rounds continue.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

process.chdir(join(import.meta.dirname, ".."));
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Math.floor(Date.now() / 1000)) },
    suite: { type: "string" },
  },
});
const minutes = Number(values.minutes);
const first = Number(values.seed);
/** Cases of each suite in a round: about half a minute. */
const cases = { programs: 800, loops: 400, trainers: 200, checkpoints: 250 };
const suites = values.suite === undefined ? Object.keys(cases) : [values.suite];
if (!(minutes > 0) || !Number.isSafeInteger(first) || first < 0 || !suites.every((suite) => suite in cases)) {
  console.error(`Give minutes above 0, a whole seed from 0, and one of the suites ${Object.keys(cases).join(", ")}.`);
  process.exit(1);
}

/** Runs one suite with one seed; returns whether it passed, and its output. */
function run(suite, seed) {
  const args = ["node_modules/vitest/vitest.mjs", "run", "--project", "release", `tests/random/${suite}.test.ts`];
  const env = { ...process.env, THALWEG_SEED: String(seed), THALWEG_CASES: String(cases[suite]), NO_COLOR: "1" };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("close", (code) => resolve({ passed: code === 0, output }));
  });
}

const end = performance.now() + 60_000 * minutes;
let [seed, done, failed] = [first, 0, 0];
for (; performance.now() < end; seed++) {
  for (const suite of suites) {
    if (performance.now() >= end) break;
    const begun = performance.now();
    const { passed, output } = await run(suite, seed);
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    console.log(`seed ${seed}: ${suite}, ${cases[suite]} cases in ${seconds} s: ${passed ? "passed" : "FAILED"}`);
    if (!passed) console.log(output);
    done += cases[suite];
    failed += Number(!passed);
  }
}
console.log(`${done} cases of the seeds ${first} .. ${seed - 1}, ${failed} suites failed`);
process.exitCode = failed === 0 ? 0 : 1;
