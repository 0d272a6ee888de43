// Tables of README.md that are generated, so that none of their numbers is typed by hand: each stands between the markers
// <!-- NAME:begin --> and <!-- NAME:end -->.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const file = join(import.meta.dirname, "..", "README.md");

/** The table of that name as README has it, and what puts another in its place. */
export function readmeTable(name) {
  const readme = readFileSync(file, "utf8");
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md: the markers ${begin} and ${end} are missing.`);
  const [before, after] = [readme.slice(0, from + begin.length), readme.slice(to)];
  return {
    text: readme.slice(before.length, to).trim(),
    replace: (text) => writeFileSync(file, `${before}\n${text}\n${after}`),
  };
}
