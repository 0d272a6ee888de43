// Codings of tables against numbers worked out by hand, and codings from files that are damaged.

import {
  createTrainer,
  linear,
  meanSquaredError,
  readSafetensors,
  sgd,
  softmaxCrossEntropy,
  writeSafetensors,
} from "thalweg";
import {
  readMetadata,
  type TableCodingOptions,
  tableCoding,
  tableCodingFrom,
  tableOf,
  withMetadata,
} from "thalweg/table";
import { describe, expect, it } from "vitest";
import { testEngine } from "./engine.js";

const table = tableOf(
  "mass,sex,tagged,seen,kind\n2,f,true,1970-01-01,tern\n4,m,false,1970-01-03,gull\n6,f,true,1970-01-05,tern\n",
);
const listOf = (array: { data: ArrayLike<number> }): number[] => Array.from(array.data);
const refused = (options: TableCodingOptions, of = table): string => {
  try {
    tableCoding(of, options);
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing";
};

describe("a coding", () => {
  const coding = tableCoding(table, { inputs: ["mass", "sex", "tagged", "seen"], target: "kind", dtype: "f64" });
  const r = Math.sqrt(1.5); // (6 − 4) / √(8 / 3)

  it("standardizes numbers and dates, and gives words a feature each", () => {
    const { inputs, targets } = coding.samples(table);
    expect(coding.features).toEqual(["mass", "sex=f", "sex=m", "tagged", "seen"]);
    expect(coding.classes).toEqual(["gull", "tern"]);
    expect(inputs.shape).toEqual([3, 5]);
    expect(inputs.data).toBeInstanceOf(Float64Array);
    for (const [k, value] of [-r, 1, 0, 1, -r, 0, 0, 1, 0, 0, r, 1, 0, 1, r].entries())
      expect(inputs.data[k]).toBeCloseTo(value, 14);
    expect(targets).toEqual({ data: Int32Array.of(1, 0, 1), shape: [3] });
    expect(tableCoding(table, { inputs: ["mass"] }).inputs(table).data).toBeInstanceOf(Float32Array);
  });

  it("codes later rows by the numbers of the training rows", () => {
    const later = tableOf([{ kind: "gull", mass: 8, sex: "m", tagged: false, seen: "1970-01-03" }]);
    expect(listOf(coding.inputs(later))[0]).toBeCloseTo(2 * r, 14);
    const record = { mass: "8", sex: "m", tagged: false, seen: new Date(2 * 86_400_000), other: [1] };
    expect(listOf(coding.inputs(record))).toEqual(listOf(coding.inputs(later)));
    expect(coding.inputs([record, record]).shape).toEqual([2, 5]);
  });

  it("names classes, and gives numbers in their own unit", () => {
    expect(coding.decode([[3, 1], [0, 0.5]])).toEqual(["gull", "tern"]); // biome-ignore format: rows
    expect(coding.decode(Int32Array.of(1, 0))).toEqual(["tern", "gull"]);
    expect(coding.decode(1)).toEqual(["tern"]);
    expect(coding.decode([[2, 2]])).toEqual(["gull"]);
    expect(coding.invert("mass", [-r, 0, 2 * r]).map(Math.round)).toEqual(Float64Array.of(2, 4, 8));
    expect(() => coding.decode([2])).toThrow("decode: got class 2, expected 0 .. 1.");
    expect(() => coding.decode([[1, 2, 3]])).toThrow("decode: got shape [1, 3], expected a last axis of 2 classes");
    expect(() => coding.decode([[1, Number.NaN]])).toThrow("decode: score 1 of row 0 (from 0) is NaN");
    expect(() => coding.invert("sex", [1])).toThrow(
      'invert: got "sex", expected a column of numbers: "mass", "tagged", "seen".',
    );
  });

  it("refuses what the training rows do not have, by row and column", () => {
    const record = { mass: 1, sex: "f", tagged: true, seen: "1970-01-01" };
    expect(() => coding.inputs({ ...record, sex: "x" })).toThrow(
      'inputs: row 1, column "sex": got "x", expected one of "f", "m", as in training. Correct it, or fit the coding with { unknown: "zeros" }.',
    );
    expect(() => coding.inputs([record, { ...record, mass: null }])).toThrow(
      'inputs: row 2 has a gap in column "mass".',
    );
    expect(() => coding.inputs([{ ...record, mass: "3,5" }])).toThrow(
      'inputs: row 1, column "mass": got "3,5", expected a number',
    );
    expect(() => coding.inputs([{ mass: 1 }])).toThrow(
      'inputs: row 1 has no "sex". Add it, or null where it is not known.',
    );
    expect(() => coding.samples(tableOf("mass,sex,tagged,seen,kind\nx,f,true,1970-01-01,tern"))).toThrow(
      'samples: column "mass" has text, expected numbers as in training: line 2 holds "x".',
    );
    expect(() => coding.samples(tableOf("mass\n1"))).toThrow('samples: the table has no column "sex"');
    expect(() => coding.samples(table.select([]))).toThrow("the table has no rows");
    const [huge] = [tableCoding(table, { inputs: [{ column: "mass", scale: "none" }] })];
    expect(() => huge?.inputs({ mass: 1e39 })).toThrow('inputs: row 1, column "mass": the number exceeds f32');
  });

  it("codes unknown words as zeros on request", () => {
    const lenient = tableCoding(table, { inputs: ["mass", "sex"], unknown: "zeros" });
    expect(listOf(lenient.inputs({ mass: 4, sex: "x" }))).toEqual([0, 0, 0]);
    expect(refused({ inputs: [{ column: "sex", code: "label", unknown: "zeros" }] })).toContain(
      'unknown: "zeros" is for one-hot',
    );
  });

  it("takes several targets of numbers, words as indices, and weights", () => {
    const data = tableOf("a,b,c,w\n1,2,y,0\n3,6,x,1\n");
    const several = tableCoding(data, {
      inputs: [{ column: "c", code: "label", categories: ["y", "x"] }],
      target: ["a", { column: "b", scale: "minMax" }],
      weights: "w",
    });
    const { inputs, targets, weights } = several.samples(data);
    expect([listOf(inputs), listOf(targets), targets.shape, listOf(weights as never)]).toEqual([
      [0, 1],
      [1, 0, 3, 1],
      [2, 2],
      [0, 1],
    ]);
    expect(several.invert("b", [[0, 0.5], [0, 2]])).toEqual(Float64Array.of(4, 10)); // biome-ignore format: rows
    expect(several.invert("a", [[7, 0.5]])).toEqual(Float64Array.of(7));
    expect(() => several.invert("a", [1, 2, 3])).toThrow("expected predictions with a last axis of 2 targets");
    expect(() => several.decode([1])).toThrow("decode: the target is no class. Use invert");
    const negative = tableOf("a,b,c,w\n1,2,y,-1");
    expect(() => several.samples(negative)).toThrow('line 2, column "w": got the weight -1, expected a number from 0');
  });

  it("makes one-hot targets and classes of booleans", () => {
    const hot = tableCoding(table, { inputs: ["mass"], target: { column: "kind", code: "oneHot" } });
    expect(hot.samples(table).targets).toEqual({ data: Float32Array.of(0, 1, 1, 0, 0, 1), shape: [3, 2] });
    expect(hot.decode([[0.2, 0.8]])).toEqual(["tern"]);
    const flag = tableCoding(table, { inputs: ["mass"], target: "tagged" });
    expect(flag.classes).toEqual(["false", "true"]);
    expect(flag.samples(table).targets.data).toEqual(Int32Array.of(1, 0, 1));
  });
});

describe("gaps", () => {
  const holes = tableOf("x,d,b,t\n1,1970-01-01,true,a\n1,,true,b\n7,1970-01-03,,b\n,1970-01-03,false,\n");
  const filled = (column: string, gaps: unknown): number[] => {
    const coding = tableCoding(holes, {
      inputs: [{ column, gaps: gaps as never, ...(column === "t" ? {} : { scale: "none" }) }],
      dtype: "f64",
    });
    return listOf(coding.inputs(holes));
  };

  it("are refused by row and column", () => {
    const coding = tableCoding(holes, { inputs: ["x"] });
    expect(() => coding.inputs(holes)).toThrow(
      'inputs: line 5 has a gap in column "x". Fill it, leave such rows out by dropGaps, or choose { gaps } for the column.',
    );
    expect(refused({ inputs: ["x"], target: "t" }, holes)).toContain('tableCoding: line 5 has a gap in column "t".');
  });

  it("become statistics of the training rows, or a constant", () => {
    expect(filled("x", "mean")).toEqual([1, 1, 7, 3]);
    expect(filled("x", "median")).toEqual([1, 1, 7, 1]);
    expect(filled("x", "mostFrequent")).toEqual([1, 1, 7, 1]);
    expect(filled("x", { constant: -5 })).toEqual([1, 1, 7, -5]);
    const [even] = [
      tableCoding(tableOf("x\n4\n1\n3\n2"), { inputs: [{ column: "x", gaps: "median", scale: "none" }] }),
    ];
    expect(even && listOf(even.inputs({ x: null }))).toEqual([2.5]);
    expect(filled("b", "mostFrequent")).toEqual([1, 1, 1, 0]);
    expect(filled("b", { constant: false })).toEqual([1, 1, 0, 0]);
    expect(filled("d", { constant: "1970-01-01T00:00:01Z" })[1]).toBe(1000);
    expect(filled("t", "mostFrequent")).toEqual([1, 0, 0, 1, 0, 1, 0, 1]);
    expect(filled("t", { constant: "none" })).toEqual([1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1]);
  });

  it("are filled before they are scaled, and by rules for all that fit the column", () => {
    const coding = tableCoding(holes, {
      inputs: ["x", { column: "t", gaps: "mostFrequent" }],
      gaps: "mean",
      dtype: "f64",
    });
    const later = coding.inputs([{ x: null, t: null }, { x: 7, t: "a" }]); // biome-ignore format: rows
    for (const [k, value] of [0, 0, 1, Math.SQRT2, 1, 0].entries()) expect(later.data[k]).toBeCloseTo(value, 14);
  });

  it.each([
    [
      { inputs: [{ column: "t", gaps: "mean" }] },
      'column "t": text has no mean. Give gaps: "mostFrequent" or { constant }.',
    ],
    [{ inputs: [{ column: "b", gaps: "median" }] }, 'column "b": booleans have no median'],
    [{ inputs: [{ column: "x", gaps: { constant: "a" } }] }, 'column "x": the constant must be a number, got "a"'],
    [{ inputs: [{ column: "x", gaps: "average" }] }, 'column "x": gaps must be "refuse" or "mean"'],
    [{ inputs: ["x"], target: { column: "b", gaps: "mostFrequent" } }, 'tableCoding: line 4 has a gap in column "b".'],
    [{ inputs: [{ column: "t", gaps: { constant: "z" }, categories: ["a", "b"] }] }, "which is none of the categories"],
    [{ inputs: [{ column: "t", categories: ["a"] }] }, 'got "b", expected one of the categories "a". Add it to them.'],
  ])("%j is refused", (options, sentence) => {
    expect(refused(options as never, holes)).toContain(sentence);
  });

  it("become the least of the most frequent numbers, and the first of the words", () => {
    const ties = tableOf("x,t\n2,b\n1,a\n2,b\n1,a\n3,\n,c");
    const coding = tableCoding(ties, { inputs: ["x", "t"], gaps: "mostFrequent", scale: "none" });
    expect(listOf(coding.inputs({ x: null, t: null }))).toEqual([1, 1, 0, 0]);
  });

  it("all over a column of later rows have the type of training", () => {
    const coding = tableCoding(holes, { inputs: ["b", "t"], gaps: "mostFrequent" });
    expect(listOf(coding.inputs(tableOf("b,t\nfalse,")))).toEqual([0, 0, 1]);
    expect(listOf(coding.inputs(tableOf("b,t\n,a")))).toEqual([1, 1, 0]);
  });

  it("all over a column leave nothing to learn from", () => {
    expect(refused({ inputs: ["x"], gaps: "mean" }, tableOf("x,y\n,1\n,2"))).toBe(
      'tableCoding: column "x": all 2 rows are gaps. Leave the column out.',
    );
  });
});

describe("columns", () => {
  it("that are constant, alone or of a single row are scaled to 0", () => {
    const one = tableOf("x\n5");
    for (const scale of ["standard", "minMax"] as const)
      expect(listOf(tableCoding(one, { inputs: ["x"], scale }).inputs(one))).toEqual([0]);
    expect(listOf(tableCoding(one, { inputs: ["x"], scale: "none" }).inputs(one))).toEqual([5]);
  });

  it("do not depend on the order of the rows", () => {
    const sorted = tableOf("x,t\n1,a\n2,b\n3,c\n4,c");
    const options = { inputs: ["x", "t"], dtype: "f64" } as const;
    const other = JSON.stringify(tableCoding(sorted.select([3, 1, 0, 2]), options));
    expect(other).toBe(JSON.stringify(tableCoding(sorted, options)));
  });

  it("of a doubtful type are refused until the type is given", () => {
    const text = "zip\n10001\n007";
    expect(refused({ inputs: ["zip"] }, tableOf(text))).toBe(
      'tableCoding: column "zip": 1 of 2 cells are numbers, but line 3 holds "007". Read the table with { types: { "zip": "text" } } ' +
        "if all of it is text, or name the words that are gaps in { gaps }.",
    );
    expect(tableCoding(tableOf(text, { types: { zip: "text" } }), { inputs: ["zip"] }).features).toEqual([
      "zip=007",
      "zip=10001",
    ]);
  });

  it.each([
    [{ inputs: [] }, "tableCoding: inputs must be a list of columns"],
    [{ inputs: ["mas"] }, 'tableCoding: the table has no column "mas". Did you mean "mass"?'],
    [{ inputs: ["mass", { column: "mass" }] }, 'column "mass" is named twice'],
    [{ inputs: ["mass"], target: ["mass", "kind"] }, "several targets must be numbers: kind is text"],
    [{ inputs: ["mass"], weights: "sex" }, 'the weights, column "sex", are of type "text"'],
    [{ inputs: [{ column: "mass", code: "oneHot" }] }, 'column "mass": code, categories and unknown are for text'],
    [{ inputs: [{ column: "sex", scale: "standard" }] }, 'column "sex": text is not scaled'],
    [{ inputs: [{ column: "sex", categories: ["f", "f"] }] }, "categories lists a word twice"],
    [{ inputs: [{ name: "sex" }] }, 'unknown option "name"'],
    [{ inputs: ["mass"], targets: "kind" }, 'unknown option "targets". Did you mean "target"?'],
  ])("%j is refused", (options, sentence) => {
    expect(refused(options as never)).toContain(sentence);
  });

  it("that are input and target are for windows alone", () => {
    const coding = tableCoding(table, { inputs: ["mass"], target: "mass" });
    expect(() => coding.samples(table)).toThrow('samples: column "mass" is an input and a target.');
    expect(() => tableCoding(table, { inputs: ["mass"] }).samples(table)).toThrow("samples: the coding has no target");
  });
});

describe("a coding as data", () => {
  const options = { inputs: ["mass", { column: "sex", gaps: "mostFrequent" }, "seen"], target: "kind" } as const;
  const coding = tableCoding(table, options);
  const data = JSON.parse(JSON.stringify(coding));

  it("is the same coding again", () => {
    const again = tableCodingFrom(JSON.stringify(coding));
    expect(JSON.stringify(again)).toBe(JSON.stringify(coding));
    expect(again.samples(table)).toEqual(coding.samples(table));
    expect(again.types).toEqual({ mass: "number", sex: "text", seen: "date", kind: "text" });
    expect(listOf(again.inputs({ mass: 4, sex: null, seen: "1970-01-03" }))).toEqual([0, 1, 0, 0]);
    (coding.toJSON().inputs as unknown[]).length = 0;
    expect(coding.inputs(table).shape).toEqual([3, 4]);
  });

  /** The data with one place replaced. */
  const changed = (path: string, value: unknown): unknown => {
    const copy = structuredClone(data);
    const names = path.split(".");
    const last = names.pop() as string;
    const holder = names.reduce((at, name) => at[name], copy);
    if (value === undefined) delete holder[last];
    else Object.defineProperty(holder, last, { value, enumerable: true, configurable: true, writable: true });
    return copy;
  };

  it.each([
    ["format", "other", 'format is "other", expected "thalweg.table"'],
    ["version", 2, "version is 2, expected 1"],
    ["version", undefined, "the coding has no version"],
    ["extra", 1, 'the coding has an unknown member "extra"'],
    ["__proto__", { polluted: 1 }, 'the coding has an unknown member "__proto__"'],
    ["dtype", "f16", 'dtype is "f16"'],
    ["inputs", [], "inputs is empty"],
    ["inputs", {}, "inputs is an object, expected a list"],
    ["inputs.0", null, "inputs[0] is null, expected an object"],
    ["inputs.0.scale", 0, "scale of inputs[0] is 0, expected a positive number"],
    ["inputs.0.scale", "2", 'scale of inputs[0] is "2", expected a finite number'],
    ["inputs.0.shift", null, "shift of inputs[0] is null"],
    ["inputs.0.column", 3, "column of inputs[0] is 3, expected text"],
    ["inputs.0.type", "text", 'type of inputs[0] is "text"'],
    ["inputs.0.words", ["a"], 'inputs[0] has an unknown member "words"'],
    ["inputs.1.column", "mass", 'column "mass" is named twice'],
    ["inputs.1.words", ["a", "a"], "words of inputs[1] are not distinct"],
    ["inputs.1.words", [], "words of inputs[1] are none"],
    ["inputs.1.words", ["a", 1], "a word of inputs[1] is 1, expected text"],
    ["inputs.1.gap", "x", 'gap of inputs[1] is "x", expected "f" or "m"'],
    ["inputs.1.code", "hash", 'code of inputs[1] is "hash"'],
    ["inputs.1.unknown", "guess", 'unknown of inputs[1] is "guess"'],
    ["targets.0.unknown", "zeros", 'unknown of targets[0] is "zeros", expected "refuse" for labels'],
    ["targets.0.gap", "gull", "a target has a gap"],
    ["weights", 3, "weights is 3, expected text"],
  ])("with another %s is refused: %j", (path, value, sentence) => {
    const text = JSON.stringify(changed(path, value));
    expect(() => tableCodingFrom(text)).toThrow(sentence);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([["{"], ["3"], ["null"], ["[]"]])("that is %s is refused", (text) => {
    expect(() => tableCodingFrom(text)).toThrow(/^tableCodingFrom: .*Use what toJSON\(\) of a coding returned\.$/);
  });

  it("travels in the file of a trainer", async () => {
    const engine = await testEngine();
    const make = () =>
      createTrainer(engine, {
        model: linear(coding.features.length, 2),
        loss: softmaxCrossEntropy(),
        optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
      });
    const [trainer, other] = [make(), make()];
    await trainer.fit(coding.samples(table), { epochs: 3, batchSize: 2 });
    const saved = trainer.save();
    const kept = saved.slice();
    const file = withMetadata(withMetadata(saved, { table: "old", unit: "g" }), { table: JSON.stringify(coding) });
    expect(saved).toEqual(kept);
    other.restore(file);
    expect(other.save()).toEqual(saved);
    const { table: text, ...rest } = readMetadata(file);
    expect(rest).toEqual({ unit: "g" });
    expect(listOf(other.predict(tableCodingFrom(text).inputs(table)))).toEqual(
      listOf(trainer.predict(coding.inputs(table))),
    );
    expect(readMetadata(saved)).toEqual({});
  });
});

describe("metadata", () => {
  it("leaves tensors of all types and other texts as they are", () => {
    const tensors = {
      10: { data: Float64Array.of(1, 2), shape: [2] },
      2: { data: Uint8Array.of(1, 2, 3), shape: [3] },
      a: { data: Float32Array.of(-0), shape: [] },
    };
    const file = withMetadata(writeSafetensors(tensors, { made: "here" }), {
      é: "\u2028 \ud800",
      __proto__x: "",
      constructor: "c",
    });
    const { tensors: read, metadata } = readSafetensors(file);
    expect(read).toEqual(readSafetensors(writeSafetensors(tensors)).tensors);
    expect(metadata).toEqual({
      made: "here",
      "user.é": "\u2028 \ud800",
      "user.__proto__x": "",
      "user.constructor": "c",
    });
    expect(readMetadata(file)).toEqual({ é: "\u2028 \ud800", __proto__x: "", constructor: "c" });
    expect(readMetadata(withMetadata(file, { é: "e" }))).toMatchObject({ é: "e", constructor: "c" });
  });

  it("refuses other files and values", () => {
    const file = writeSafetensors({ a: { data: Float32Array.of(1), shape: [1] } });
    expect(() => withMetadata(file, { a: 1 } as never)).toThrow(
      'withMetadata: "a" must be text, got 1. Try JSON.stringify(it).',
    );
    expect(() => withMetadata(file, "a" as never)).toThrow("withMetadata: texts must be texts by name");
    expect(() => withMetadata(file.slice(0, 20), {})).toThrow("withMetadata: ");
    expect(() => readMetadata([] as never)).toThrow("readMetadata: the file must be a Uint8Array");
  });
});

it("a coded table trains a model, and the mileage comes back in its unit", async () => {
  const line = tableOf(Array.from({ length: 20 }, (_, k) => ({ x: k, y: 3 * k + 100 })));
  const coding = tableCoding(line, { inputs: ["x"], target: { column: "y", scale: "standard" } });
  const trainer = createTrainer(await testEngine(), {
    model: linear(1, 1),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.2 }),
  });
  await trainer.fit(coding.samples(line), { epochs: 50, batchSize: 20 });
  expect(coding.invert("y", trainer.predict(coding.inputs({ x: 30 })))[0]).toBeCloseTo(190, 3);
});
