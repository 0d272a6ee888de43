// Checks the rules of .dependency-cruiser.mjs, that no file escaped them, and that an import planted against them is
// found: a cruiser that cannot read TypeScript sees no modules at all and is content.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise } from "dependency-cruiser";
import rules, { floors } from "../.dependency-cruiser.mjs";

const folders = ["assembly", "bindings", "tests/assembly"].filter((folder) => existsSync(folder));

async function inspect(baseDir) {
  const ruleSet = { forbidden: rules.forbidden };
  const { output } = await cruise(folders, { ...rules.options, baseDir, ruleSet, validate: true });
  return { seen: new Set(output.modules.map((module) => module.source)), violations: output.summary.violations };
}

const { seen, violations } = await inspect(process.cwd());
const problems = violations.map(({ rule, from, to }) => `${from} → ${to}: ${rule.name}`);

const present = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name).replaceAll("\\", "/")),
);
problems.push(...present.filter((file) => !seen.has(file)).map((file) => `${file}: not seen by dependency-cruiser`));
const sides = Object.entries(floors).map(([side, storeys]) => `${side}/(${storeys.flat().join("|")})(/|\\.ts$)`);
const rooms = new RegExp(`^(tests/|${sides.join("|")})`);
const homeless = present.filter((file) => !rooms.test(file));
problems.push(...homeless.map((file) => `${file}: on no floor of .dependency-cruiser.mjs`));

const copy = mkdtempSync(join(tmpdir(), "thalweg-floors-"));
for (const folder of folders) cpSync(folder, join(copy, folder), { recursive: true });
const plain = "export function planted(): void {}\n";
/** In bindings/ a type is enough. */
const typeOf = (file) => `import type { planted } from "${file}";\nexport type P = typeof planted;\n`;
const planted = [
  {
    what: "an upward import",
    from: "assembly/memory/planted.ts",
    to: "assembly/training/planted.ts",
    texts: ['import { planted } from "../training/planted";\nplanted();\n', plain],
  },
  {
    what: "an upward import",
    from: "bindings/values/planted.ts",
    to: "bindings/training/planted.ts",
    texts: [typeOf("../training/planted.js"), plain],
  },
  {
    what: "a circle of types inside a room",
    from: "bindings/training/plantedOne.ts",
    to: "bindings/training/plantedOther.ts",
    texts: [typeOf("./plantedOther.js") + plain, typeOf("./plantedOne.js") + plain],
  },
];
for (const { from, to, texts } of planted)
  for (const [k, file] of [from, to].entries()) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), texts[k]);
  }
const found = (await inspect(copy)).violations;
rmSync(copy, { recursive: true });
for (const { what, from, to } of planted)
  if (!found.some((violation) => violation.from === from && violation.to === to))
    problems.push(`${what}, planted in a copy of ${dirname(from)}, was not found: the rules do not bite`);

for (const problem of problems) console.error(problem);
console.log(`${present.length} files on their floors, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
