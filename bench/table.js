// The tables: for a terminal of 100 columns, and in Markdown for the documentation. A miss is shown as a miss.

const isShare = (against) => against.endsWith("limit");

/** 94.6 % of a limit, 5.4x of anything else. */
function ratioText(value, against) {
  if (isShare(against)) return `${(100 * value).toFixed(1)} %`;
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)}x`;
}

function targetText(value, against) {
  if (value === null) return "";
  return isShare(against) ? `${Math.round(100 * value)} %` : `${value}x`;
}

function number(value) {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

/**
 * "stretch", "floor" or "MISS" for a row that has a floor; the worst of its floors decides, the best if `either` will do.
 * `atMost` makes them ceilings.
 */
export function verdict({ against, target = {}, either = false, atMost = false }) {
  const entries = Object.entries(target);
  if (entries.length === 0) return "";
  const holds = ([name, values], index) =>
    (values[index] ?? null) !== null &&
    (atMost ? against[name].best <= values[index] : against[name].best >= values[index]);
  const reaches = (index) => entries[either ? "some" : "every"]((entry) => holds(entry, index));
  return reaches(1) ? "stretch" : reaches(0) ? "floor" : "MISS";
}

/** The floor (0) or stretch (1) of a row, in the order of the section's columns; named where it has several. */
function targets({ against }, { target = {}, either = false, atMost = false }, index, named) {
  return against
    .filter((name) => target[name]?.[index] !== undefined)
    .map((name, _, all) => targetText(target[name][index], name) + (named && all.length > 1 ? ` ${name}` : ""))
    .map((text) => (atMost ? `≤ ${text}` : text))
    .join(either ? " or " : ", ");
}

/** "45.2", with the median where the row has no ratio, and with the unit unless the heading says it. */
function rateText({ rate, median, unit }) {
  return number(rate) + (median === undefined ? "" : ` (${number(median)})`) + (unit ? ` ${unit}` : "");
}

/** A section as lines: the best slices, in brackets the medians. */
export function terminalTable(section) {
  const { title, unit, against, rows } = section;
  const judged = rows.some(({ target }) => target);
  const header = ["", unit ?? "", ...against, ...(judged ? ["floor", "stretch", ""] : [])];
  const cells = rows.map((row) => [
    row.work,
    rateText(row),
    ...against.map((name) => {
      const value = row.against[name];
      return value ? `${ratioText(value.best, name)} (${ratioText(value.median, name).replace(/ ?[%x]$/, "")})` : "";
    }),
    ...(judged ? [targets(section, row, 0), targets(section, row, 1), verdict(row)] : []),
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...cells].map((line) => line[column].length)));
  const line = (texts) =>
    texts
      .map((text, k) => (k === 0 ? text.padEnd(widths[k]) : text.padStart(widths[k])))
      .join("  ")
      .trimEnd();
  return ["", title, line(header), ...cells.map(line)].join("\n");
}

/** "97.3 % of the limit (96.8), 14.2x plain JS (14.0)". */
function comparisons(section, row) {
  return section.against
    .filter((name) => row.against[name])
    .map((name) => {
      const { best, median } = row.against[name];
      const of = isShare(name) ? `of the ${name}` : name;
      return `${ratioText(best, name)} ${of} (${ratioText(median, name).replace(/ ?[%x]$/, "")})`;
    })
    .join(", ");
}

export const method = [
  "Best of interleaved slices, medians in brackets. Before they are timed, results are checked equal: products within",
  "1e-5 of the largest element, functions 2e-6, sums 1e-3, weights after training 1e-4. TensorFlow.js is called as its",
  "users call it, dispatch included; so is jax-js, in one compiled function.",
];

/** Where this was measured, and what one core can do at best. */
export function hostLines({ machine, limits, fastLimits, fuses }) {
  const fused = fastLimits
    ? `${fastLimits.gflops.toFixed(1)} GFLOP/s, ${(fastLimits.gflops / limits.gflops).toFixed(2)}x, with relaxed ` +
      `multiply-add, which ${fuses ? "fuses" : "does not fuse"} here`
    : "relaxed SIMD is missing here";
  return [
    `${machine.node}, ${machine.cpu}, one thread, ${machine.date}; ${machine.peers}.`,
    `Limit: ${limits.gflops.toFixed(1)} GFLOP/s, ${limits.flopPerCycle.toFixed(1)} flop per cycle at ` +
      `${limits.ghz.toFixed(2)} GHz; ${fused}.`,
  ];
}

/** How strong the baseline is, and what training leaves in memory. */
export function closingLines({ judged, plainOfLimit, plainAloneOfLimit, memory }) {
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0)} KB`;
  const left = (what, { heapBytes, wasmBytes, met }) =>
    `${what} ${kilobytes(heapBytes)} of heap, ${kilobytes(wasmBytes)} of wasm memory${met ? "" : " (MISS)"}`;
  return [
    `Plain JavaScript, matmul 256: ${(100 * plainAloneOfLimit).toFixed(1)} % of the limit in a process of its own` +
      `${judged ? ` (floor 6.5 %${plainAloneOfLimit < 0.065 ? ": MISS" : ""})` : ""}, and ` +
      `${(100 * plainOfLimit).toFixed(1)} % beside WebAssembly memories that have grown.`,
    `After ${memory.steps.toLocaleString("en")} further steps and gc (bounds ${kilobytes(memory.heapBound)}, 0 KB):`,
    `${left("fit adds", memory.fit)}; ${left("step(batch) adds", memory.step)}.`,
  ];
}

