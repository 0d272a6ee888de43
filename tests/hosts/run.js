// Runs the suite in every host that is here, on both builds, and compares: one digest, and files that any host goes on
// with. Usage: node tests/hosts/run.js [--seed N] [--json FILE] [--only HOST,HOST] [--require]
// --require counts a host that is missing as failed.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { programsOf, promisedBy } from "./programs.js";
import { createProject } from "./project.js";

const root = join(import.meta.dirname, "../..");

// Every host goes on with the file of the one above it, the first with that of the last.
const order = [
  "node20",
  "node22",
  "node24",
  "node26",
  "node20-nofma",
  "bun",
  "webkit",
  "workerd",
  "firefox",
  "chromium",
  "deno",
];

async function allHosts() {
  const names = readdirSync(join(import.meta.dirname, "hosts")).map((file) => file.replace(/\.js$/, ""));
  const homeless = names.filter((name) => !order.includes(name));
  if (homeless.length > 0) throw new Error(`hosts: give ${homeless.join(", ")} a place in the order of run.js.`);
  return Promise.all(order.map(async (name) => (await import(`./hosts/${name}.js`)).default));
}

/** Does something for each item, two at a time; in order. */
async function eachOf(items, body) {
  const answers = new Array(items.length);
  const left = [...items.entries()];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) answers[next[0]] = await body(next[1], next[0]);
  };
  await Promise.all([work(), work()]);
  return answers;
}

function options() {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      json: { type: "string" },
      only: { type: "string" },
      require: { type: "boolean", default: false },
    },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new Error(`hosts: --seed must be a whole number from 0, got ${values.seed}.`);
  const only = values.only?.split(",") ?? order;
  const unknown = only.filter((name) => !order.includes(name));
  if (unknown.length > 0) throw new Error(`hosts: no host ${unknown.join(", ")}. There are ${order.join(", ")}.`);
  return { seed, only, json: values.json, required: values.require };
}

/** One host on one build, as a row: what passed, what did not. */
class Row {
  version = null;
  digest = null;
  passed = 0;
  failures = [];
  constructor(host, build) {
    this.host = host;
    this.build = build;
  }
  check(truth, sentence) {
    if (truth) this.passed++;
    else this.failures.push(sentence);
  }
  /** Runs what may fail as a whole; answers null then. */
  async attempt(what, body) {
    try {
      return await body();
    } catch (error) {
      this.failures.push(`${what}: ${error.message}`);
      return null;
    }
  }
}

/** The value most of them have. */
function commonest(values) {
  const count = (value) => values.filter((other) => other === value).length;
  return values.reduce((best, value) => (count(value) > count(best) ? value : best), values[0]);
}

function compare(rows) {
  const ran = rows.filter(({ result }) => result);
  const wanted = commonest(ran.map(({ result }) => JSON.stringify(result.digests)));
  const [half, whole] = [
    commonest(ran.map(({ result }) => result.half)),
    commonest(ran.map(({ result }) => result.whole)),
  ];
  for (const row of ran) {
    const expected = Object.entries(JSON.parse(wanted));
    const other = expected.filter(([name, digest]) => row.result.digests[name] !== digest).map(([name]) => name);
    row.check(other.length === 0, `weights differ from those of the other hosts after: ${other.join("; ")}`);
    row.check(row.result.half === half, "saves another file of half a run than the other hosts");
    row.check(row.result.whole === whole, "ends a whole run with other weights than the other hosts");
  }
  return whole;
}

async function runHosts(hosts, { seed }) {
  const programs = programsOf(readFileSync(join(root, "docs/hosts.md"), "utf8"));
  const project = await createProject(
    Object.fromEntries(programs.map(({ host, text }) => [`${host}.program.js`, text])),
  );
  const debug = readFileSync(join(root, "build/thalweg.debug.wasm")).toString("base64");
  const sessions = [];
  try {
    const builds = { release: {}, debug: { wasm: debug } };
    const rows = hosts.flatMap(({ name }) => Object.keys(builds).map((build) => new Row(name, build)));
    await eachOf(rows, async (row) => {
      const host = hosts.find(({ name }) => name === row.host);
      row.session = await row.attempt("start", () => host.open(project, row.build));
      if (!row.session) return;
      sessions.push(row.session);
      row.version = row.session.version;
      row.result = await row.attempt("suite", () => row.session.answer({ task: "suite", seed, ...builds[row.build] }));
      if (!row.result) return;
      row.digest = row.result.digests.all;
      row.passed += row.result.passed;
      row.failures.push(...row.result.failures);
    });
    const whole = compare(rows);
    await eachOf(
      rows.filter(({ session }) => session),
      async (row) => {
        const others = rows.filter(({ build, result }) => build === row.build && result);
        const before = others.at(others.indexOf(row) - 1);
        if (!before) return;
        const job = { task: "resume", seed, file: before.result.half, ...builds[row.build] };
        const resumed = await row.attempt(`going on with the file of ${before.host}`, () => row.session.answer(job));
        if (resumed) row.check(resumed.digest === whole, `ends elsewhere with the file of ${before.host}`);
      },
    );
    const released = rows.filter(({ build, session }) => build === "release" && session);
    await eachOf(released, async (row) => {
      const program = programs.find(({ host }) => host === row.host.replace("-nofma", ""));
      const printed = await row.attempt("docs/hosts.md", () => row.session.program(`${program.host}.program.js`));
      if (printed === null) return;
      const promised = promisedBy(program.text);
      row.check(printed === promised, `docs/hosts.md: its program prints "${printed}", promised "${promised}"`);
    });
    return rows;
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
    project.free();
  }
}

function table(rows) {
  const cells = rows.map(({ host, version, build, digest, passed, failures }) => {
    return [host, version ?? "", build, digest?.slice(0, 12) ?? "", passed, failures.length].map(String);
  });
  const all = [["host", "version", "build", "digest", "passed", "failed"], ...cells];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => row.map((cell, k) => (k < 4 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join("  ");
  return all.map(line).join("\n");
}

async function main() {
  const { seed, only, json, required } = options();
  const hosts = (await allHosts()).filter(({ name }) => only.includes(name));
  const missing = hosts.filter((host) => host.find() === null);
  const rows = await runHosts(
    hosts.filter((host) => !missing.includes(host)),
    { seed },
  );
  if (required)
    for (const { name } of missing)
      for (const build of ["release", "debug"]) {
        const row = new Row(name, build);
        row.check(false, "missing");
        rows.push(row);
      }
  console.log(table(rows));
  for (const { host, build, failures } of rows)
    for (const failure of failures) console.log(`✖ ${host}, ${build}: ${failure}`);
  for (const { name, advice } of missing) console.log(`${name} is not here: ${advice}`);
  if (json) {
    const figures = rows.map(({ host, version, build, digest, passed, failures }) => {
      return { host, version, build, digest, passed, failed: failures.length };
    });
    writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
  }
  const passed = rows.reduce((sum, row) => sum + row.passed, 0);
  const failed = rows.reduce((sum, row) => sum + row.failures.length, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
}
