// Mutation testing: changes a source in one place at a time (a comparison, a sign, a constant, a statement left out) and runs the
// tests of the file. A change that no test detects, a survivor, means a missing test or an equivalent change. It works for
// assembly/, for which no maintained tool exists, and in the same way for bindings/.
//
// Usage: node scripts/mutate.mjs [part of a file's name] [--sample N] [--seed S] [--line L] [--jobs J] [--report]
//   --sample  mutants per file, drawn by the seed; default 16. A larger sample contains the smaller one
//   --seed    seed of the draw; default 1
//   --line    all mutants of one line instead of a sample
//   --jobs    mutants at a time, each in a copy of the tree in build/mutation; default 2
//   --report  writes docs/mutation.md from the existing results, without running anything
// Results are stored in build/mutation/results.json and reused while the source and, for survivors, the tests do not change, so an
// interrupted run continues where it was.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import ts from "typescript";

/** Tests of a trainer's memory and of the scalars in it. */
const memory = {
  bindings: [
    "training",
    "average",
    "clipping",
    "wrappers",
    "checkpoint",
    "initializers",
    "learningRate",
    "groups",
    "memory",
    "errors",
  ],
  specs: [],
};

/**
 * Every file that is mutated, with its tests: test files of the bindings, the fastest first, and specs of as-pect.
 * minimizers.test.ts, 665 problems in half a minute, is not among them: it checks solutions only, not the way to them.
 */
const targets = {
  "assembly/training/slice.ts": {
    bindings: ["training", "stopping", "wrappers", "penalties", "means", "clipping"],
    specs: ["training"],
  },
  "assembly/training/step.ts": {
    bindings: ["training", "average", "clipping", "wrappers", "penalties", "means", "layers", "statistics"],
    specs: ["training"],
  },
  "assembly/training/update.ts": { bindings: ["wrappers", "training", "penalties", "groups", "optimizers"], specs: [] },
  "assembly/schedules/plateau.ts": { bindings: ["schedules"], specs: [] },
  "assembly/optimizers/rmsprop.ts": { bindings: ["optimizers"], specs: ["optimizers"] },
  "assembly/minimizers/descent.ts": {
    bindings: ["fullBatch", "fits", "minimizersExact"],
    specs: ["minimizers"],
  },
  "assembly/minimizers/trustRegion.ts": { bindings: ["regions", "fits", "minimizersExact"], specs: [] },
  "assembly/minimizers/levenbergMarquardt.ts": {
    bindings: ["regions", "fits", "minimizersExact"],
    specs: [],
  },
  "assembly/minimizers/searches/strongWolfe.ts": {
    bindings: ["fullBatch", "minimizersExact"],
    specs: ["minimizers"],
  },
  "bindings/training/stopping.ts": { bindings: ["stopping", "average", "clipping", "worker"], specs: [] },
  "bindings/training/fit.ts": {
    bindings: ["training", "stopping", "penalties", "statistics", "fullBatch", "worker", "errors"],
    specs: [],
  },
  "bindings/optimizers/gradientTransforms.ts": { bindings: ["clipping"], specs: [] },
  "bindings/training/memory.ts": memory,
  "bindings/training/scalars.ts": memory,
};

process.chdir(join(import.meta.dirname, ".."));
const home = join("build", "mutation");
const kept = join(home, "results.json");
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string", default: "16" },
    seed: { type: "string", default: "1" },
    line: { type: "string" },
    jobs: { type: "string", default: "2" },
    report: { type: "boolean", default: false },
  },
});

const hashOf = (...texts) => createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 16);
const testFile = (name) => `tests/bindings/${name}.test.ts`;

// ---- Mutants ----

