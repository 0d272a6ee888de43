// Compiles the programs of README.md and of the pages in docs/, each as a module of a strict project with the package installed.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import ts from "typescript";

const folder = "build/samples";
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

/** Start of each program: page and line before it. */
const starts = new Map();
const pages = [
  "README.md",
  ...readdirSync("docs", { recursive: true }).flatMap((name) =>
    name.endsWith(".md") && !name.startsWith("zh") ? [`docs/${name.replaceAll("\\", "/")}`] : [],
  ),
];
for (const page of pages) {
  const contents = readFileSync(page, "utf8");
  for (const { index, 1: language, 2: text } of contents.matchAll(/^```(js|ts|html)\n([\s\S]*?)^```$/gm)) {
    const script = /^<script type="module">\n([\s\S]*?)^<\/script>$/m.exec(text);
    if (language === "html" && !script) continue;
    const program = script ? script[1] : text;
    const line = contents.slice(0, contents.indexOf(program, index)).split("\n").length - 1;
    const file = `${folder}/${page.replaceAll("/", "-")}-line${line + 1}.ts`;
    writeFileSync(file, program.replace(/"[^"]*\/thalweg\.cdn\.js"/, '"thalweg"'));
    starts.set(file, { page, line });
  }
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
  const { page, line } = starts.get(file?.fileName) ?? { page: file?.fileName ?? "", line: 0 };
  const at = file ? line + file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  console.log(`${page}:${at}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}
console.log(`${starts.size} samples, ${found.length} problems`);
process.exitCode = found.length === 0 && starts.size > 0 ? 0 : 1;
