// What a user downloads, against ceilings: raise one knowingly, with the reason in the commit. And what is not used must
// not be in the bundle: some names that stand for it are looked for.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * The chunks that a program downloads which imports `names` from the browser's entry, bundled and minified; what loads
 * on demand, as the worker does, is in chunks of its own and not among them.
 */
async function bundleOf(names) {
  const uses = `globalThis.used = [${names.join(", ")}];`;
  const contents = names.length ? `import { ${names.join(", ")} } from "./dist/browser.js"; ${uses}` : everything;
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
/** Words of what neither program uses: an option, a sentence or a name that no minifier changes. */
const absent = ["muon", "warmRestarts", "confusionMatrix", "gradientCheck", "nearestNeighbours", "d3-"];

const core = readFileSync("dist/thalweg.core.wasm");
const trainer = await bundleOf(digits);
const tiny = await bundleOf(["createEngine", "valueAndGrad"]);
const rows = [
  { name: "dist/thalweg.wasm", parts: [readFileSync("dist/thalweg.wasm")], ceiling: 128 },
  { name: "dist/thalweg.fast.wasm", parts: [readFileSync("dist/thalweg.fast.wasm")], ceiling: 128 },
  { name: "dist/thalweg.core.wasm", parts: [core], ceiling: 54 },
  { name: "JavaScript, all of it", parts: await bundleOf([]), ceiling: 75 },
  { name: "JavaScript, digits", parts: trainer, ceiling: 38 },
  { name: "JavaScript, valueAndGrad", parts: tiny, ceiling: 15 },
  { name: "page that trains digits", parts: [core, ...trainer], ceiling: 90 }, // the goal is 75,
].map((row) => ({
  ...row,
  bytes: row.parts.reduce((sum, part) => sum + part.length, 0),
  zipped: row.parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0),
}));

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} kB`.padStart(10);
console.log(`${"".padEnd(26)}${"raw".padStart(10)}${"gzip".padStart(10)}${"ceiling".padStart(10)}`);
for (const { name, bytes, zipped, ceiling } of rows) {
  const verdict = zipped > ceiling * 1024 ? "  too large" : "";
  console.log(name.padEnd(26) + kilobytes(bytes) + kilobytes(zipped) + kilobytes(ceiling * 1024) + verdict);
  if (verdict) process.exitCode = 1;
}
for (const [name, chunks] of Object.entries({ digits: trainer, valueAndGrad: tiny })) {
  const text = chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");
  for (const word of absent.filter((word) => text.includes(word))) {
    console.log(`${word} is in the bundle of ${name}, which does not use it`);
    process.exitCode = 1;
  }
}
