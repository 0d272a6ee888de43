// Reports as text.

import { notInAdapter } from "./run.js";

const groups = ["ops", "optimizers", "schedules"];
const statuses = ["passed", "convention", "failed", "unsupported"];

/** Numbers of results by group and status. */
export const counts = ({ results }) =>
  Object.fromEntries(
    groups.map((group) => {
      const own = results.filter((result) => result.group === group);
      return [
        group,
        Object.fromEntries(statuses.map((status) => [status, own.filter((result) => result.status === status).length])),
      ];
    }),
  );

/** Names of a group without any supported case. */
export const absent = ({ results }, group) => {
  const own = results.filter((result) => result.group === group);
  const present = new Set(own.filter(({ status }) => status !== "unsupported").map(({ name }) => name));
  return [...new Set(own.map(({ name }) => name))].filter((name) => !present.has(name));
};

/** Text about a case that failed. */
export const found = ({ difference, tolerance, at, reason }) =>
  reason ?? `${at} (difference ${digits(difference)}, at most ${digits(tolerance)})`;

const digits = (x) => Number(x.toPrecision(2)).toString();

/** A table of counts, then failures, conventions, and cases that are not supported. */
export function summary(report) {
  const { name, version, dtype, notes, results } = report;
  const table = counts(report);
  const rows = [
    ["", ...statuses],
    ...groups.map((group) => [group, ...statuses.map((status) => `${table[group][status]}`)]),
  ];
  const widths = rows[0].map((_, k) => Math.max(...rows.map((row) => row[k].length)));
  const lines = rows.map((row) =>
    row.map((cell, k) => (k ? cell.padStart(widths[k]) : cell.padEnd(widths[k]))).join("  "),
  );
  const listed = (heading, entries) =>
    entries.length > 0 ? ["", `${heading}:`, ...entries.map((line) => `  ${line}`)] : [];
  const of = (status) => results.filter((result) => result.status === status);
  return [
    `${name} ${version}, ${dtype}`,
    "",
    ...lines,
    ...listed(
      "Failed",
      of("failed").map((one) => `${one.title}: ${found(one)}${notes[one.name] ? `. ${notes[one.name]}` : ""}`),
    ),
    ...listed(
      "In another convention",
      of("convention").map(({ title, convention }) => `${title}: ${convention}`),
    ),
    ...groups.flatMap((group) =>
      listed(`Absent ${group}`, absent(report, group).length ? [absent(report, group).join(", ")] : []),
    ),
    ...listed("Unsupported", grouped(of("unsupported").filter(({ reason }) => reason !== notInAdapter))),
  ].join("\n");
}

/** One line for each name and reason, with the number of cases. */
function grouped(results) {
  const lines = results.map(({ name, reason }) => `${name}: ${reason}`);
  return [...new Set(lines)].map((line) => `${line} (${lines.filter((other) => other === line).length})`);
}
