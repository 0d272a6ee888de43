// Metrics against counts and sums in plain JavaScript, over more rows than one chunk holds.

import {
  accuracy,
  confusionMatrix,
  createTrainer,
  f1,
  type Layer,
  type Loss,
  type Metric,
  meanSquaredError,
  precision,
  recall,
  rSquared,
  sgd,
  softmaxCrossEntropy,
  topK,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { numbers } from "./numbers.js";

engineForEach();

/** A model that answers its inputs, so that the inputs are the predictions. */
const itself: Layer = {
  name: "itself",
  parameters: { none: { shape: [1], initializer: ({ trace, dtype }) => trace.fill(0, [1], dtype) } },
  apply: (_, input) => input,
};

interface Case {
  readonly inputs: { data: Float64Array; shape: number[] };
  readonly targets: unknown;
}

function measure(metrics: Metric[], { inputs, targets }: Case, loss: Loss, dtype: "f32" | "f64" = "f64") {
  const trainer = createTrainer(engine, { model: itself, loss, optimizer: sgd({ learningRate: 0.1 }), metrics, dtype });
  try {
    return trainer.evaluate({ inputs, targets: targets as number[] });
  } finally {
    trainer.free();
  }
}

const rows = 777; // 3 chunks of 256, and 8, and 1
const classes = 5;
/** Scores with many ties: eighths. */
const scores = Float64Array.from(numbers(rows * classes, 0, 8, 3), (value) => Math.floor(value) / 8);
/** Class 3 never occurs among the labels. */
const labels = Int32Array.from(numbers(rows, 0, 4, 5), (value) => [0, 1, 2, 4][Math.floor(value)] as number);
const classified: Case = { inputs: { data: scores, shape: [rows, classes] }, targets: labels };
const rowOf = (k: number): number[] => Array.from(scores.subarray(k * classes, (k + 1) * classes));
/** Classes of a row from the best to the worst, lower classes first among equals. */
const ranked = (k: number): number[] => {
  const row = rowOf(k);
  return row.map((_, c) => c).sort((a, b) => (row[b] as number) - (row[a] as number) || a - b);
};
const share = (holds: (k: number) => boolean): number =>
  Array.from({ length: rows }, (_, k) => holds(k)).filter(Boolean).length / rows;

describe("top-k accuracy", () => {
  it.each(["f32", "f64"] as const)("is the share of labels among the k best, %s", (dtype) => {
    const metrics = [accuracy(), ...[1, 2, 3, 5].map(topK)];
    const got = measure(metrics, classified, softmaxCrossEntropy(), dtype);
    for (const k of [1, 2, 3, 5])
      expect(got[`top${k}`]).toBeCloseTo(
        share((row) =>
          ranked(row)
            .slice(0, k)
            .includes(labels[row] as number),
        ),
        14,
      );
    expect(got.top1).toBe(got.accuracy);
    expect(got.top5).toBe(1);
  });

  it("refuses k beyond the classes", () => {
    expect(() => topK(0)).toThrow("topK: k must be");
    expect(() => measure([topK(6)], classified, softmaxCrossEntropy())).toThrow("topK: k must be at most 5");
  });
});

describe("R²", () => {
  function determination(p: ArrayLike<number>, y: ArrayLike<number>, outputs: number): number {
    let total = 0;
    for (let j = 0; j < outputs; j++) {
      const own = Array.from(y).filter((_, k) => k % outputs === j);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      const spread = own.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const residual = own.reduce((sum, value, k) => sum + (value - (p[k * outputs + j] as number)) ** 2, 0);
      total += 1 - residual / spread;
    }
    return total / outputs;
  }

  it.each([1, 3])("is 1 − residual / spread for %i outputs", (outputs) => {
    const y = numbers(rows * outputs, -1, 3, 21);
    const p = Float64Array.from(numbers(rows * outputs, -0.5, 0.5, 22), (noise, k) => (y[k] as number) + noise);
    const given = { inputs: { data: p, shape: [rows, outputs] }, targets: { data: y, shape: [rows, outputs] } };
    const expected = determination(p, y, outputs);
    expect(measure([rSquared()], given, meanSquaredError()).rSquared).toBeCloseTo(expected, 12);
    expect(measure([rSquared()], given, meanSquaredError(), "f32").rSquared).toBeCloseTo(expected, 5);
  });

  it("of targets that do not vary is 1 if they are met, else 0", () => {
    const of = (value: number) => ({
      inputs: { data: new Float64Array(300).fill(value), shape: [300, 1] },
      targets: { data: new Float64Array(300).fill(0.1), shape: [300, 1] },
    });
    expect(measure([rSquared()], of(0.1), meanSquaredError()).rSquared).toBe(1);
    expect(measure([rSquared()], of(0.2), meanSquaredError()).rSquared).toBe(0);
  });
});

describe("precision, recall and F1", () => {
  const counts = (c: number, said: (k: number) => number, wanted: (k: number) => number) => {
    const all = Array.from({ length: rows }, (_, k) => k);
    const hits = all.filter((k) => said(k) === c && wanted(k) === c).length;
    const predicted = all.filter((k) => said(k) === c).length;
    const actual = all.filter((k) => wanted(k) === c).length;
    const p = predicted ? hits / predicted : 0;
    const r = actual ? hits / actual : 0;
    return { predicted, actual, precision: p, recall: r, f1: p + r > 0 ? (2 * p * r) / (p + r) : 0 };
  };
  const best = (k: number): number => ranked(k)[0] as number;
  const label = (k: number): number => labels[k] as number;
  const three = (options?: Parameters<typeof f1>[0]): Metric[] => [precision(options), recall(options), f1(options)];
  const names = ["precision", "recall", "f1"] as const;

  it("macro is the mean over the classes that occur", () => {
    const got = measure(three({ average: "macro" }), classified, softmaxCrossEntropy());
    const each = [0, 1, 2, 3, 4].map((c) => counts(c, best, label)).filter((c) => c.predicted + c.actual > 0);
    for (const name of names)
      expect(got[name]).toBeCloseTo(each.reduce((sum, c) => sum + c[name], 0) / each.length, 14);
  });

  it("leaves classes out that nobody names", () => {
    const inputs = { data: Float64Array.of(1, 0, 0, 1, 0, 0), shape: [2, 3] };
    const got = measure(three({ average: "macro" }), { inputs, targets: [0, 1] }, softmaxCrossEntropy());
    expect(got).toMatchObject({ precision: 0.25, recall: 0.5 });
    expect(got.f1).toBeCloseTo(1 / 3, 15);
  });

  it.each([0, 1, 3])("binary looks at class %i", (positive) => {
    const got = measure(three({ positive }), classified, softmaxCrossEntropy());
    const expected = counts(positive, best, label);
    for (const name of names) expect(got[name]).toBeCloseTo(expected[name], 14);
  });

  it.each([0.5, 0.2])("single scores are held against the threshold %d", (threshold) => {
    const p = Float64Array.from(numbers(rows, 0, 1, 31));
    const y = numbers(rows, 0, 1, 32).map(Math.round);
    const given = { inputs: { data: p, shape: [rows, 1] }, targets: { data: y, shape: [rows, 1] } };
    const expected = counts(
      1,
      (k) => Number((p[k] as number) > threshold),
      (k) => y[k] as number,
    );
    const got = measure(three({ threshold }), given, meanSquaredError());
    for (const name of names) expect(got[name]).toBeCloseTo(expected[name], 14);
  });

  it("refuses options that mean nothing", () => {
    expect(() => precision({ average: "micro" as never })).toThrow("precision: average must be");
    expect(() => f1({ average: "macro", positive: 1 })).toThrow("f1: positive has no meaning");
    expect(() => recall({ positive: -1 })).toThrow("recall: positive must be");
    expect(() => measure([f1({ positive: 5 })], classified, softmaxCrossEntropy())).toThrow("positive must be below 5");
  });
});

describe("the confusion matrix", () => {
  it("counts label by prediction", () => {
    const expected = new Int32Array(classes * classes);
    for (let k = 0; k < rows; k++) {
      const at = (labels[k] as number) * classes + (ranked(k)[0] as number);
      expected[at] = (expected[at] as number) + 1;
    }
    const { data, shape } = confusionMatrix(classified.inputs, labels, classes);
    expect(shape).toEqual([classes, classes]);
    expect(data).toEqual(expected);
    const said = Array.from({ length: rows }, (_, k) => ranked(k)[0] as number);
    expect(confusionMatrix(said, labels, classes).data).toEqual(expected);
  });

  it("names what does not fit", () => {
    expect(() => confusionMatrix([0, 3], [0, 1], 3)).toThrow("prediction 1 must be a whole number 0 .. 2, got 3");
    expect(() => confusionMatrix([0, 1], [0, -1], 3)).toThrow("label 1 must be");
    expect(() => confusionMatrix([0, 1], [0], 3)).toThrow("expected equal numbers");
    expect(() => confusionMatrix([[0, 1]], [0], 3)).toThrow("[samples, 3], got [1, 2]");
    expect(() => confusionMatrix([0], [0], 0)).toThrow("classes must be");
  });
});

describe("metrics of one's own", () => {
  const given: Case = { inputs: { data: Float64Array.from(numbers(rows, 0, 1)), shape: [rows, 1] }, targets: [] };
  const wanted = { ...given, targets: { data: new Float64Array(rows), shape: [rows, 1] } };

  it("finish sums over all samples, in f64 though the trainer is f32", () => {
    const metric: Metric = {
      name: "root",
      apply: (prediction) => prediction.cast("f64").square().sum(),
      finish: (sums, samples) => Math.sqrt((sums[0] as number) / samples),
    };
    const total = wanted.inputs.data.reduce((sum, value) => sum + Math.fround(value) ** 2, 0);
    expect(measure([metric, rSquared()], wanted, meanSquaredError(), "f32").root).toBeCloseTo(
      Math.sqrt(total / rows),
      13,
    );
  });

  it("must answer as many sums for any number of rows, and finish with a number", () => {
    const perRow: Metric = { name: "each", apply: (prediction) => prediction, finish: () => 0 };
    expect(() => measure([perRow], wanted, meanSquaredError())).toThrow(
      "each: returns 8 sums for 8 rows and 256 for 256",
    );
    const none: Metric = { name: "none", apply: (prediction) => prediction.sum(), finish: () => "much" as never };
    expect(() => measure([none], wanted, meanSquaredError())).toThrow('none: finish must return a number, got "much"');
    const wrong = { name: "wrong", apply: none.apply, finish: 3 } as never;
    expect(() => measure([wrong], wanted, meanSquaredError())).toThrow('finish of "wrong" must be a function');
  });
});
