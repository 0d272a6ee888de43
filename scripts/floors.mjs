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
const rooms = new RegExp(`^assembly/(${floors.flat().join("|")})(/|\\.ts$)`);
const homeless = present.filter((file) => file.startsWith("assembly/") && !rooms.test(file));
problems.push(...homeless.map((file) => `${file}: on no floor of .dependency-cruiser.mjs`));

const copy = mkdtempSync(join(tmpdir(), "thalweg-floors-"));
for (const folder of folders) cpSync(folder, join(copy, folder), { recursive: true });
for (const room of ["memory", "training"]) mkdirSync(join(copy, "assembly", room), { recursive: true });
writeFileSync(join(copy, "assembly/memory/planted.ts"), 'import { planted } from "../training/planted";\nplanted();\n');
writeFileSync(join(copy, "assembly/training/planted.ts"), "export function planted(): void {}\n");
const found = (await inspect(copy)).violations.some(
  ({ from, to }) => /memory.planted/.test(from) && /training/.test(to),
);
rmSync(copy, { recursive: true });
if (!found) problems.push("an upward import planted in a copy was not found: the rules do not bite");

for (const problem of problems) console.error(problem);
console.log(`${present.length} files on their floors, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
