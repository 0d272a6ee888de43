// Generated tables of the documentation, between the markers <!-- NAME:begin --> and <!-- NAME:end -->.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** Returns the present text of the table `name` in `file`, a path from the root, and a function that replaces it. */
export function generatedTable(name, file = `docs/${name}.md`) {
  const path = join(root, file);
  const page = readFileSync(path, "utf8");
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file}: the markers ${begin} and ${end} are missing.`);
  const [before, after] = [page.slice(0, from + begin.length), page.slice(to)];
  return {
    file,
    text: page.slice(before.length, to).trim(),
    replace: (text) => writeFileSync(path, `${before}\n${text}\n${after}`),
  };
}
