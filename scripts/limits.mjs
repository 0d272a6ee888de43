// Checks the lengths of files and functions in assembly/, bindings/, conformance/ and the site, generated files apart, and that a file and a
// function that are too long are found: a limit that nothing can exceed checks nothing.

import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

const fileLines = 400;
const functionLines = 60;
const generated = "// Written by scripts/contract.mjs.";

/** Problems of a source: files and functions that are too long. Comments before a function do not count, those inside do. */
function tooLong(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line + 1;
  const problems = [];
  const lines = lineOf(text.trimEnd().length);
  if (lines > fileLines) problems.push(`${path}: ${lines} lines, at most ${fileLines} expected`);
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body) {
      const first = lineOf(node.getStart());
      const count = lineOf(node.end) - first + 1;
      const name = node.name?.getText() ?? (ts.isConstructorDeclaration(node) ? "constructor" : "a function");
      if (count > functionLines)
        problems.push(`${path}:${first}: ${name} has ${count} lines, at most ${functionLines} expected`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return problems;
}

const files = ["assembly", "bindings", "conformance", "site/elements", "site/scripts"].flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => /\.(ts|m?js)$/.test(name) && !name.includes("node_modules"))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .sort(),
);
const sources = files
  .map((path) => ({ path, text: readFileSync(path, "utf8") }))
  .filter(({ text }) => !text.startsWith(generated));
const problems = sources.flatMap(({ path, text }) => tooLong(path, text));

const lines = (count) => "  x();\n".repeat(count);
const planted = [
  { what: "a file", text: "x();\n".repeat(fileLines + 1), fits: "x();\n".repeat(fileLines) },
  ...[
    (body) => `/** Comment. */\nfunction long(): void {\n${body}}\n`,
    (body) => `class A {\n  constructor() {\n${body}  }\n}\n`,
    (body) => `class A {\n  get b() {\n${body}  }\n}\n`,
    (body) => `class A {\n  static #b() {\n${body}  }\n}\n`,
    (body) => `const long = async (): Promise<void> => {\n${body}};\n`,
    (body) => `const long = { *long() {\n${body}} };\n`,
  ].map((around) => ({
    what: around(""),
    text: around(lines(functionLines - 1)),
    fits: around(lines(functionLines - 2)),
  })),
];
for (const { what, text, fits } of planted) {
  if (tooLong("planted.ts", text).length !== 1) problems.push(`too long and not found: ${what}`);
  if (tooLong("planted.ts", fits).length !== 0) problems.push(`found although it fits: ${what}`);
}

for (const problem of problems) console.error(problem);
console.log(`${sources.length} files within the limits of length, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
