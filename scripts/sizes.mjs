// What a user downloads, compressed by gzip, against ceilings: raise one knowingly, with the reason in the commit. What is
// not used must not be in the bundle: some names that stand for it are looked for. And the tables must say what is measured.
// Usage: node scripts/sizes.mjs [--write]. With --write it writes the table of docs/sizes.md.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { generatedTable } from "./tables.mjs";

/**
 * Returns the chunks, bundled and minified, of a program that imports `names` from an entry, by default that for browsers,
 * without chunks that load on demand, such as the worker.
 */
async function bundleOf(names, entry = "browser") {
  const uses = `globalThis.used = [${names.join(", ")}];`;
  const contents = names.length ? `import { ${names.join(", ")} } from "./dist/${entry}.js"; ${uses}` : everything;
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: "." },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    outdir: "build/sizes",
    external: ["*.wasm", "*.embedded.js"],
    tsconfigRaw: {},
    metafile: true,
    write: false,
  });
  const chunks = Object.keys(metafile.outputs);
  const wanted = new Set(chunks.filter((chunk) => metafile.outputs[chunk].entryPoint === "<stdin>"));
  for (const chunk of wanted)
    for (const { kind, path } of metafile.outputs[chunk].imports)
      if (kind === "import-statement" && path in metafile.outputs) wanted.add(path);
  return chunks.flatMap((chunk, k) => (wanted.has(chunk) ? [outputFiles[k].contents] : []));
}

const everything = 'export * from "./dist/browser.js";';
const digits =
  "createEngine createTrainer sequential linear relu softmaxCrossEntropy adam accuracy createDataset".split(" ");
const convolutional = [...digits, ..."conv2d maxPool2d batchNorm flatten".split(" ")];
const recurrent = [...digits, "lstm"];
const augmented = [...convolutional, ..."augment randomCrop randomFlip randomRotation".split(" ")];
/** Words of what neither program uses: an option, a sentence or a name that no minifier changes. */
const absent = [
  "muon",
  "warmRestarts",
  "confusionMatrix",
  "gradientCheck",
  "nearestNeighbors",
  "d3-",
  "alignCorners",
  "paddingMode",
  "outputRatio",
  "interpolation",
  "willReadFrequently",
  "BYTE_ORDER_MARK", // of Papa Parse
  "recurrentDropout",
];

