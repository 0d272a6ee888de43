// Checks the rules of .dependency-cruiser.mjs, that no file escaped them, and that an import planted against them is
// found: a cruiser that cannot read TypeScript sees no modules at all and is content.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
// In bindings/ a type is enough.
const planted = [
  ["assembly/memory", "assembly/training", 'import { planted } from "../training/planted";\nplanted();\n'],
  [
    "bindings/values",
    "bindings/training",
    'import type { planted } from "../training/planted.js";\nexport type P = typeof planted;\n',
  ],
];
for (const [low, high, text] of planted) {
  for (const room of [low, high]) mkdirSync(join(copy, room), { recursive: true });
  writeFileSync(join(copy, low, "planted.ts"), text);
  writeFileSync(join(copy, high, "planted.ts"), "export function planted(): void {}\n");
}
const found = (await inspect(copy)).violations;
rmSync(copy, { recursive: true });
for (const [low, high] of planted)
  if (!found.some(({ from, to }) => from === `${low}/planted.ts` && to === `${high}/planted.ts`))
    problems.push(`an upward import planted in a copy of ${low} was not found: the rules do not bite`);

for (const problem of problems) console.error(problem);
console.log(`${present.length} files on their floors, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
