// Checkpoints: hostile files are refused with a sentence and change nothing; what is accepted is taken up exactly; and
// files go to and come from another writer of the format.

import fc from "fast-check";
import {
  type ArrayLike,
  adam,
  createTrainer,
  type Engine,
  linear,
  meanSquaredError,
  type NDArray,
  readSafetensors,
  relu,
  sequential,
  sgd,
  type Trainer,
  writeSafetensors,
} from "thalweg";
import { beforeEach, describe, expect, it } from "vitest";
import { fixture, testEngine } from "./engine.js";
import { expectSameBits, numbers } from "./numbers.js";
import { batch, type Case, classifier, expectFailures, wrong } from "./refusals.js";

let engine: Engine;
let trainer: Trainer;

beforeEach(async () => {
  engine = await testEngine();
  trainer = classifier(engine);
  await trainer.fit(batch, { steps: 3, batchSize: 2 });
});

const table = (rows: () => readonly Case[]): void => expectFailures(() => trainer, rows);

describe("damaged checkpoints", () => {
  /** The file with another header; the bytes of the tensors stay. */
  function edited(bytes: Uint8Array, change: (header: Record<string, never>) => void, before = 0): Uint8Array {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    change(header);
    return assembled(JSON.stringify(header), bytes.subarray(8 + length), before);
  }
  /** A file of a header and bytes, with some zeros between. */
  function assembled(header: string, bytes: Uint8Array, before = 0): Uint8Array {
    const text = new TextEncoder().encode(header);
    const file = new Uint8Array(8 + text.length + before + bytes.length);
    new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
    file.set(text, 8);
    file.set(bytes, 8 + text.length + before);
    return file;
  }
  /** The file with other tensors. */
  function rewritten(bytes: Uint8Array, change: (tensors: Record<string, NDArray>) => void): Uint8Array {
    const { tensors, metadata } = readSafetensors(bytes);
    change(tensors);
    return writeSafetensors(tensors, metadata);
  }
  type Header = Record<string, { dtype: string; shape: number[]; data_offsets: number[] } & Record<string, string>>;
  const restore = (change: (bytes: Uint8Array) => Uint8Array) => () => trainer.restore(change(trainer.save()));
  const header = (change: (header: Header) => void) => restore((bytes) => edited(bytes, change as never));
  const meta = (name: string, value: unknown) =>
    header((h) => {
      (h.__metadata__ as Record<string, unknown>)[name] = value;
    });
  const text = (change: (header: string) => string) =>
    restore((bytes) => {
      const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
      return assembled(change(new TextDecoder().decode(bytes.subarray(8, 8 + length))), bytes.subarray(8 + length));
    });
  const withLength = (length: bigint) =>
    restore((bytes) => {
      new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(0, length, true);
      return bytes;
    });
  table(() => [
    ["no bytes", () => trainer.restore(wrong("file")), TypeError, /restore: the file must be a Uint8Array/],
    ["an empty file", () => trainer.restore(new Uint8Array(0)), RangeError, /restore: the file is cut off/],
    ["seven bytes", restore((bytes) => bytes.slice(0, 7)), RangeError, /cut off/],
    ["cut in the header", restore((bytes) => bytes.slice(0, 100)), RangeError, /restore: /],
    ["cut in the tensors", restore((bytes) => bytes.slice(0, -1)), RangeError, /restore: tensor/],
    [
      "a header of 2⁶⁴ − 1 bytes",
      withLength(2n ** 64n - 1n),
      RangeError,
      /restore: the first 8 bytes say that the header has 18446744073709551615 bytes, expected at most/,
    ],
    ["a giant header", withLength(2n ** 62n), RangeError, /restore: the first 8 bytes say that the header has/],
    [
      "a header of 99 million bytes",
      withLength(99_000_000n),
      RangeError,
      /restore: the first 8 bytes say that the header has/,
    ],
    ["a header of nothing", withLength(0n), RangeError, /restore: the header is not JSON/],
    ["a header that is no JSON", restore((bytes) => bytes.fill(123, 8, 20)), RangeError, /not JSON/],
    ["bytes that are no UTF-8", restore((bytes) => bytes.fill(255, 30, 34)), RangeError, /restore: /],
    [
      "an unknown type",
      header((h) => {
        h["0.bias"]!.dtype = "F4";
      }),
      RangeError,
      /tensor "0\.bias" is F4, expected f32/,
    ],
    [
      "another type of the same size",
      header((h) => {
        h["0.bias"]!.dtype = "I32";
      }),
      RangeError,
      /"0\.bias"/,
    ],
    [
      "offsets outside",
      header((h) => {
        h["0.bias"]!.data_offsets = [1e9, 1e9 + 16];
      }),
      RangeError,
      /"0\.bias"/,
    ],
    [
      "negative offsets",
      header((h) => {
        h["0.bias"]!.data_offsets = [-16, 0];
      }),
      RangeError,
      /"0\.bias"/,
    ],
    [
      "fractional offsets",
      header((h) => {
        h["0.bias"]!.data_offsets = [0.5, 16.5];
      }),
      RangeError,
      /"0\.bias"/,
    ],
    [
      "offsets of texts",
      header((h) => {
        h["0.bias"]!.data_offsets = wrong(["0", "16"]);
      }),
      RangeError,
      /"0\.bias"/,
    ],
    [
      "overlapping tensors",
      header((h) => {
        h["optimizer.0.0.bias"]!.data_offsets = h["0.bias"]!.data_offsets;
      }),
      RangeError,
      /overlap/,
    ],
    [
      "a negative extent",
      header((h) => {
        h["0.bias"]!.shape = [-4];
      }),
      RangeError,
      /"0\.bias"/,
    ],
    [
      "another shape",
      header((h) => {
        h["0.bias"]!.shape = [2, 2];
      }),
      RangeError,
      /0\.bias/,
    ],
    [
      "another shape of a moment",
      header((h) => {
        h["optimizer.1.0.bias"]!.shape = [2, 2];
      }),
      RangeError,
      /restore: .*"optimizer\.1\.0\.bias"/,
    ],
    [
      "a moment of Adam below 0",
      restore((bytes) => {
        const copy = bytes.slice();
        const length = Number(new DataView(copy.buffer).getBigUint64(0, true));
        const text = JSON.parse(new TextDecoder().decode(copy.subarray(8, 8 + length)));
        new DataView(copy.buffer).setFloat32(8 + length + text["optimizer.1.0.bias"].data_offsets[0], -1, true);
        return copy;
      }),
      RangeError,
      /restore: .*"optimizer\.1\.0\.bias"/,
    ],
    [
      "an entry that is null",
      header((h) => {
        h["0.bias"] = wrong(null);
      }),
      RangeError,
      /"0\.bias"/,
    ],
    [
      "a missing tensor",
      restore((bytes) =>
        rewritten(bytes, (tensors) => {
          delete tensors["0.bias"];
        }),
      ),
      RangeError,
      /"0\.bias".*missing/,
    ],
    [
      "a missing moment",
      restore((bytes) =>
        rewritten(bytes, (tensors) => {
          delete tensors["optimizer.1.0.bias"];
        }),
      ),
      RangeError,
      /"optimizer\.1\.0\.bias".*missing/,
    ],
    [
      "no metadata",
      header((h) => {
        delete h.__metadata__;
      }),
      RangeError,
      /not a checkpoint/,
    ],
    [
      "metadata that is null",
      header((h) => {
        h.__metadata__ = wrong(null);
      }),
      RangeError,
      /restore: /,
    ],
    ["another version", meta("version", "99"), RangeError, /version 99, expected/],
    ["another format", meta("format", "pt"), RangeError, /not a checkpoint/],
    ["another model in words", meta("model", "f32 adam"), RangeError, /another model/],
    ["a step that is no number", meta("step", "many"), RangeError, /step is many/],
    [
      "a step that is missing",
      header((h) => {
        delete (h.__metadata__ as Record<string, unknown>).step;
      }),
      RangeError,
      /step is missing/,
    ],
    ["a negative step", meta("step", "-1"), RangeError, /step is -1/],
    ["half a step", meta("step", "0.5"), RangeError, /step is 0\.5/],
    ["a position beyond the rows", meta("position", "1000000"), RangeError, /position is 1000000/],
    ["a position beyond 32 bits", meta("position", "4294967298"), RangeError, /position is 4294967298/],
    ["an epoch beyond 32 bits", meta("epoch", "4294967296"), RangeError, /epoch is 4294967296/],
    ["a loss of an epoch that is NaN", meta("epochLoss", "NaN"), RangeError, /epochLoss is NaN/],
    ["a negative number of rows", meta("epochRows", "-5"), RangeError, /epochRows is -5/],
    [
      "NaN in a tensor",
      restore((bytes) => {
        bytes.fill(255, -4);
        return bytes;
      }),
      RangeError,
      /not finite/,
    ],
    [
      "halves instead of singles",
      restore((bytes) =>
        rewritten(bytes, (tensors) => {
          tensors["0.bias"] = { data: Float64Array.of(1, 2, 3, 4), shape: [4] };
        }),
      ),
      RangeError,
      /"0\.bias" is F64, expected f32/,
    ],
    [
      "a tensor more",
      restore((bytes) =>
        rewritten(bytes, (tensors) => {
          tensors.constructor = { data: Float32Array.of(1), shape: [1] } as never;
        }),
      ),
      RangeError,
      /"constructor" is not of this trainer/,
    ],
    [
      "a tensor named __proto__",
      text((header) => header.replace('"0.bias":', '"__proto__":')),
      RangeError,
      /__proto__/,
    ],
    ["a name twice", text((header) => header.replace('"0.weight":', '"0.bias":')), RangeError, /a name twice/],
    [
      "metadata twice",
      text((header) => header.replace('"format":"thalweg"', '"format":"pt","format":"thalweg"')),
      RangeError,
      /a name twice/,
    ],
    [
      "an offset twice",
      text((header) => header.replace('"dtype":"F32"', '"dtype":"F64","dtype":"F32"')),
      RangeError,
      /twice/,
    ],
    ["metadata that is no text", meta("step", 3), RangeError, /metadata "step" is 3, expected text/],
    ["metadata that nests", meta("more", { a: "b" }), RangeError, /names where none belong/],
    ["a number in other words", meta("step", "0x3"), RangeError, /step is 0x3/],
    [
      "a field more",
      header((h) => {
        h["0.bias"]!.more = wrong(1);
      }),
      RangeError,
      /"0\.bias" is described wrongly/,
    ],
    [
      "three offsets",
      header((h) => {
        h["0.bias"]!.data_offsets.push(1);
      }),
      RangeError,
      /"0\.bias" is described wrongly/,
    ],
    [
      "extents whose product has no number",
      header((h) => {
        h["0.bias"]!.shape = [2 ** 53 - 1, 2 ** 53 - 1, 2 ** 53 - 1];
      }),
      RangeError,
      /"0\.bias" takes bytes/,
    ],
    [
      "extents whose product overflows every number",
      header((h) => {
        h["0.bias"]!.shape = [...new Array(30).fill(2 ** 50), 0];
      }),
      RangeError,
      /"0\.bias" takes bytes/,
    ],
    [
      "a hole",
      restore((bytes) =>
        edited(
          bytes,
          (h) => {
            for (const [name, entry] of Object.entries(h) as unknown as [string, { data_offsets: number[] }][])
              if (name !== "__metadata__") entry.data_offsets = entry.data_offsets.map((at) => at + 4);
          },
          4,
        ),
      ),
      RangeError,
      /bytes 0 \.\. 4 belong to no tensor/,
    ],
    [
      "bytes behind the last tensor",
      restore((bytes) => Uint8Array.of(...bytes, 0, 0)),
      RangeError,
      /belong to no tensor/,
    ],
    [
      "infinity in a tensor",
      restore((bytes) =>
        rewritten(bytes, (tensors) => {
          tensors["0.bias"] = { data: Float32Array.of(1, Infinity, 3, 4), shape: [4] };
        }),
      ),
      RangeError,
      /not finite/,
    ],
    ["deep brackets", text(() => "[".repeat(200_000)), RangeError, /not JSON/],
    ["a list", text(() => "[]"), RangeError, /not an object/],
    [
      "of another model",
      () => trainer.restore(classifier(engine, { model: linear(2, 3) }).save()),
      RangeError,
      /another model or optimizer: got .*expected/,
    ],
    [
      "of another optimizer",
      () => trainer.restore(classifier(engine, { optimizer: sgd({ learningRate: 1 }) }).save()),
      RangeError,
      /another model or optimizer/,
    ],
    [
      "of another type",
      () => trainer.restore(classifier(engine, { dtype: "f64" }).save()),
      RangeError,
      /another model or optimizer/,
    ],
    [
      "of a momentum of another form",
      () => {
        const own = classifier(engine, { optimizer: sgd({ learningRate: 1, momentum: 0.9 }) });
        own.restore(
          classifier(engine, { optimizer: sgd({ learningRate: 1, momentum: 0.9, momentumForm: "velocity" }) }).save(),
        );
      },
      RangeError,
      /another model or optimizer/,
    ],
    [
      "of another activation",
      () => trainer.restore(classifier(engine, { model: sequential([linear(2, 4), relu(), linear(4, 3)]) }).save()),
      RangeError,
      /another model/,
    ],
  ]);

  it("a mean of squares that overflowed in f32, while weights and gradient are finite, is taken up again", () => {
    const make = () =>
      createTrainer(engine, { model: linear(1, 1), loss: meanSquaredError(), optimizer: adam(), seed: 3 });
    const [overflowed, resumed] = [make(), make()];
    overflowed.step({ inputs: [[1e16]], targets: [[1e8]] });
    resumed.restore(overflowed.save());
    expect(readSafetensors(resumed.save()).tensors["optimizer.1.weight"]?.data[0]).toBe(Infinity);
    for (const trainer of [overflowed, resumed]) trainer.step({ inputs: [[1]], targets: [[1]] });
    expectSameBits(resumed.save(), overflowed.save());
  });

  it("cut anywhere: refused, nothing changed", () => {
    const saved = trainer.save();
    for (let length = 0; length < saved.length; length++)
      expect(() => trainer.restore(saved.subarray(0, length)), `${length} bytes`).toThrow(/^restore: /);
    expectSameBits(trainer.save(), saved);
  });

  it("any bytes may be wrong: refused and nothing changed, or taken up exactly as the file has it", () => {
    const saved = trainer.save();
    const change = fc.tuple(fc.nat(saved.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = saved.slice();
        for (const [at, flip] of changes) bytes[at] = (bytes[at] as number) ^ flip;
        trainer.restore(saved);
        try {
          trainer.restore(bytes);
        } catch (error) {
          expect(error, String((error as Error).stack)).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/^restore: /);
          expectSameBits(trainer.save(), saved);
          return;
        }
        const [again, asked] = [readSafetensors(trainer.save()), readSafetensors(bytes)];
        const { architecture, ...own } = again.metadata; // restore reads all but the model
        expect(architecture).toBeDefined();
        expect(again.tensors).toEqual(asked.tensors);
        expect(asked.metadata).toMatchObject(own);
      }),
      { numRuns: 1000, seed: 11 },
    );
  });
});