const zipped = (parts) => parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0);
const raw = (parts) => parts.reduce((sum, part) => sum + part.length, 0);
const names = ["thalweg", "thalweg.dense", "thalweg.images", "thalweg.sequences", "thalweg.fast"];
const [whole, dense, images, sequences, fast] = names.map((name) => [readFileSync(`dist/${name}.wasm`)]);
const programs = {
  digits: await bundleOf(digits),
  convolutional: await bundleOf(convolutional),
  augmented: await bundleOf(augmented),
  recurrent: await bundleOf(recurrent),
  valueAndGrad: await bundleOf(["createEngine", "valueAndGrad"]),
  table: await bundleOf(
    ["readTable", "tableCoding", "tableCodingFrom", "splitTable", "windows", "withMetadata"],
    "table",
  ),
  plot: await bundleOf(["linesChart", "chartSvg"], "plot"),
  mounted: await bundleOf(["linesChart", "mountChart"], "plot"),
  dashboard: await bundleOf(["createDashboard"], "dashboard"),
  exported: await bundleOf(["toOnnx"], "export"),
  modules: await bundleOf(["toPyTorch"], "export"),
  all: await bundleOf([]),
};
const measured = [
  { name: "dist/thalweg.wasm", parts: whole, ceiling: 103 },
  { name: "dist/thalweg.fast.wasm", parts: fast, ceiling: 103 },
  { name: "dist/thalweg.dense.wasm", parts: dense, ceiling: 38.3 },
  { name: "dist/thalweg.images.wasm", parts: images, ceiling: 52 },
  { name: "dist/thalweg.sequences.wasm", parts: sequences, ceiling: 44.6 },
  { name: "JavaScript, all of it", parts: programs.all, ceiling: 117 },
  { name: "JavaScript, digits", parts: programs.digits, ceiling: 39.8 },
  { name: "JavaScript, valueAndGrad", parts: programs.valueAndGrad, ceiling: 13 },
  { name: "JavaScript, thalweg/table", parts: programs.table, ceiling: 25 },
  { name: "JavaScript, chartSvg", parts: programs.plot, ceiling: 21.5 },
  { name: "JavaScript, mountChart", parts: programs.mounted, ceiling: 26 },
  { name: "JavaScript, thalweg/dashboard", parts: programs.dashboard, ceiling: 34 },
  { name: "JavaScript, toOnnx, trainer", parts: programs.exported, ceiling: 41.5 },
  { name: "JavaScript, toPyTorch, trainer", parts: programs.modules, ceiling: 40.6 },
  { name: "dist/thalweg.cdn.js", parts: [readFileSync("dist/thalweg.cdn.js")], ceiling: 229 },
  { name: "page that trains digits", parts: [...dense, ...programs.digits], ceiling: 78 },
  { name: "page with a convolutional net", parts: [...images, ...programs.convolutional], ceiling: 96 },
  { name: "page with an LSTM", parts: [...sequences, ...programs.recurrent], ceiling: 88 },
  { name: "page with augmentation", parts: [...images, ...programs.augmented], ceiling: 98 },
];

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} kB`.padStart(10);
function fail(sentence) {
  console.log(sentence);
  process.exitCode = 1;
}
console.log(`${"".padEnd(30)}${"raw".padStart(10)}${"gzip".padStart(10)}${"ceiling".padStart(10)}`);
for (const { name, parts, ceiling } of measured) {
  const size = zipped(parts);
  console.log(name.padEnd(30) + kilobytes(raw(parts)) + kilobytes(size) + kilobytes(ceiling * 1024));
  if (size > ceiling * 1024) fail(`${name} is too large`);
}
for (const name of ["digits", "valueAndGrad"]) {
  const text = programs[name].map((chunk) => new TextDecoder().decode(chunk)).join("");
  for (const word of absent.filter((word) => text.includes(word)))
    fail(`${word} is in the bundle of ${name}, which does not use it`);
}

// ---- The table in docs/sizes.md; other releases of zlib may differ by some bytes ----

const page = generatedTable("sizes");
const rows = [
  ["trains digits: a trainer with Adam, layers, data set", dense, programs.digits],
  ["trains a convolutional net: the same with `conv2d`, `maxPool2d`, `batchNorm`", images, programs.convolutional],
  [
    "trains it with augmentation: the same with `augment`, `randomCrop`, `randomFlip`, `randomRotation`",
    images,
    programs.augmented,
  ],
  ["trains an LSTM: as digits, with `lstm`", sequences, programs.recurrent],
  ["`valueAndGrad` alone", dense, programs.valueAndGrad],
  ["everything", whole, programs.all],
].map(([what, engine, scripts]) => ({ what, bytes: [engine, scripts, [...engine, ...scripts]].map(zipped) }));
const line = ({ what, bytes }) => `| ${what} | ${bytes.map((n) => `${(n / 1024).toFixed(1)} kB`).join(" | ")} |`;
const table = ["| a page that | engine | JavaScript | together |", "|---|---|---|---|", ...rows.map(line)].join("\n");
const numbers = (text) => Array.from(text.matchAll(/[\d.]+(?= kB)/g), Number);
const listed = numbers(page.text);
if (process.argv.includes("--write")) page.replace(table);
else if (!numbers(table).every((number, k) => Math.abs(number - listed[k]) < 0.3))
  fail(`${page.file}: the table of sizes differs from what is measured. Run npm run sizes.`);