const swapped = {
  [ts.SyntaxKind.LessThanToken]: ["<=", ">="],
  [ts.SyntaxKind.LessThanEqualsToken]: ["<", ">"],
  [ts.SyntaxKind.GreaterThanToken]: [">=", "<="],
  [ts.SyntaxKind.GreaterThanEqualsToken]: [">", "<"],
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: ["!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: ["==="],
  [ts.SyntaxKind.PlusToken]: ["-"],
  [ts.SyntaxKind.MinusToken]: ["+"],
  [ts.SyntaxKind.AsteriskToken]: ["/"],
  [ts.SyntaxKind.SlashToken]: ["*"],
  [ts.SyntaxKind.PercentToken]: ["*"],
  [ts.SyntaxKind.AsteriskAsteriskToken]: ["*"],
  [ts.SyntaxKind.LessThanLessThanToken]: [">>"],
  [ts.SyntaxKind.GreaterThanGreaterThanToken]: ["<<"],
  [ts.SyntaxKind.BarToken]: ["&"],
  [ts.SyntaxKind.AmpersandToken]: ["|"],
  [ts.SyntaxKind.AmpersandAmpersandToken]: ["||"],
  [ts.SyntaxKind.BarBarToken]: ["&&"],
  [ts.SyntaxKind.QuestionQuestionToken]: ["&&"],
  [ts.SyntaxKind.PlusEqualsToken]: ["-="],
  [ts.SyntaxKind.MinusEqualsToken]: ["+="],
  [ts.SyntaxKind.AsteriskEqualsToken]: ["/="],
  [ts.SyntaxKind.SlashEqualsToken]: ["*="],
};
/** Functions that replace each other, or that are replaced by their first argument. */
const twins = { min: "max", max: "min", add: "sub", sub: "add", mul: "div", div: "mul", pmax: "pmin", pmin: "pmax" };
const droppable = new Set(["abs", "sqrt", "ceil", "floor", "round"]);

/** Returns all changes of a source in order: the range { from, to } and its replacement. */
function mutantsOf(file) {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found = [];
  const change = (node, text) => found.push({ from: node.getStart(source), to: node.getEnd(), text });
  const visit = (node) => {
    if (isLeftAlone(node)) return;
    if (ts.isBinaryExpression(node) && !isText(node)) {
      for (const text of swapped[node.operatorToken.kind] ?? []) change(node.operatorToken, text);
    } else if (ts.isPrefixUnaryExpression(node)) {
      const { operator, operand } = node;
      if (operator === ts.SyntaxKind.MinusToken || operator === ts.SyntaxKind.ExclamationToken)
        change(node, operand.getText(source));
    } else if (ts.isConditionalExpression(node)) {
      change(
        node,
        `(${node.condition.getText(source)}) ? ${node.whenFalse.getText(source)} : ${node.whenTrue.getText(source)}`,
      );
    } else if (ts.isNumericLiteral(node)) {
      const value = Number(node.text);
      if (Number.isInteger(value)) change(node, `${value + 1}`);
      else change(node, `${2 * value}`);
    } else if (node.kind === ts.SyntaxKind.TrueKeyword) change(node, "false");
    else if (node.kind === ts.SyntaxKind.FalseKeyword) change(node, "true");
    else if (ts.isCallExpression(node)) {
      const name = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
      if (ts.isIdentifier(name) && twins[name.text] && node.arguments.length > 1) change(name, twins[name.text]);
      if (droppable.has(name.text)) change(node, node.arguments[0].getText(source));
    } else if (isStatement(node)) change(node, ";");
    ts.forEachChild(node, visit);
  };
  visit(source);
  const { text } = source;
  return found.map(({ from, to, text: into }) => {
    const { line } = source.getLineAndCharacterOfPosition(from);
    const before = text.slice(from, to);
    const id = hashOf(String(from), before, into);
    return { id, from, to, into, before, line: line + 1, code: text.split("\n")[line].trim() };
  });
}

/** True if a node does not affect results: types, imports, throw statements, assertions. */
function isLeftAlone(node) {
  if (ts.isImportDeclaration(node) || ts.isTypeNode(node) || ts.isInterfaceDeclaration(node)) return true;
  if (ts.isThrowStatement(node)) return true;
  return ts.isCallExpression(node) && node.expression.getText() === "assert";
}

/** True if an expression is a sum of strings. */
function isText(node) {
  const isOne = (side) =>
    ts.isStringLiteralLike(side) || ts.isTemplateExpression(side) || (ts.isBinaryExpression(side) && isText(side));
  return isOne(node.left) || isOne(node.right);
}

/** True if a statement may be left out: a call, an assignment, a whole `if`, a jump. */
function isStatement(node) {
  if (ts.isExpressionStatement(node)) return !(ts.isCallExpression(node.expression) && isLeftAlone(node.expression));
  if (ts.isIfStatement(node)) return !node.elseStatement;
  return ts.isContinueStatement(node) || ts.isBreakStatement(node);
}

/** Returns the sample: mutants in an order that depends only on the seed and their positions. */
function drawn(file, mutants) {
  if (options.line) return mutants.filter(({ line }) => line === Number(options.line));
  const rank = new Map(mutants.map(({ id }) => [id, hashOf(options.seed, file, id)]));
  const sorted = [...mutants].sort((a, b) => (rank.get(a.id) < rank.get(b.id) ? -1 : 1));
  return sorted.slice(0, Number(options.sample));
}

// ---- Running ----

/** Runs a command in a tree; returns whether it passed, and its output. */
function run(tree, command, seconds) {
  return new Promise((resolve) => {
    const env = { ...process.env, THALWEG_BUILD: "debug", NO_COLOR: "1" };
    const child = spawn(process.execPath, command, { cwd: tree, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, seconds * 1000);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ passed: code === 0, late, output });
    });
  });
}

