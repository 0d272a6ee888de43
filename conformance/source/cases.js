// Cases, read from the JSON files in ../cases: the figures and their sources are data alone.

import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../cases/", import.meta.url);

/** Contents of a file of figures, such as "ops/images". */
export const read = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));

/** All cases of a group, each with its source; `title` is unique. */
function group(name, titleOf) {
  const files = readdirSync(new URL(name, folder)).sort();
  const entries = files.flatMap((file) => {
    const { source, title, cases } = read(`${name}/${file.replace(/\.json$/, "")}`);
    return cases.map((entry) => ({ ...entry, source: source ?? title, title: titleOf(entry) }));
  });
  const seen = new Map();
  return entries.map((entry) => {
    const count = (seen.get(entry.title) ?? 0) + 1;
    seen.set(entry.title, count);
    return count === 1 ? entry : { ...entry, title: `${entry.title}, again` };
  });
}

const shown = (args) =>
  Object.entries(args)
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .filter((text) => text.length < 40)
    .join(", ");
const titled = (name, ...parts) => [name, ...parts.filter(Boolean)].join(", ");

/** All cases: `ops`, `optimizers` and `schedules`. */
export const cases = {
  ops: group("ops", ({ op, args, shapes, note }) =>
    titled(
      op,
      shown(args),
      Object.values(shapes)
        .map((shape) => `[${shape}]`)
        .join(" "),
      note,
    ),
  ),
  optimizers: group("optimizers", ({ optimizer, hyper, problem }) =>
    titled(optimizer, JSON.stringify(hyper).replaceAll('"', ""), problem),
  ),
  schedules: group("schedules", ({ schedule, args, quantity }) =>
    titled(schedule, JSON.stringify(args).replaceAll('"', ""), quantity),
  ),
};