it("the largest seed goes into a checkpoint and comes out of it", () => {
  const made = (seed: number): Trainer =>
    createTrainer(engine, { model: linear(1, 1), loss: meanSquaredError(), optimizer: sgd({ learningRate: 1 }), seed });
  const [first, second] = [made(2 ** 53 - 1), made(1)];
  second.restore(first.save());
  expectSameBits(second.save(), first.save());
});

describe("safetensors", () => {
  it("what is written is read: names, types, shapes, bits, metadata", () => {
    const tensors = {
      "ä b": { data: Float32Array.of(1.5, -0, 3e38), shape: [3] },
      wide: { data: Float64Array.from(numbers(6)), shape: [2, 3] },
      whole: { data: Int32Array.of(-1), shape: [] },
      bytes: { data: Uint8Array.of(1, 2, 255), shape: [3, 1] },
      empty: { data: new Float32Array(0), shape: [0, 4] },
    };
    const read = readSafetensors(writeSafetensors(tensors, { key: "value" }));
    expect(read.metadata).toEqual({ key: "value" });
    expect(read.tensors).toEqual(tensors);
  });

  interface Written {
    readonly file: string;
    readonly tensors: Record<string, { shape: number[]; values: string[] }>;
  }
  const written =
    fixture<Record<"own" | "plain" | "foreign" | "weights" | "huge" | "unknown", Written>>("foreign_safetensors");
  const bytesOf = ({ file }: Written): Uint8Array => Uint8Array.from(Buffer.from(file, "base64"));
  const number = (text: string): number => Number(text.replace("inf", "Infinity"));

  it.each(["own", "plain", "foreign", "weights"] as const)("reads what the format's own library writes: %s", (name) => {
    const { tensors } = readSafetensors(bytesOf(written[name]));
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(written[name].tensors).sort());
    for (const [key, { shape, values }] of Object.entries(written[name].tensors)) {
      expect(tensors[key]?.shape).toEqual(shape);
      expectSameBits(tensors[key], values.map(number), key);
    }
  });

  it("writes the bytes that the format's own library writes", () => {
    for (const [name, metadata] of [
      ["own", { made: "elsewhere" }],
      ["plain", {}],
    ] as const) {
      const file = bytesOf(written[name]);
      expectSameBits(writeSafetensors(readSafetensors(file).tensors, metadata), file);
    }
  });

  it("weights of another origin are loaded by name, whatever their type", () => {
    const { tensors } = readSafetensors(bytesOf(written.weights));
    trainer.setParameters(tensors);
    for (const [name, { data }] of Object.entries(trainer.parameters()))
      expectSameBits(data, Float32Array.from(tensors[name]!.data as ArrayLike as number[]), name);
  });

  it("whole numbers beyond ±2⁵³ and types nobody can hold are refused", () => {
    const { tensors: huge } = readSafetensors(bytesOf(written.huge));
    expect(() => huge.i64).toThrow(/^readSafetensors: .*"i64" holds whole numbers beyond ±2⁵³/);
    const { tensors: unknown } = readSafetensors(bytesOf(written.unknown));
    expect(Object.keys(unknown)).toEqual(["u64"]);
    expect(() => unknown.u64).toThrow(/^readSafetensors: .*"u64" has type "U64", expected/);
    expect(() => trainer.setParameters(unknown)).toThrow(/"u64" has type "U64"/);
    expect(() => readSafetensors(wrong([1]))).toThrow(TypeError);
  });

  it("refuses to write what could not be read", () => {
    const tensor = { data: Float32Array.of(1, 2), shape: [2] };
    const named = (name: string) => JSON.parse(`{"${name}":{}}`) as Record<string, never>;
    for (const name of ["__proto__", "__metadata__"]) {
      const tensors = named(name);
      Object.defineProperty(tensors, name, { value: tensor, enumerable: true });
      expect(() => writeSafetensors(tensors), name).toThrow(/writeSafetensors: no tensor may be named/);
    }
    expect(() => writeSafetensors({ a: { ...tensor, shape: [3] } })).toThrow(
      /"a" has 2 elements, but shape \[3\] holds 3/,
    );
    expect(() => writeSafetensors({ a: wrong({ data: [1, 2], shape: [2] }) })).toThrow(
      /data of "a" must be a typed array/,
    );
    expect(() => writeSafetensors({ a: tensor }, { step: wrong(1) })).toThrow(/metadata "step" must be text, got 1/);
  });
});
