// The table in the README stands between two markers, so that none of its numbers is typed by hand.

import { existsSync, readFileSync, writeFileSync } from "node:fs";

const markers = ["<!-- bench:begin -->", "<!-- bench:end -->"];

/** Puts the text between the markers of the file, and answers what became of it. */
export function putTable(path, text) {
  const old = existsSync(path) ? readFileSync(path, "utf8") : "";
  const [begin, end] = markers.map((marker) => old.indexOf(marker));
  if (begin < 0 || end < begin) return `No table written: README.md has no ${markers.join(" ... ")}.`;
  writeFileSync(path, `${old.slice(0, begin + markers[0].length)}\n${text}\n${old.slice(end)}`);
  return "The table is in README.md.";
}
