// Arrays that are not of this realm or not of a plain class: Node's Buffer, which is a window into a larger block and whose
// slice is no copy, and what another context of node:vm makes, which instanceof does not know.

import { Buffer } from "node:buffer";
import { runInNewContext } from "node:vm";
import {
  adam,
  createDataset,
  createTrainer,
  linear,
  meanSquaredError,
  readSafetensors,
  splitSamples,
  type Tensor,
  valueAndGrad,
  writeSafetensors,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { testEngine } from "./engine.js";

const engine = await testEngine();

/** The bytes as a Buffer somewhere inside a pool. */
function pooled(bytes: Uint8Array): Buffer {
  const pool = Buffer.alloc(bytes.length + 24, 0xff);
  pool.set(bytes, 8);
  return pool.subarray(8, 8 + bytes.length);
}

/** The same array as another realm makes it. */
const foreign = <T extends Uint8Array | Float32Array | Float64Array | Int32Array>(data: T): T =>
  runInNewContext(`new ${data.constructor.name}([${Array.from(data).join(", ")}])`);

describe.each([
  ["a Buffer", pooled],
  ["another realm's", foreign],
] as const)("a file as %s", (_, as) => {
  it("is read", () => {
    const weight = { data: Float32Array.of(1, 2, 3), shape: [3] };
    const half = { data: Float64Array.of(0.5), shape: [] };
    expect(readSafetensors(as(writeSafetensors({ weight, half }))).tensors).toEqual({ weight, half });
  });

  it("restores a trainer", () => {
    const make = () =>
      createTrainer(engine, { model: linear(2, 1), loss: meanSquaredError(), optimizer: adam(), seed: 4 });
    const [one, other] = [make(), make()];
    const batch = { inputs: [[1, 2]], targets: [[3]] };
    one.step(batch);
    const file = one.save();
    other.restore(as(file));
    expect(other.save()).toEqual(file);
    one.step(batch);
    other.step(batch);
    expect(other.save()).toEqual(one.save());
  });
});

it("what is read does not share the file's memory", () => {
  const file = pooled(writeSafetensors({ weight: { data: Float32Array.of(1, 2), shape: [2] } }));
  const { weight } = readSafetensors(file).tensors;
  file.fill(0);
  expect(weight!.data).toEqual(Float32Array.of(1, 2));
});

it("a Buffer is written as u8", () => {
  const file = writeSafetensors({ pixels: { data: pooled(Uint8Array.of(7, 8)), shape: [2] } });
  expect(readSafetensors(file).tensors.pixels!.data).toEqual(Uint8Array.of(7, 8));
});

describe.each([
  ["a Buffer", pooled(Uint8Array.of(0, 255, 51, 102))],
  ["pixels of a canvas", Uint8ClampedArray.of(0, 255, 51, 102)],
  ["another realm's Uint8Array", foreign(Uint8Array.of(0, 255, 51, 102))],
  ["another realm's Float32Array", foreign(Float32Array.of(0, 255, 51, 102))],
])("samples as %s", (_, data) => {
  it("train like their numbers", () => {
    const trainer = createTrainer(engine, {
      model: linear(2, 1),
      loss: meanSquaredError(),
      optimizer: adam(),
      standardize: { mean: 0, deviation: 255 },
    });
    const plain = {
      inputs: [
        [0, 255],
        [51, 102],
      ],
      targets: [[1], [2]],
    };
    const samples = { inputs: { data, shape: [2, 2] }, targets: foreign(Float64Array.of(1, 2)) };
    const dataset = createDataset(engine, { ...samples, targets: { data: samples.targets, shape: [2, 1] } });
    expect(trainer.evaluate(dataset)).toEqual(trainer.evaluate(plain));
    dataset.free();
  });

  it("are split", () => {
    const { train, validation } = splitSamples(
      { inputs: { data, shape: [4, 1] }, targets: { data: foreign(Int32Array.of(0, 1, 0, 1)), shape: [4] } },
      { fraction: 0.25, seed: 1 },
    );
    const halves = [train, validation].flatMap(({ inputs }) => Array.from((inputs as { data: Uint8Array }).data));
    expect(halves.sort((a, b) => a - b)).toEqual([0, 51, 102, 255]);
  });
});

it("another realm's numbers keep their type in a traced function", () => {
  const f = valueAndGrad(engine, (x) => x.square().sum());
  expect(f(foreign(Float32Array.of(1, 2))).gradient).toEqual({ data: Float32Array.of(2, 4), shape: [2] });
});

it.each([
  ["a Uint16Array", Uint16Array.of(1, 2)],
  ["a BigInt64Array", BigInt64Array.of(1n)],
])("%s is refused by name, and is no tree of its elements", (name, data) => {
  const f = valueAndGrad(engine, ({ w }: { w: Tensor }) => w.square().sum());
  expect(() => f({ w: data as never })).toThrow(
    new TypeError(
      'valueAndGrad: "w": expected numbers, an array, a Float32Array, Float64Array, Int32Array or Uint8Array, or ' +
        `{ data, shape }, got ${name}. Try Float64Array.from(it, Number).`,
    ),
  );
});

it("a file as an ArrayBuffer, as a response has it, is refused with what to write", () => {
  expect(() => readSafetensors(writeSafetensors({}).buffer as never)).toThrow(
    new TypeError("readSafetensors: the file must be a Uint8Array, got an ArrayBuffer. Try new Uint8Array(buffer)."),
  );
});
