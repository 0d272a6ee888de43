// thalweg/export: which layers are written and which are refused, what a file says beside the graph, and the sources and outputs that
// PyTorch ran (tests/export/run.js --write). The files themselves run in ONNX Runtime and in PyTorch: tests/export/run.js.

import * as thalweg from "thalweg";
import {
  adam,
  binaryCrossEntropyWithLogits,
  createTrainer,
  ema,
  flatten,
  gruCell,
  type Layer,
  linear,
  lstmCell,
  meanSquaredError,
  network,
  readSafetensors,
  relu,
  residual,
  rnnCell,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { toOnnx, toPyTorch } from "thalweg/export";
import { loadWeights } from "thalweg/import";
import { describe, expect, it } from "vitest";
import * as exports from "../../bindings/layers/index.js";
import { cases, inputOf, trainerOf } from "../export/cases.js";
import { fixture, testEngine } from "./engine.js";

interface Row {
  readonly name: string;
  readonly model: Layer;
  readonly input: readonly number[];
  readonly indices?: number;
  /** Options of `loadWeights` for what PyTorch has otherwise. */
  readonly load?: object;
}

const engine = await testEngine();
const rows: readonly Row[] = cases(thalweg);
const trainerFor = (model: Layer, more: object = {}) =>
  createTrainer(engine, { model, loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }), ...more });
/** The texts that a file contains. */
const textIn = (file: Uint8Array): string => new TextDecoder("latin1").decode(file);

/** Names of the functions that made a layer and those inside it. */
function kindsIn(given: unknown): string[] {
  if (Array.isArray(given)) return given.flatMap(kindsIn);
  const { definition } = (given ?? {}) as { definition?: readonly unknown[] };
  return definition ? [definition[0] as string, ...kindsIn(definition.slice(1))] : [];
}

describe("layers", () => {
  /** Layers without a file: a step for a loop, and a function of layers. */
  const cells = { gruCell: gruCell(2, 2), lstmCell: lstmCell(2, 2), rnnCell: rnnCell(2, 2) };

  it("each is run elsewhere, or refused", () => {
    const covered = new Set(rows.flatMap(({ model }) => kindsIn(model)));
    const all = Object.keys(exports).filter((name) => name !== "applyLayer");
    expect([...covered, ...Object.keys(cells), "network"].sort()).toEqual(all.sort());
  });

  it.each(Object.entries(cells))("%s is refused, and the layer to use is named", (name, one) => {
    const cell = { ...one, apply: (_: unknown, x: unknown) => x } as unknown as Layer;
    for (const write of [toOnnx, toPyTorch])
      expect(() => write(trainerFor(sequential([linear(2, 2), cell])), { input: [2] })).toThrow(
        `${write.name}: "${name}(2, 2)" (1) is a single step for a loop of your own. Use ${name.replace("Cell", "")}.`,
      );
  });

  it("functions of layers and layers of one's own are refused by name and place", () => {
    const inner = network({ hidden: linear(2, 2) }, ({ hidden }, x) => hidden(x));
    const own: Layer = { name: "mine", parameters: {}, apply: (_, x) => x };
    const write = (model: Layer) => () => toOnnx(trainerFor(model), { input: [2] });
    expect(write(residual(inner))).toThrow(
      'toOnnx: "network(hidden)" (block) is a function of its layers, which no file can contain. Build the model of sequential ' +
        "and residual.",
    );
    expect(write(sequential([linear(2, 2), own]))).toThrow(
      'toOnnx: "mine" (1) is not a layer of the library that other formats have. Build the model of layers of the library, or ' +
        "write this part by hand.",
    );
    expect(write(own)).toThrow(TypeError);
    expect(write({ ...linear(2, 2), apply: (_, x) => x })).toThrow('"linear(2, 2)" is not a layer of the library');
  });
});

describe("PyTorch", () => {
  const { blocks, models } = fixture<{
    blocks: string[];
    models: Record<string, { source: number[]; output: number[] }>;
  }>("torch_export");

  it("each row was run", () => {
    expect(Object.keys(models).sort()).toEqual(rows.map(({ name }) => name).sort());
  });

  it.each(rows.map((row) => [row.name, row] as const))("%s: the source that was run, and its outputs", (name, row) => {
    const { source, output } = models[name] as (typeof models)[string];
    const trainer = trainerOf(thalweg, engine, row as never);
    expect(toPyTorch(trainer, { input: row.input }).source).toBe(source.map((block) => blocks[block]).join("\n\n\n"));
    const { data } = trainer.predict(inputOf(row as never, 1));
    expect(data.length).toBe(output.length);
    const largest = Math.max(1, ...output.map(Math.abs));
    for (const [k, value] of output.entries())
      expect(Math.abs((data[k] as number) - value)).toBeLessThan(1e-6 * largest);
  });

  const added = "flatten before a residual"; // of which nobody can say whether its linear layer has the order of its sum
  it.each(rows.filter(({ name }) => name !== added).map((row) => [row.name, row] as const))(
    "%s: its weights come back as they were",
    (_, row) => {
      const trainer = trainerOf(thalweg, engine, row as never);
      const { weights } = toPyTorch(trainer, { input: row.input });
      const fresh = trainerFor(row.model);
      // PyTorch has a β beside every γ, and what a model takes, it may have flattened.
      loadWeights(fresh, weights, { layout: "pytorch", ...row.load });
      const statistics = (one: typeof trainer) =>
        Object.entries(one.state()).filter(([name]) => /(mean|variance)$/.test(name));
      expect(fresh.parameters()).toEqual(trainer.parameters());
      expect(statistics(fresh)).toEqual(statistics(trainer));
    },
  );

  it("weights keep their names and their numbers", () => {
    const trainer = trainerFor(sequential([linear(2, 3), relu(), linear(3, 1)]));
    const { tensors, metadata } = readSafetensors(toPyTorch(trainer, { input: [2] }).weights);
    expect(metadata).toEqual({ format: "pt" });
    expect(Object.keys(tensors).sort()).toEqual(["0.bias", "0.weight", "2.bias", "2.weight"]);
    expect(tensors["0.weight"]?.shape).toEqual([3, 2]);
    const { data } = trainer.parameters()["0.weight"] as { data: Float32Array };
    expect(tensors["0.weight"]?.data).toEqual(
      Float32Array.of(data[0]!, data[3]!, data[1]!, data[4]!, data[2]!, data[5]!),
    );
  });
});

