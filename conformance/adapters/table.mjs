// Runs the suite against Thalweg in both types, TensorFlow.js and jax-js, and writes the results into docs/conformance.md.
// Usage: npm run conformance [-- --write]

import { cpus } from "node:os";
import * as thalweg from "../../dist/node.js";
import own from "../../package.json" with { type: "json" };
import { generatedTable } from "../../scripts/tables.mjs";
import { absent, counts, found } from "../source/report.js";
import { run } from "../source/run.js";
import { jaxjs } from "./jaxjs.mjs";
import tfjs from "./tfjs.mjs";
import { thalwegAdapter } from "./thalweg/adapter.mjs";

const thalwegIn = async (dtype) => thalwegAdapter(thalweg, await thalweg.createEngine(), dtype, own.version);
// One backend of jax-js after the other: it is chosen for the whole module.
const adapters = [() => thalwegIn("f64"), () => thalwegIn("f32"), () => tfjs, () => jaxjs("wasm"), () => jaxjs("cpu")];
const reports = [];
for (const make of adapters) reports.push(await run(await make()));

const groups = ["ops", "optimizers", "schedules"];
const row = (cells) => `| ${cells.join(" | ")} |`;
const table = (header, rows) => [row(header), row(header.map(() => "---")), ...rows.map(row)].join("\n");
const escaped = (text) => text.replaceAll("|", "\\|");

/** Counts as passed, of which in another convention, failed, absent. */
const shares = ({ passed, convention, failed, unsupported }) =>
  `${passed + convention}${convention ? ` (${convention})` : ""} / ${failed} / ${unsupported}`;

const overview = table(
  ["library", "version", "type", ...groups],
  reports.map((report) => {
    const of = counts(report);
    return [report.name, report.version, report.dtype, ...groups.map((group) => shares(of[group]))];
  }),
);

/** Texts once each, with the number of times each occurs. */
function tallied(texts) {
  const times = new Map();
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  return [...times].map(([text, count]) => (count === 1 ? text : `${text} (${count})`));
}

/** Failures by name: the first of each, and how many there are. */
function failures({ results, notes }) {
  const failed = results.filter(({ status }) => status === "failed");
  return [...new Set(failed.map(({ name }) => name))].map((name) => {
    const own = failed.filter((result) => result.name === name);
    const cases = own.length === 1 ? "" : `, the first of ${own.length}`;
    return [`\`${own[0].title}\`${cases}`, found(own[0]), notes[name] ?? ""].map(escaped);
  });
}

function section(report) {
  const { name, dtype, results } = report;
  const of = (status) => results.filter((result) => result.status === status);
  const failed = failures(report);
  const conventions = tallied(of("convention").map(({ name: what, convention }) => `\`${what}\`: ${convention}`));
  const missing = groups.map((group) => [group, absent(report, group)]).filter(([, names]) => names.length > 0);
  const options = tallied(
    of("unsupported").flatMap(({ name: what, reason }) => {
      const known = !missing.some(([, names]) => names.includes(what));
      return known ? [`\`${what}\`: ${reason}`] : [];
    }),
  );
  const whole = (group, names) =>
    names.length === new Set(results.filter((one) => one.group === group).map((one) => one.name)).size;
  const listed = ([group, names]) =>
    `${group}: ${whole(group, names) ? "all" : names.map((one) => `\`${one}\``).join(", ")}`;
  const paragraph = (heading, lines) => (lines.length > 0 ? [`${heading} ${lines.join("; ")}.`] : []);
  return [
    `**${name}, ${dtype}**`,
    ...(failed.length > 0 ? [table(["failed", "found", "note"], failed)] : []),
    ...paragraph("In another convention:", conventions),
    ...paragraph("Absent", missing.map(listed)),
    ...paragraph("Options that are absent:", options),
  ].join("\n\n");
}

const text = [
  `Run on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node} on ${cpus()[0]?.model.trim()}, ${process.platform} ${process.arch}.`,
  overview,
  ...reports.map(section).filter((part) => part.includes("\n")),
].join("\n\n");
console.log(text);
if (process.argv.includes("--write")) generatedTable("conformance").replace(`\n${text}\n`);
