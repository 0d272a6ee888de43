// Runs all static checks of the sources. A check that passes prints one line; one that fails prints its output.

import { spawn } from "node:child_process";

const checks = [
  {
    name: "format and lint",
    command: ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "--colors=off"],
    advice: "Run npm run format, and correct by hand what it leaves.",
  },
  {
    name: "types",
    command: ["node_modules/typescript/bin/tsc", "-p", "."],
    advice: "Correct the lines named above.",
  },
  ...["tsconfig.json", "tsconfig.node.json", "tsconfig.bare.json"].map((file) => ({
    name: `types as packed, tests/types/${file}`,
    command: ["node_modules/typescript/bin/tsc", "-p", `tests/types/${file}`],
    advice: "Correct the declarations in bindings/, or tests/types/assertions.ts.",
  })),
  {
    name: "declarations",
    command: ["scripts/declarations.mjs"],
    advice: "Mark the members named above as internal, or give what users need a type without them.",
  },
  {
    name: "docstrings",
    command: ["scripts/docstrings.mjs"],
    advice: "Describe what is named above in its docstring, export the types, or mark insides as @internal.",
  },
  {
    name: "types of the pages' programs",
    command: ["scripts/samples.mjs"],
    advice: "Correct the programs named above.",
  },
  {
    name: "floors",
    command: ["scripts/floors.mjs"],
    advice: "Turn the import round, or move the code to the floor where both sides may use it.",
  },
  {
    name: "lengths of files and functions",
    command: ["scripts/limits.mjs"],
    advice: "Split what is named above along its ideas.",
  },
  {
    name: "addresses",
    command: ["scripts/addresses.mjs"],
    advice: "Let bindings/engine/addresses.ts turn the address into an index.",
  },
  {
    name: "spelling",
    command: ["node_modules/cspell/bin.mjs", "lint", "--no-progress", "--no-summary", "--no-color"],
    advice: "Correct the words named above; a name or term that is right belongs in scripts/words.txt.",
  },
  {
    name: "style of comments",
    command: ["scripts/style.mjs"],
    advice: "Rewrite the comments named above: see Words in CONTRIBUTING.md.",
  },
  {
    name: "table of methods",
    command: ["scripts/methods.mjs", "--check"],
    advice: "Complete the docstrings named above, or run npm run methods.",
  },
  {
    name: "package shape",
    command: ["node_modules/publint/src/cli.js", "--strict", "--pack=npm"],
    advice: "Correct exports, types or files in package.json.",
  },
  {
    // Imports of .wasm files have no types: their meaning depends on the bundler.
    name: "types of the package's entries",
    command: [
      ...["node_modules/@arethetypeswrong/cli/dist/index.js", "--pack", ".", "--profile", "esm-only", "--no-color"],
      ...[
        "--no-emoji",
        "--exclude-entrypoints",
        "thalweg.wasm",
        "thalweg.dense.wasm",
        "thalweg.images.wasm",
        "thalweg.sequences.wasm",
        "thalweg.fast.wasm",
      ],
    ],
    advice: "Correct exports or types in package.json.",
  },
  {
    name: "sizes",
    command: ["scripts/sizes.mjs"],
    advice: "Make it smaller, or raise the ceiling in scripts/sizes.mjs and say why in the commit.",
  },
];

function run(command) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("close", (code) => resolve({ passed: code === 0, output: output.trimEnd() }));
  });
}

const results = await Promise.all(checks.map((check) => run(check.command)));
for (const [index, { passed, output }] of results.entries()) {
  const { name, advice } = checks[index];
  if (passed) console.log(`✔ ${name}${name === "sizes" ? `\n${output}` : ""}`);
  else console.log(`✖ ${name}\n${output}\n${advice}\n`);
}
const failed = results.filter((result) => !result.passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