/** The table of docs/bench.md; `newer` is the report of a newer Node or null. */
export function markdown(report, newer) {
  const lines = [...hostLines(report), ...method, ...closingLines(report), ""];
  const columns = ["", `Node ${report.machine.version}`, "floor", "stretch"];
  if (newer) columns.push(`Node ${newer.machine.version}`);
  lines.push(`| ${columns.join(" | ")} |`, `|---|---|---|---|${newer ? "---|" : ""}`);
  for (const section of report.sections) {
    lines.push(`| **${section.title}** |${" |".repeat(columns.length - 1)}`);
    const other = newer?.sections.find(({ title }) => title === section.title);
    const text = (row) =>
      [rateText({ ...row, unit: row.unit ?? section.unit }), comparisons(section, row)].filter(Boolean).join(": ");
    for (const row of section.rows) {
      const twin = other?.rows.find(({ work }) => work === row.work);
      const missed = verdict(row) === "MISS" ? "**MISS** " : "";
      const cells = [row.work, missed + text(row), targets(section, row, 0, true), targets(section, row, 1, true)];
      if (newer) cells.push(twin ? text(twin) : "");
      lines.push(`| ${cells.join(" | ")} |`);
    }
  }
  return lines.join("\n");
}

/** The rows of README.md: section, work, and what a reader calls it. */
const summarized = [
  ["Matrix products", "512 · 512", "matrix product, 512 × 512"],
  ["Whole training steps", "SGD, batch 64", "training step of 784-128-10, SGD, batch 64"],
  ["Whole training steps", "Adam, batch 32", "training step of 784-128-10, Adam, batch 32"],
  ["Small steps", "XOR 2-8-1, SGD", "training step of 2-8-1 on four rows, SGD"],
  ["Updates of 1 M parameters", "Adam", "Adam's update of 1 M parameters"],
  ["Arrays", "exp of 1 M in ±4", "exp of 1 M numbers"],
  ["Arrays", "softmax of 64x1000", "softmax of 64 × 1000"],
  ["Arrays", "sum of 1 M", "sum of 1 M numbers"],
  ["Minimizing in f64", "L-BFGS", "L-BFGS on 100 variables"],
];

/** The table of README.md and docs/guide/speed.md: rates, and how many times those of plain JavaScript and TensorFlow.js they are. */
export function summary(report, newer) {
  const reports = newer ? [report, newer] : [report];
  const columns = reports.flatMap(({ machine }) => [`Node ${machine.version}`, "plain JS", "TensorFlow.js"]);
  const rows = summarized.map(([title, work, text]) => {
    const cells = reports.flatMap(({ sections }) => {
      const section = sections.find((section) => section.title.startsWith(title));
      const row = section.rows.find((row) => row.work.startsWith(work));
      const ratio = (name) => (row.against[name] ? ratioText(row.against[name].best, name) : "");
      return [rateText({ rate: row.rate, unit: row.unit ?? section.unit }), ratio("plain JS"), ratio("tfjs-wasm")];
    });
    return `| ${[text, ...cells].join(" | ")} |`;
  });
  const { node, cpu, date, peers } = report.machine;
  return [
    `${node}, ${cpu}, one thread, ${date}; ${peers}.`,
    "",
    `| ${["", ...columns].join(" | ")} |`,
    `|---|${"---|".repeat(columns.length)}`,
    ...rows,
  ].join("\n");
}