const vitestConfig = `import { fileURLToPath } from "node:url";
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
export default {
  resolve: {
    alias: [
      { find: /^thalweg$/, replacement: path("dist/node.js") },
      { find: /^thalweg\\/(\\w+)$/, replacement: path("dist/$1.js") },
    ],
  },
  test: {
    include: ["tests/bindings/**/*.test.ts"],
    server: { deps: { external: [/\\/dist\\//] } },
    bail: 1,
    maxWorkers: 1,
    pool: "threads",
  },
};
`;

/** Makes or updates a copy of the tree; returns its path. */
function copyTree(k) {
  const tree = join(home, `tree${k}`);
  mkdirSync(tree, { recursive: true });
  const skip = new Set(["node_modules", "build", ".git", "docs"]);
  for (const name of readdirSync(".")) {
    if (skip.has(name)) continue;
    rmSync(join(tree, name), { recursive: true, force: true });
    cpSync(name, join(tree, name), { recursive: true, filter: (path) => basename(path) !== "node_modules" });
  }
  for (const name of ["examples", "stamps", "thalweg.debug.wasm"])
    cpSync(join("build", name), join(tree, "build", name), { recursive: true });
  if (!existsSync(join(tree, "node_modules")))
    symlinkSync(join(process.cwd(), "node_modules"), join(tree, "node_modules"));
  writeFileSync(join(tree, "vitest.mutate.mjs"), vitestConfig);
  return tree;
}

const compileDebug =
  "node_modules/assemblyscript/bin/asc.js assembly/whole.ts --target debug --transform ./scripts/transform.mjs";

/** Rebuilds what the tests load after a file changed. */
function rebuild(tree, file) {
  if (file.startsWith("assembly/")) return run(tree, compileDebug.split(" "), 120);
  return run(tree, ["scripts/prepare.mjs", "start"], 120);
}

/** Returns the tests of a file: title and command of each. */
const commandsOf = ({ bindings, specs }) => [
  ...specs.map((name) => ({ title: `${name}.spec.ts`, isSpec: true, command: ["scripts/aspect.mjs", name, "debug"] })),
  ...bindings.map((name) => ({
    title: `${name}.test.ts`,
    command: ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.mutate.mjs", testFile(name)],
  })),
];

