// npm run bench: the engine against the limit of the machine, plain JavaScript and TensorFlow.js, in one process; then
// the same on a newer Node. Numbers are worth something only as ratios within one run.
// Usage: npm run bench [-- --write]; --write puts the tables into docs/bench.md,
// docs/guide/speed.md and README.md.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import * as thalweg from "../dist/node.js";
import { generatedTable } from "../scripts/tables.mjs";
import { kernelEngine } from "./compile.js";
import { limits } from "./limits.js";
import { describe } from "./machine.js";
import { newerNode, runOn } from "./newer.js";
import { loadTfjs } from "./peers/tfjs.js";
import { augmentedNet, convolutionalNet, convolutions, imagesAgainstPeer } from "./rows/convolutions.js";
import { elementwise, residents } from "./rows/elementwise.js";
import { embeddings } from "./rows/embeddings.js";
import { gathers } from "./rows/gathers.js";
import { memory } from "./rows/memory.js";
import { minimizers } from "./rows/minimizers.js";
import { normalizations } from "./rows/normalizations.js";
import { others } from "./rows/others.js";
import { fastProducts, products } from "./rows/products.js";
import { sequences } from "./rows/sequences.js";
import { solvers } from "./rows/solvers.js";
import { steps, xor } from "./rows/steps.js";
import { additions, updates } from "./rows/updates.js";
import { closingLines, hostLines, markdown, method, summary, terminalTable, verdict } from "./table.js";

/** Everything on this Node; `seconds` scales how long is timed, `judged` says whether the floors are meant for it. */
async function measure(seconds, judged) {
  const alone = plainAlone();
  const workbench = await kernelEngine("release");
  const kernels = workbench.core;
  const fastKernels = (await kernelEngine("fast"))?.core ?? null;
  const tf = await loadTfjs();
  const bench = {
    thalweg,
    tf,
    seconds,
    workbench,
    kernels,
    fastKernels,
    fuses: fastKernels !== null && Boolean(fastKernels.fuses(2 ** -12)),
    engine: await thalweg.createEngine(),
    fastEngine: fastKernels && (await thalweg.createEngine({ build: "fast" })),
  };
  const host = {
    machine: describe(tf, await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")),
    limits: limits(kernels),
    fastLimits: fastKernels && limits(fastKernels),
    fuses: bench.fuses,
  };
  console.log(hostLines(host).join("\n"));
  const sections = [];
  for (const make of [
    products,
    fastKernels && fastProducts,
    convolutions,
    imagesAgainstPeer,
    convolutionalNet,
    augmentedNet,
    steps,
    updates,
    additions,
    elementwise,
    residents,
    solvers,
    minimizers,
    xor,
    sequences,
    embeddings,
    normalizations,
    gathers,
    others,
  ]) {
    if (!make) continue;
    const section = await make(bench);
    if (!judged) for (const row of section.rows) delete row.target;
    sections.push(section);
    console.log(terminalTable(section));
  }
  const { plainOfLimit } = sections[0].rows.find(({ work }) => work.startsWith("256"));
  const plainAloneOfLimit = alone / host.limits.gflops;
  const report = { ...host, judged, sections, plainOfLimit, plainAloneOfLimit, memory: await memory(bench) };
  console.log(["", ...closingLines(report)].join("\n"));
  return report;
}

/** GFLOP/s of plain JavaScript alone: see alone.js. */
function plainAlone() {
  return Number(execFileSync(process.execPath, [join(import.meta.dirname, "alone.js")], { encoding: "utf8" }));
}

/** The sections and rows below their floor, as lines. */
function missed({ sections }) {
  return sections.flatMap(({ title, rows }) => {
    const names = rows.filter((row) => verdict(row) === "MISS").map(({ work }) => work);
    return names.length > 0 ? [`Below the floor in ${title}: ${names.join("; ")}`] : [];
  });
}

async function onNewerNode() {
  const node = newerNode();
  if (!node) return null;
  console.log("\nThe same on a newer Node, for which there are no floors.");
  try {
    return await runOn(node, import.meta.filename);
  } catch (error) {
    console.log(error.message);
    return null;
  }
}

if (process.send) process.send(await measure(0.6, false), () => process.disconnect());
else {
  const begun = performance.now();
  console.log([...method, ""].join("\n"));
  const report = await measure(1, true);
  const newer = await onNewerNode();
  writeFileSync(join(import.meta.dirname, "report.json"), `${JSON.stringify({ report, newer }, null, 2)}\n`);
  if (process.argv.includes("--write")) {
    generatedTable("bench").replace(markdown(report, newer));
    for (const file of ["README.md", "docs/guide/speed.md"])
      generatedTable("speed", file).replace(summary(report, newer));
    console.log("The tables are in docs/bench.md, docs/guide/speed.md and README.md.");
  }
  const misses = missed(report);
  console.log(["", ...(misses.length > 0 ? misses : ["Every floor is reached."])].join("\n"));
  console.log(`${((performance.now() - begun) / 1000).toFixed(0)} s; all numbers are in bench/report.json.`);
}
