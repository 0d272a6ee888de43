// Copies the built site for a base path, without a second build: the build names its base "/__base__/" wherever an address
// begins. Usage: node site/scripts/rebase.mjs /some/where/ FOLDER

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const placeholder = "/__base__/";
const built = join(import.meta.dirname, "../build/dist");

/** Writes the site for a base path into a folder, which is replaced; returns the number of files. */
export function rebase(base, folder) {
  if (!/^\/([\w.~-]+\/)*$/.test(base))
    throw new RangeError(
      `rebase: the base path must begin and end with "/", got "${base}". Give for example "/docs/".`,
    );
  rmSync(folder, { recursive: true, force: true });
  cpSync(built, folder, { recursive: true });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) {
    const file = join(parentPath, name);
    if (!/\.(html|js|css|json|xml)$/.test(name)) continue;
    const text = readFileSync(file, "utf8");
    if (text.includes(placeholder)) writeFileSync(file, text.replaceAll(placeholder, base));
  }
  return files.length;
}

if (process.argv[1] === import.meta.filename) {
  const [base, folder] = process.argv.slice(2);
  if (!base || !folder) throw new TypeError("rebase: expected a base path and a folder, as in: rebase.mjs /docs/ out");
  console.log(`${rebase(base, resolve(folder))} files for ${base} in ${folder}`);
}