const unchanged = new Map();
/** Returns the seconds that a test takes on an unchanged tree, where it must pass. */
async function secondsOf(tree, { title, command }) {
  if (!unchanged.has(title)) {
    const begun = performance.now();
    const { passed, output } = await run(tree, command, 600);
    if (!passed) throw new Error(`${title} fails without any change:\n${output.slice(-3000)}`);
    unchanged.set(title, (performance.now() - begun) / 1000);
  }
  return unchanged.get(title);
}

/** Returns the fate of a mutant: "killed by ...", "survived", or "invalid" if it does not compile. */
async function fate(tree, file, { from, to, into }) {
  const original = readFileSync(file, "utf8");
  const place = join(tree, file);
  try {
    writeFileSync(place, original.slice(0, from) + into + original.slice(to));
    let built = false;
    const compiles = async () => {
      built = (await rebuild(tree, file)).passed;
      return built;
    };
    for (const test of commandsOf(targets[file])) {
      // A spec compiles the sources by itself.
      if (!test.isSpec && !built && !(await compiles())) return "invalid";
      const { passed, late, output } = await run(tree, test.command, 30 + 5 * unchanged.get(test.title));
      if (late) return `killed by the time of ${test.title}`;
      if (passed) continue;
      if (test.isSpec && /^0 passed/m.test(output) && !(await compiles())) return "invalid";
      return `killed by ${test.title}`;
    }
    return "survived";
  } finally {
    writeFileSync(place, original);
  }
}

// ---- Results ----

const results = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
const save = () => writeFileSync(kept, `${JSON.stringify(results, null, 1)}\n`);

/** Returns the results of a file in its present state. */
function entryOf(file) {
  const source = hashOf(readFileSync(file, "utf8"));
  if (results[file]?.source !== source) results[file] = { source, tests: "", fates: {} };
  return results[file];
}

function hashOfTests({ bindings, specs }) {
  const cases =
    specs.length > 0 ? readdirSync("tests/assembly/cases").map((name) => `tests/assembly/cases/${name}`) : [];
  return hashOf(...[...bindings.map(testFile), ...cases].map((name) => readFileSync(name, "utf8")));
}

const shown = ({ line, before, into, code }) => {
  const cut = (text) => (text.length > 60 ? `${text.slice(0, 57).replace(/\s+/g, " ")}...` : text.replace(/\s+/g, " "));
  return `${line}: \`${cut(code)}\`: \`${cut(before)}\` → ${into === ";" ? "left out" : `\`${cut(into)}\``}`;
};

function score(all) {
  const killed = all.filter((was) => was.startsWith("killed")).length;
  const survived = all.filter((was) => was === "survived").length;
  const share = killed + survived > 0 ? `${((100 * killed) / (killed + survived)).toFixed(0)} %` : "none run";
  return { killed, survived, invalid: all.length - killed - survived, share };
}

/** Writes docs/mutation.md from the results for the present sources and tests. */
function report() {
  const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version;
  const rows = [];
  const left = [];
  const all = [];
  for (const file of Object.keys(targets)) {
    const mutants = mutantsOf(file);
    const { fates } = entryOf(file);
    const run = mutants.filter(({ id }) => fates[id]);
    const was = run.map(({ id }) => fates[id]);
    const { killed, survived, invalid, share } = score(was);
    all.push(...was);
    rows.push(`| ${file} | ${mutants.length} | ${run.length} | ${invalid} | ${killed} | ${survived} | ${share} |`);
    const survivors = run.filter(({ id }) => fates[id] === "survived");
    if (survivors.length > 0) left.push(`### ${file}\n`, ...survivors.map((mutant) => `- ${listed(file, mutant)}`), "");
  }
  const { killed, survived, invalid, share } = score(all);
  const total = `| all | | ${all.length} | ${invalid} | ${killed} | ${survived} | ${share} |`;
  const tools = ["assemblyscript", "typescript", "vitest", "@as-pect/core"].map((name) => `${name} ${version(name)}`);
  const heading = ["file", "mutants", "run", "invalid", "killed", "survived", "score"];
  const table = [`| ${heading.join(" | ")} |`, `|${heading.map(() => "---|").join("")}`, ...rows, total];
  const date = new Date().toISOString().slice(0, 10);
  const text = `${introduction}
<!-- mutation:begin -->
Written on ${date} with Node ${process.versions.node}, ${tools.join(", ")}, seed ${options.seed}.

${table.join("\n")}

## Survivors

${left.join("\n").trimEnd()}
<!-- mutation:end -->
`;
  writeFileSync("docs/mutation.md", text);
}

