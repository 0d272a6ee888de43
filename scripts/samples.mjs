// Compiles the samples of README.md, each as a module of a strict project that has the package installed.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import ts from "typescript";

const folder = "build/samples";
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

/** Programs, and scripts of pages, with the line of README.md that they begin behind. */
const readme = readFileSync("README.md", "utf8");
const fences = readme.matchAll(/^```(js|ts|html)\n([\s\S]*?)^```$/gm);
const starts = new Map();
for (const { index, 1: language, 2: text } of fences) {
  const script = /^<script type="module">\n([\s\S]*?)^<\/script>$/m.exec(text);
  if (language === "html" && !script) continue;
  const program = script ? script[1] : text;
  const line = readme.slice(0, readme.indexOf(program, index)).split("\n").length - 1;
  const file = `${folder}/line${line + 1}.ts`;
  writeFileSync(file, program.replace(/"https:[^"]*\.cdn\.js"/, '"thalweg"'));
  starts.set(file, line);
}

const program = ts.createProgram([...starts.keys()], {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: [],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  strict: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noEmit: true,
});
const found = ts.getPreEmitDiagnostics(program);
for (const { file, start = 0, messageText } of found) {
  const at = file ? (starts.get(file.fileName) ?? 0) + file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  const where = file && !starts.has(file.fileName) ? file.fileName : "README.md";
  console.log(`${where}:${at}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}
console.log(`${starts.size} samples, ${found.length} problems`);
process.exitCode = found.length === 0 && starts.size > 0 ? 0 : 1;
