// Makes the package for JSR from the package for npm, in build/jsr: entries name their types in a comment, and types import
// existing files. Usage: node scripts/jsr.mjs, then deno publish --allow-dirty in build/jsr.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const target = join(root, "build/jsr");
const { exports, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const jsr = JSON.parse(readFileSync(join(root, "jsr.json"), "utf8"));
if (jsr.version !== version)
  throw new Error(`jsr.json is of version ${jsr.version}, package.json of ${version}. Give both the same.`);

function edit(file, change) {
  const path = join(target, file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const name of ["jsr.json", "dist", "README.md", "LICENSE"])
  cpSync(join(root, name), join(target, name), { recursive: true });
for (const [entry, file] of Object.entries(jsr.exports)) {
  const types = exports[entry].types.replace("./dist/", "./");
  edit(file, (text) => `/* @ts-self-types="${types}" */\n${text.replace(/^\/\* @ts-self-types.*\n/, "")}`);
}
for (const name of readdirSync(join(target, "dist/types"), { recursive: true }))
  if (name.endsWith(".d.ts"))
    edit(join("dist/types", name), (text) => text.replace(/(from |import\()"(\.[^"]*)\.js"/g, '$1"$2.d.ts"'));