describe("files", () => {
  const model = () => sequential([linear(2, 3)]);

  it("have labels, standardization and texts of one's own as metadata", () => {
    const trainer = trainerFor(model(), { loss: softmaxCrossEntropy(), standardize: { mean: 1, deviation: 2 } });
    const labels = ["a", "b", "ü"];
    const text = new TextDecoder().decode(toOnnx(trainer, { input: [2], labels, metadata: { from: "here" } }));
    for (const part of ['["a","b","ü"]', '{"mean":[1],"deviation":[2]}', "from", "here", "batch"])
      expect(text).toContain(part);
  });

  it("have probabilities beside logits, and none without", () => {
    const has = (loss: object, type: string) => {
      const text = textIn(toOnnx(trainerFor(model(), { loss }), { input: [2] }));
      return text.includes("probabilities") && text.includes(type);
    };
    expect(has(softmaxCrossEntropy(), "Softmax")).toBe(true);
    expect(has(binaryCrossEntropyWithLogits(), "Sigmoid")).toBe(true);
    expect(has(meanSquaredError(), "")).toBe(false);
  });

  it("of a trainer in f64 hold f32", () => {
    const [wide, narrow] = (["f64", "f32"] as const).map((dtype) => {
      const trainer = trainerFor(model(), { dtype });
      trainer.setParameters({
        "0.weight": [
          [0.1, 0.2, 0.3],
          [0.4, 0.5, 0.6],
        ],
      });
      return toOnnx(trainer, { input: [2] });
    });
    expect(wide).toEqual(narrow);
  });

  it("are refused where f32 has no such number", () => {
    const trainer = trainerFor(model(), { dtype: "f64" });
    trainer.setParameters({ "0.bias": [1, 2, -1e39] });
    const fine = { mean: 1, deviation: 2 };
    for (const write of [toOnnx, toPyTorch]) {
      expect(() => write(trainer, { input: [2] })).toThrow(
        `${write.name}: "0.bias" holds a number that is not finite in f32`,
      );
      for (const wrong of [{ mean: 1e39 }, { deviation: 1e39 }, { deviation: 1e-50 }]) {
        const other = trainerFor(model(), { dtype: "f64", standardize: { ...fine, ...wrong } });
        expect(() => write(other, { input: [2] })).toThrow(/: "standardize" holds a number/);
      }
    }
  });

  it("are of the average if it is asked for", () => {
    const trainer = trainerFor(model(), { average: ema({ decay: 0.9 }) });
    const before = toOnnx(trainer, { input: [2] });
    for (const _ of [1, 2]) trainer.step({ inputs: [[1, 2]], targets: [[1, 2, 3]] });
    const current = toOnnx(trainer, { input: [2] });
    const average = toOnnx(trainer, { input: [2], weights: "average" });
    expect(current).not.toEqual(before);
    expect(average).not.toEqual(current);
    const { data } = trainer.parameters({ weights: "average" })["0.weight"] as { data: Float32Array };
    expect(textIn(average)).toContain(textIn(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
    expect(() => toPyTorch(trainerFor(model()), { input: [2], weights: "average" })).toThrow(
      /^toPyTorch: .*no average/,
    );
  });

  it("change nothing in the trainer, and are the same again", () => {
    const trainer = createTrainer(engine, { model: model(), loss: meanSquaredError(), optimizer: adam() });
    trainer.step({ inputs: [[1, 2]], targets: [[1, 2, 3]] });
    const saved = trainer.save();
    const file = toOnnx(trainer, { input: [2] });
    expect(toOnnx(trainer, { input: [2] })).toEqual(file);
    expect(trainer.save()).toEqual(saved);
  });

  it("of another input are refused by the layer", () => {
    const trainer = trainerFor(sequential([flatten(), linear(4, 1)]));
    expect(() => toOnnx(trainer, { input: [5] })).toThrow("expected [batch, 4]");
    expect(() => toPyTorch(trainer, { input: [5] })).toThrow(thalweg.ShapeError);
    expect(() => toOnnx(trainer, { input: [2, 2] })).not.toThrow();
  });

  it("with labels of another number are refused", () => {
    const write = (labels: string[]) => () => toOnnx(trainerFor(model()), { input: [2], labels });
    expect(write(["a", "b"])).toThrow(
      "toOnnx: got 2 labels, expected 3, as the output is [3]. Give one for each class.",
    );
  });
});
