// Exported models in other programs, against the library's own outputs: ONNX files in ONNX Runtime for the web, which needs no
// native code, in that for Node if it is installed beside it, and modules in PyTorch if python3 has it. Prints a line a test and
// at last "N passed, N failed". What is not installed is skipped with a sentence; --require counts the runtime for the web as
// failed then. --only=NAME takes the rows whose names contain NAME. --write writes what PyTorch returned, and the sources that it
// ran, to tests/fixtures/torch_export.json, which tests/bindings/export.test.ts compares where there is no PyTorch.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toOnnx, toPyTorch } from "../../dist/export.js";
import * as library from "../../dist/node.js";
import { conclude, skip, test } from "../tally.js";
import { cases, inputOf, trainerOf } from "./cases.js";

const required = process.argv.includes("--require");
const here = (path) => join(import.meta.dirname, path);
const wasm = new WebAssembly.Module(readFileSync(here("../../dist/thalweg.wasm")));
const only = process.argv.find((argument) => argument.startsWith("--only="))?.slice("--only=".length);
const rows = cases(library).filter(({ name }) => !only || name.includes(only));

/** Throws if the arrays differ by more than a part of the largest number, or of 1. */
function agree(name, got, wanted, tolerance) {
  if (got.length !== wanted.length) throw new Error(`${name}: got ${got.length} numbers, expected ${wanted.length}`);
  const largest = wanted.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  let worst = 0;
  for (let k = 0; k < got.length; k++) worst = Math.max(worst, Math.abs(got[k] - wanted[k]));
  if (!(worst <= tolerance * largest)) throw new Error(`${name}: differs by ${worst}, largest number ${largest}`);
  return worst;
}

/** Runs a file for batches of 1, 3 and 64 rows. */
async function checkOnnx(ort, options, row) {
  const engine = await library.createEngine({ wasm });
  const trainer = trainerOf(library, engine, row);
  const file = toOnnx(trainer, { input: row.input });
  const session = await ort.InferenceSession.create(file, options);
  for (const batch of [1, 3, 64]) {
    const { data, shape } = inputOf(row, batch);
    const input = new ort.Tensor(row.indices ? "int32" : "float32", data, shape);
    const results = await session.run({ input });
    const wanted = trainer.predict({ data, shape });
    if (results.output.dims.join() !== wanted.shape.join())
      throw new Error(`got shape [${results.output.dims}], expected [${wanted.shape}]`);
    agree(`batch of ${batch}`, results.output.data, wanted.data, 1e-5);
    if (batch > 1 || wanted.shape.length !== 2 || row.loss?.name !== "softmaxCrossEntropy") continue;
    const { probabilities } = trainer.classify({ data, shape: row.input });
    agree("probabilities", results.probabilities.data, probabilities, 1e-5);
  }
  await session.release();
}

const written = [];
for (const row of rows) {
  const trainer = trainerOf(library, await library.createEngine({ wasm }), row);
  written.push({ row, model: toPyTorch(trainer, { input: row.input }), wanted: trainer.predict(inputOf(row, 3)) });
}

for (const [name, file] of [
  ["onnxruntime-web", "onnxruntime-web/dist/ort.wasm.min.mjs"],
  ["onnxruntime-node", "onnxruntime-node/dist/index.js"],
]) {
  const path = here(`node_modules/${file}`);
  if (!existsSync(path)) {
    const advice = name.endsWith("web") ? "Run npm --prefix tests/export ci." : "To run them, npm --prefix tests/export install --no-save --ignore-scripts onnxruntime-node@1.30.0."; // biome-ignore format: one line
    skip(`${name} is not here: its tests are skipped. ${advice}`, required && name.endsWith("web"));
    continue;
  }
  const module = await import(path);
  const ort = module.default?.InferenceSession ? module.default : module;
  if (name.endsWith("web")) ort.env.wasm.numThreads = 1;
  const options = name.endsWith("web") ? { executionProviders: ["wasm"] } : {};
  for (const row of rows) await test(`${name}: ${row.name}`, () => checkOnnx(ort, options, row));
}

/** Outputs of all modules in PyTorch by name, of 3 rows each. */
function torchOutputs(python) {
  const folder = mkdtempSync(join(tmpdir(), "thalweg-torch-"));
  try {
    const given = written.map(({ row, model }, k) => {
      writeFileSync(join(folder, `${k}.safetensors`), model.weights);
      const { data, shape } = inputOf(row, 3);
      return { name: row.name, source: model.source, weights: `${k}.safetensors`, data: [...data], shape, indices: !!row.indices }; // biome-ignore format: one line
    });
    writeFileSync(join(folder, "cases.json"), JSON.stringify(given));
    const { stdout, stderr, status } = spawnSync(python, [here("torch_outputs.py"), folder], { encoding: "utf8", maxBuffer: 2 ** 28 }); // biome-ignore format: one line
    if (status !== 0) throw new Error(stderr);
    return new Map(JSON.parse(stdout).map((result) => [result.name, result]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Sources in blocks, which many share, and the outputs of the first row. */
function writeFixture(outputs) {
  const blocks = [...new Set(written.flatMap(({ model }) => model.source.split("\n\n\n")))];
  const models = written.map(({ row, model }) => {
    const { data, shape } = outputs.get(row.name);
    const first = data.slice(0, data.length / shape[0]).map((x) => Number(x.toPrecision(9)));
    return [row.name, { source: model.source.split("\n\n\n").map((block) => blocks.indexOf(block)), output: first }];
  });
  const text = JSON.stringify({ blocks, models: Object.fromEntries(models) });
  writeFileSync(
    here("../fixtures/torch_export.json"),
    `${text.replaceAll('},"', '},\n"').replaceAll('","', '",\n"')}\n`,
  );
}

const python = ["/usr/bin/python3", "python3"].find((file) => spawnSync(file, ["-c", "import torch"]).status === 0);
if (!python) skip("PyTorch is not here: its tests are skipped. On Debian, install python3-torch.", false);
else {
  const outputs = torchOutputs(python);
  for (const { row, wanted } of written)
    await test(`PyTorch: ${row.name}`, () => {
      const { data, shape } = outputs.get(row.name);
      if (shape.join() !== wanted.shape.join()) throw new Error(`got shape [${shape}], expected [${wanted.shape}]`);
      agree(row.name, data, wanted.data, 1e-6);
    });
  if (process.argv.includes("--write")) writeFixture(outputs);
}

conclude();
