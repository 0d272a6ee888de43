import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matmul, matmulTransposedLeft, matmulTransposedRight } from "../../bench/plain/matmul.js";
import { createPlainTrainer } from "../../bench/plain/trainer.js";
import { createPlainXor } from "../../bench/plain/xor.js";
import { DataFileError, type IdxFile, pixelStatistics, readDigitSet, readMnist } from "../../examples/digits/mnist.js";
import { OptionError, parseOptions } from "../../examples/digits/options.js";
import { greyPng } from "../../examples/digits/png.js";
import { renderReport, writeReport } from "../../examples/digits/report.js";
import { createProgress, renderTable } from "../../examples/digits/terminal.js";
import type { ReportData, RunResult } from "../../examples/digits/types.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "digits-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Numbers in -1 .. 1 that are the same in every run. */
function numbers(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

describe("IDX files", () => {
  const images: IdxFile = { name: "images", count: 2 };
  const labels: IdxFile = { name: "labels", count: 2 };

  function idx(magic: number, extents: number[], body: number): Buffer {
    const bytes = Buffer.alloc(4 + 4 * extents.length + body, 3);
    [magic, ...extents].forEach((word, i) => {
      bytes.writeUInt32BE(word, 4 * i);
    });
    return bytes;
  }

  function read(imageBytes: Buffer, labelBytes: Buffer, md5?: string) {
    writeFileSync(join(folder, "images"), imageBytes);
    writeFileSync(join(folder, "labels"), labelBytes);
    return readDigitSet(folder, md5 === undefined ? images : { ...images, md5 }, labels);
  }

  const goodImages = idx(0x803, [2, 28, 28], 2 * 784);
  const goodLabels = idx(0x801, [2], 2);

  it("are read", () => {
    const set = read(goodImages, goodLabels);
    expect(set.count).toBe(2);
    expect(set.images).toHaveLength(2 * 784);
    expect(set.images[0]).toBe(3);
    expect([...set.labels]).toEqual([3, 3]);
  });

  it.each([
    ["size", "truncated", goodImages.subarray(0, 1000), goodLabels, "got 1,000 bytes, expected 1,584 bytes"],
    ["size", "truncated inside its header", goodImages.subarray(0, 3), goodLabels, "got 3 bytes"],
    ["size", "too long", Buffer.concat([goodImages, goodImages]), goodLabels, "got 3,168 bytes"],
    ["magic", "wrong magic number", idx(0x1f8b, [2, 28, 28], 0), goodLabels, "got 0x00001f8b, expected 0x00000803"],
    ["header", "another shape", idx(0x803, [2, 20, 20], 800), goodLabels, "got [2, 20, 20], expected [2, 28, 28]"],
    [
      "label",
      "not a digit",
      goodImages,
      Buffer.concat([goodLabels.subarray(0, 9), Buffer.of(17)]),
      "got 17, expected 0",
    ],
  ] as const)("are refused: %s, %s", (problem, what, imageBytes, labelBytes, figures) => {
    const error = caught(() => read(Buffer.from(imageBytes), Buffer.from(labelBytes)));
    expect(error).toBeInstanceOf(DataFileError);
    expect((error as DataFileError).problem).toBe(problem);
    expect(error.message).toContain(what);
    expect(error.message).toContain(figures);
    expect(error.message).toContain(folder);
    expect(error.message).toMatch(/npm install/);
  });

  it("are refused when their checksum is not the original's", () => {
    const error = caught(() => read(goodImages, goodLabels, "0".repeat(32)));
    expect((error as DataFileError).problem).toBe("checksum");
    expect(error.message).toMatch(/got MD5 [0-9a-f]{32}, expected MD5 0{32}\./);
  });

  it("are refused when there are none", () => {
    const error = caught(() => readMnist(join(folder, "nowhere")));
    expect((error as DataFileError).problem).toBe("file unreadable");
    expect(error.message).toContain("ENOENT");
  });
});

describe("the digits", () => {
  it("are the original ones, with the mean and deviation everybody knows", () => {
    const { train, test } = readMnist();
    expect([train.count, test.count, train.images.length, test.images.length]).toEqual([
      60_000, 10_000, 47_040_000, 7_840_000,
    ]);
    expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect([...test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
    const { mean, deviation } = pixelStatistics(train.images);
    expect(mean / 255).toBeCloseTo(0.1306604762738429, 15);
    expect(deviation / 255).toBeCloseTo(0.3081078038564622, 14);
  });

  it("need at least one pixel for their statistics", () => {
    expect(pixelStatistics(Uint8Array.of(0, 0, 255, 255))).toEqual({ mean: 127.5, deviation: 127.5 });
    expect(() => pixelStatistics(new Uint8Array(0))).toThrow(RangeError);
  });
});

describe("plain JavaScript", () => {
  it.each([
    [1, 1, 1],
    [2, 4, 4],
    [3, 5, 7],
    [5, 2, 10],
    [8, 9, 6],
  ])("multiplies matrices in three forms: %i x %i x %i", (rows, inner, columns) => {
    const a = numbers(rows * inner, 2);
    const b = numbers(inner * columns, 3);
    const aTransposed = a.map((_, i) => a[(i % rows) * inner + Math.floor(i / rows)] as number);
    const bTransposed = b.map((_, i) => b[(i % inner) * columns + Math.floor(i / inner)] as number);
    const expected = Array.from({ length: rows * columns }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum += (a[Math.floor(at / columns) * inner + k] as number) * (b[k * columns + (at % columns)] as number);
      }
      return sum;
    });
    const out = new Float32Array(rows * columns).fill(7);
    matmul(out, a, b, rows, inner, columns);
    expectNear(out, expected, 1e-6);
    matmulTransposedLeft(out, aTransposed, b, rows, inner, columns);
    expectNear(out, expected, 1e-6);
    matmulTransposedLeft(out, aTransposed, b, rows, inner, columns, true);
    expectNear(
      out,
      expected.map((value) => 2 * value),
      2e-6,
    );
    matmulTransposedRight(out, a, bTransposed, rows, inner, columns);
    expectNear(out, expected, 1e-6);
  });

  const weights = {
    W1: numbers(6 * 5, 4),
    b1: numbers(5, 5),
    W2: numbers(5 * 3, 6),
    b2: numbers(3, 7),
  };
  const rows = Uint8Array.from(numbers(4 * 6, 8), (value) => 100 * (value + 1));
  const inputs = Float32Array.from(rows, (value) => (value - 90) / 50);
  const labels = Int32Array.of(0, 2, 1, 2);

  it.each(["W1", "b1", "W2", "b2"] as const)("has the gradient that differences of the loss show: %s", (name) => {
    const lossAt = (index: number, change: number) => {
      const changed = { ...weights, [name]: weights[name].slice() };
      changed[name][index] = (changed[name][index] as number) + change;
      return createPlainTrainer({ weights: changed, optimizer: { kind: "sgd", learningRate: 0 } }).step(inputs, labels);
    };
    const trainer = createPlainTrainer({ weights, optimizer: { kind: "sgd", learningRate: 0 } });
    trainer.step(inputs, labels);
    const step = 2 ** -8;
    const differences = Array.from(weights[name], (_, i) => (lossAt(i, step) - lossAt(i, -step)) / (2 * step));
    expectNear(trainer.gradients[name], differences, 2e-4);
  });

  it("leaves the given weights alone, and reads bytes as it reads numbers", () => {
    const before = weights.W1.slice();
    const first = createPlainTrainer({ weights, optimizer: { kind: "adam", learningRate: 0.01 } });
    const second = createPlainTrainer({ weights, optimizer: { kind: "adam", learningRate: 0.01 } });
    // Rows 1 and 3 of the data, by an order that starts at its second entry.
    const some = Float32Array.of(...inputs.subarray(6, 12), ...inputs.subarray(18, 24));
    for (let i = 0; i < 3; i++) {
      const loss = first.step(some, Int32Array.of(2, 2));
      expect(second.stepRows(rows, labels, Int32Array.of(0, 1, 3), 1, 2, 90, 50)).toBeCloseTo(loss, 6);
    }
    expectNear(second.weights.W1, first.weights.W1, 1e-6);
    expect(weights.W1).toEqual(before);
  });

  it("adds up the parts of a large batch", () => {
    const order = Int32Array.from({ length: 2500 }, (_, i) => i % 4);
    const large = createPlainTrainer({ weights, optimizer: { kind: "sgd", learningRate: 0.1 } });
    const small = createPlainTrainer({ weights, optimizer: { kind: "sgd", learningRate: 0.1 } });
    const loss = large.stepRows(rows, labels, order, 0, 2500, 90, 50);
    expect(loss).toBeCloseTo(small.step(inputs, labels), 5);
    expectNear(large.weights.W1, small.weights.W1, 1e-5);
  });

  it("updates by the formulas of momentum and Adam", () => {
    const start = weights.b2[0] as number;
    const gradientOf = () => {
      const trainer = createPlainTrainer({ weights, optimizer: { kind: "sgd", learningRate: 0 } });
      trainer.step(inputs, labels);
      return trainer.gradients.b2[0] as number;
    };
    const g = gradientOf();
    const momentum = createPlainTrainer({ weights, optimizer: { kind: "momentum", learningRate: 0.1 } });
    momentum.step(inputs, labels);
    momentum.step(inputs, labels);
    const g2 = momentum.gradients.b2[0] as number;
    expect(momentum.weights.b2[0]).toBeCloseTo(start - 0.1 * g - 0.1 * (0.9 * g + g2), 6);
    const adam = createPlainTrainer({ weights, optimizer: { kind: "adam", learningRate: 0.1 } });
    adam.step(inputs, labels);
    expect(adam.weights.b2[0]).toBeCloseTo(start - (0.1 * g) / (Math.abs(g) + 1e-8), 6);
  });

  it("learns XOR", () => {
    const hidden = { W1: numbers(16, 9), b1: new Float32Array(8), W2: numbers(8, 10), b2: new Float32Array(1) };
    const xor = createPlainXor({ weights: hidden, learningRate: 0.5 });
    const first = xor.run(1);
    expect(first).toBeGreaterThan(0.2);
    expect(xor.run(5000)).toBeLessThan(0.01);
  });
});

describe("the command line", () => {
  it("is read", () => {
    const networks = ["dense", "convolutional"];
    const others = { augment: false, json: null, save: null, seed: 7, quick: false };
    expect(parseOptions([])).toEqual({ networks, ...others });
    expect(parseOptions(["--augment"])).toEqual({ networks, ...others, augment: true });
    expect(parseOptions(["--network=dense", "--json", "a.json", "--save=b", "--seed", "12", "--quick"])).toEqual({
      networks: ["dense"],
      augment: false,
      json: "a.json",
      save: "b",
      seed: 12,
      quick: true,
    });
  });

  it.each([
    [["--quik"], "unknown option '--quik'. (Did you mean --quick?) Try --help."],
    [["--sed", "3"], "Did you mean --seed?"],
    [["--optimizer", "adam"], "unknown option '--optimizer'. Try --help."],
    [["--seed", "abc"], "'abc' is invalid. Expected a whole number"],
    [["--seed", "-1"], "'-1' is invalid. Expected a whole number"],
    [["--seed", "1.5"], "'1.5' is invalid"],
    [["--seed"], "'--seed <n>' argument missing"],
    [["--json"], "'--json <file>' argument missing"],
    [["--network"], "'--network <name>' argument missing"],
    [["--network", "--quick"], "Allowed choices are dense, convolutional."],
    [["--network", "deep"], "'deep' is invalid. Allowed choices are dense, convolutional."],
    [["--augmnt"], "Did you mean --augment?"],
    [["--augment", "--network", "dense"], "--augment is for the convolutional network, got --network dense"],
    [["--json", "--quick"], "'--quick' is invalid. Expected a file name"],
    [["--save="], "Expected a file name"],
    [["--quick=yes"], "unknown option '--quick=yes'"],
    [["adam"], "too many arguments"],
  ])("explains what is wrong: %j", (args, sentence) => {
    const error = caught(() => parseOptions(args));
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toContain(sentence);
  });
});

const NAMES = ["batch GD", "SGD, one sample", "mini-batch SGD", "SGD + momentum", "Adam", "convolutional"];

/** A run by its name. */
function run(name: string, i: number): RunResult {
  const history = Array.from({ length: 50 }, (_, k) => ({
    update: 10 * (k + 1),
    epoch: 0.1 * (k + 1),
    seconds: 0.02 * (k + 1),
    loss: 2.3 / (k + 1 + i),
    ...(k % 10 === 9 ? { testAccuracy: 0.9 + 0.001 * k } : {}),
  }));
  return {
    ...(name === "convolutional"
      ? { network: name, optimizer: "Adam" }
      : { network: "dense" as const, optimizer: name }),
    augmented: false,
    batchSize: 64,
    testAccuracy: 0.97 + i / 1000,
    loss: 0.05 - i / 1000,
    updates: 1234,
    epochs: 5,
    seconds: 1,
    timesPlainJavaScript: i === 0 ? null : 9.5,
    history,
  };
}

const data: ReportData = {
  machine: { cpu: "A <fast> & small CPU", cores: 2, node: "v20.0.0", platform: "linux x64", wasmBuild: "reproducible" },
  runs: NAMES.map(run),
  // 1,000 digits of each class, of which 21 of every 4 are predicted as 9, and 3 of every 7 as 1.
  confusion: Array.from({ length: 10 }, (_, label) =>
    Array.from({ length: 10 }, (_, predicted) => {
      if (label === 4 && predicted !== label) return predicted === 9 ? 21 : 0;
      if (label === 7 && predicted !== label) return predicted === 1 ? 3 : 0;
      if (label !== predicted) return 0;
      return label === 4 ? 979 : label === 7 ? 997 : 1000;
    }),
  ),
  misclassified: Array.from({ length: 150 }, (_, i) => ({
    pixels: new Uint8Array(784).fill(i),
    label: 4,
    predicted: 9,
    probability: i === 149 ? 0.73 : 0.5,
  })),
  misclassifiedTotal: 214,
  date: new Date("2030-01-02T03:04:05Z"),
};

describe("the report", () => {
  const html = renderReport(data);

  it("is one file without scripts or references to anything outside", () => {
    expect(html).not.toMatch(/<script|<link|@import|https?:|url\((?!#)/);
    for (const [, source] of html.matchAll(/(?:src|href)="([^"]*)"/g))
      expect(source).toMatch(/^data:image\/png;base64,/);
  });

  it("names every run, draws all of them in four charts, and describes the charts in words", () => {
    expect(html.match(/<figure>/g)).toHaveLength(4);
    const charts = [...html.matchAll(/<div class="chart wide">.*?<\/svg>\n<\/div>/gs)].map(([chart]) => chart);
    expect(charts).toHaveLength(4);
    for (const chart of charts) {
      expect(chart).toMatch(/role="img".*<title>.*<desc>/s);
      for (const [k, name] of NAMES.entries()) {
        expect(chart).toContain(`>${name}</text>`);
        expect(chart).toMatch(new RegExp(`<path class="line s${k}"[^>]* d="M[^"]*[LZ]`));
      }
    }
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("shows figures, machine and date, escaped", () => {
    expect(html).toContain("97.40 %");
    expect(html).toContain("not measured");
    expect(html).toContain("A &lt;fast&gt; &amp; small CPU, 2 cores");
    expect(html).toContain("2030-01-02 03:04 UTC");
  });

  it("has a confusion matrix of the Adam run, and names the most frequent confusion", () => {
    const table = html.match(/<table class="confusion">.*?<\/table>/s)?.[0] as string;
    expect(table.match(/<tr>/g)).toHaveLength(11);
    expect(table).toMatch(/<th scope="row">4<\/th>.*<td class="right">979<\/td>.*>21<\/td><td class="share">97\.9 %/);
    expect(html).toContain("The most frequent confusion: a 4 predicted as a 9, 21 times.");
    expect(renderReport({ ...data, confusion: undefined } as never)).not.toContain('class="confusion"');
  });

  it("shows 24 mistakes, the most confident first, up to 120 on request, and says how many there are", () => {
    expect(html.match(/<img /g)).toHaveLength(120);
    expect(html.slice(0, html.indexOf("<details>")).match(/<img /g)).toHaveLength(24);
    expect(html).toContain("<summary>Show 96 more</summary>");
    expect(html).toContain("120 of 214 are here");
    const first = html.match(/<img [^>]*alt="([^"]*)"/)?.[1];
    expect(first).toBe("A handwritten digit: true 4, predicted 9 (73 %)");
  });

  it("is about the networks that were trained", () => {
    const network = (name: string) => new RegExp(`predictions of the ${name} network trained with Adam`);
    expect(html).toMatch(network("dense"));
    expect(html).toContain("97.50 %</dd>");
    expect(html).toMatch(/A convolutional network learned from the same digits with Adam/);
    const alone = renderReport({ ...data, runs: [run("convolutional", 5)] });
    expect(alone).toMatch(network("convolutional"));
    expect(alone).toContain("The convolutional network trained with Adam misclassifies 214 of the");
    expect(alone).toMatch(/One way to learn/);
    expect(alone).not.toContain("784 inputs");
    expect(alone).not.toContain("turned");
    const augmented = renderReport({ ...data, runs: [{ ...run("convolutional", 5), augmented: true }] });
    expect(augmented).toContain("with Adam; every update turned, shifted and scaled its digits anew.");
  });

  it("can be drawn from hardly anything", () => {
    for (const runs of [
      [],
      [{ ...run("Adam", 1), history: [] }],
      [{ ...run("Adam", 1), loss: Number.NaN, seconds: 0 }],
    ]) {
      const page = renderReport({ ...data, runs, misclassified: [], misclassifiedTotal: 0, interrupted: true });
      expect(page).toContain("stopped early");
      expect(page).not.toContain("NaN");
    }
  });

  it("makes the folder it is written to", () => {
    const path = join(folder, "new", "digits.html");
    writeReport(path, data);
    expect(readFileSync(path, "utf8")).toBe(html);
  });
});

it("PNG images hold the pixels they were given", () => {
  const url = greyPng(Uint8Array.of(0, 128, 255, 7, 8, 9), 3, 2);
  const file = Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
  const start = file.indexOf("IDAT");
  const body = file.subarray(start + 4, start + 4 + file.readUInt32BE(start - 4));
  expect([...inflateSync(body)]).toEqual([0, 0, 128, 255, 0, 7, 8, 9]);
  expect(file.subarray(-4).toString("hex")).toBe("ae426082"); // the checksum of every PNG's last chunk
});

describe("the terminal", () => {
  it("shows a table of at most 80 columns without colours unless asked", () => {
    const large = {
      ...run("SGD, one sample", 2),
      batchSize: 60_000,
      updates: 1_234_567,
      epochs: 123.4,
      seconds: 123.4,
    };
    const table = renderTable([large, ...data.runs]);
    for (const line of table.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    for (const name of NAMES) expect(table).toContain(name);
    expect(table).not.toContain("\u001b");
    expect(renderTable(data.runs, { color: true })).toContain("\u001b[1m");
  });

  it("writes plain lines, one per tenth, when nobody watches", () => {
    const written: string[] = [];
    const progress = createProgress({ write: (text) => written.push(text) }, {});
    progress.start("Adam", 1000);
    for (let updates = 10; updates <= 1000; updates += 10)
      progress.update({ updates, seconds: updates / 1e3, loss: 0.5 });
    progress.finish({ updates: 1000, seconds: 1, loss: 0.25, testAccuracy: 0.975 });
    expect(written).toHaveLength(11);
    expect(written[1]).toBe("Adam             10 %  loss 0.5000 0.1 s\n");
    expect(written[10]).toBe("Adam            100 %  loss 0.2500 test 97.50 % 1.0 s\n");
  });
});

function caught(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected an error, got none");
}

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs((actual[i] as number) - (expected[i] as number))).toBeLessThanOrEqual(tolerance);
  }
}