const introduction = `# Mutation testing

\`npm run mutate\` changes one place of a source at a time (a comparison, a sign, an operator, a constant, a statement left
out), compiles what follows from it, and runs the tests that know the file in debug builds until one fails. A change that
a test notices is killed; one that none notices is a survivor: a test that is missing, or a change that makes no
difference. What does not compile is invalid, and a test that takes more than five times as long counts as failed.

Not all mutants are run: of each file a sample is drawn by a seed, so the scores are estimates; with n mutants run and a
true score of 90 %, one standard error is √(0.9 · 0.1 / n): 8 % for 16, 2.4 % for 160. \`npm run mutate -- --sample 1000\`
runs all, \`npm run mutate -- plateau --line 74\` those of one line, \`npm run mutate -- --report\` writes this file. Texts
of errors, types and the checks of debug builds are left alone.

StrykerJS is not used: it does not know AssemblyScript, which nine of the thirteen files are, tests here import bundles
that it would have to be taught to make, and it brings some 170 packages.
`;

/** Notes on survivors, by file, line of code and change: why the change is equivalent, or why it stays untested. */
const notesFile = "scripts/mutate.notes.json";
const notes = existsSync(notesFile) ? JSON.parse(readFileSync(notesFile, "utf8")) : {};
function listed(file, mutant) {
  const { before, into, code } = mutant;
  const note = notes[file]?.[`${code} | ${before} | ${into}`];
  return note ? `${shown(mutant)}. ${note}` : shown(mutant);
}

async function main() {
  if (options.report) return report();
  const files = Object.keys(targets).filter((file) => !positionals[0] || file.includes(positionals[0]));
  if (files.length === 0) throw new Error(`No file of ${Object.keys(targets).join(", ")} holds "${positionals[0]}".`);
  mkdirSync(home, { recursive: true });
  const trees = Array.from({ length: Number(options.jobs) }, (_, k) => copyTree(k));
  const first = await run(trees[0], compileDebug.split(" "), 120);
  if (!first.passed) throw new Error(first.output);
  for (const tree of trees.slice(1))
    cpSync(join(trees[0], "build/thalweg.debug.wasm"), join(tree, "build/thalweg.debug.wasm"));
  for (const tree of trees) {
    const { passed, output } = await run(tree, ["scripts/prepare.mjs", "start"], 300);
    if (!passed) throw new Error(output);
  }
  for (const file of files) {
    const entry = entryOf(file);
    const sample = drawn(file, mutantsOf(file));
    const tests = hashOfTests(targets[file]);
    const isOpen = (was) => !was || (was === "survived" && entry.tests !== tests);
    const open = sample.filter(({ id }) => isOpen(entry.fates[id]));
    if (open.length > 0) for (const test of commandsOf(targets[file])) await secondsOf(trees[0], test);
    const work = async (tree) => {
      for (let mutant = open.shift(); mutant; mutant = open.shift()) {
        entry.fates[mutant.id] = await fate(tree, file, mutant);
        console.log(`${entry.fates[mutant.id]}: ${basename(file)}:${shown(mutant)}`);
        save();
      }
      await rebuild(tree, file);
    };
    if (open.length > 0) await Promise.all(trees.map(work));
    entry.tests = tests;
    const { killed, survived, share } = score(sample.map(({ id }) => entry.fates[id]));
    console.log(`${file}: ${killed} killed, ${survived} survived, ${share}`);
  }
  save();
}

await main();
