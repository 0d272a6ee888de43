// Baselines and models ready to use, against plain JavaScript and the layers they are made of.

import {
  accuracy,
  createTrainer,
  type Layer,
  linear,
  linearClassifier,
  mlp,
  nearestNeighbors,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
  tanh,
  xavierNormal,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { expectSameBits, numbers } from "./numbers.js";

engineForEach();

const rows = 60;
const features = 3;
/** On a coarse grid, so that many distances are equal. */
const inputs = Array.from({ length: rows }, (_, k) => numbers(features, 0, 4, k + 1).map(Math.floor));
const targets = numbers(rows, 0, 4, 77).map(Math.floor);
const asked = Array.from({ length: 25 }, (_, k) => numbers(features, 0, 4, k + 500).map(Math.floor));

describe("nearest neighbours", () => {
  for (const distance of ["euclidean", "manhattan"] as const)
    it.each([1, 2, 5, rows])(`%i of them vote, ${distance}`, (k) => {
      const expected = asked.map((query) => {
        const near = inputs
          .map((row, at) => {
            const differences = row.map((x, j) => Math.abs(x - (query[j] as number)));
            const far = differences.reduce((sum, d) => sum + (distance === "euclidean" ? d * d : d), 0);
            return { at, far };
          })
          .sort((a, b) => a.far - b.far || a.at - b.at)
          .slice(0, k)
          .map(({ at }) => targets[at] as number);
        const votes = (label: number): number => near.filter((other) => other === label).length;
        return near.reduce((best, label) => (votes(label) > votes(best) ? label : best));
      });
      expect(
        Array.from(nearestNeighbors({ neighbors: k, distance }).fit(engine, { inputs, targets }).predict(asked)),
      ).toEqual(expected);
    });

  it("k 1 knows every sample it has seen, images too", () => {
    const data = Float32Array.from(numbers(20 * 4));
    const images = { data, shape: [20, 2, 2] };
    const labels = Int32Array.from({ length: 20 }, (_, k) => k);
    expect(nearestNeighbors().fit(engine, { inputs: images, targets: labels }).predict(images)).toEqual(labels);
  });

  it.each([1e300, 1e-300])("tells samples apart whose distances are of size %d", (size) => {
    const fitted = nearestNeighbors().fit(engine, { inputs: [[-size, 0], [0, size], [size, 0]], targets: [0, 1, 2] }); // biome-ignore format: rows
    expect(Array.from(fitted.predict([[0.9 * size, 0.1 * size], [0, size], [-size, size / 2]]))).toEqual([2, 1, 0]); // biome-ignore format: rows
  });

  it("many samples and queries, in several products, as in a loop; near ones that rounding cannot tell apart too", () => {
    const [many, width] = [3000, 700];
    const data = Float64Array.from(numbers(many * width, -1, 1, 5));
    // Far from 0, each is one of ten rows and its own small step: distances of 1e-9 beside squares of 1e6.
    for (let row = 0; row < many; row++)
      for (let j = 0; j < width; j++)
        data[row * width + j] = 100 + (row % 10) + (j === 0 ? 1e-6 * ((row * 7919) % many) : 0);
    const labels = Int32Array.from({ length: many }, (_, row) => row);
    const asked = {
      data: Float64Array.from({ length: 40 * width }, (_, i) => 100 + (Math.floor(i / width) % 10)),
      shape: [40, width],
    };
    for (let q = 0; q < 40; q++) asked.data[q * width] = (asked.data[q * width] as number) + 7e-5 * q;
    using fitted = nearestNeighbors().fit(engine, { inputs: { data, shape: [many, width] }, targets: labels });
    const expected = Array.from({ length: 40 }, (_, q) => {
      let [best, least] = [0, Number.POSITIVE_INFINITY];
      for (let row = 0; row < many; row++) {
        let far = 0;
        for (let j = 0; j < width; j++)
          far += ((data[row * width + j] as number) - (asked.data[q * width + j] as number)) ** 2;
        if (far < least) [best, least] = [row, far];
      }
      return best;
    });
    expect(Array.from(fitted.predict(asked))).toEqual(expected);
  });

  it("gives its programs back", () => {
    // Once before, for what an engine makes once and keeps.
    {
      using fitted = nearestNeighbors().fit(engine, { inputs, targets });
      fitted.predict(asked);
    }
    const before = engine.bytesInUse;
    const fitted = nearestNeighbors().fit(engine, { inputs, targets });
    fitted.predict(asked);
    expect(engine.bytesInUse).toBeGreaterThan(before);
    fitted.free();
    expect(engine.bytesInUse).toBe(before);
  });

  it("names what does not fit", () => {
    const fitted = nearestNeighbors().fit(engine, { inputs, targets });
    expect(() => nearestNeighbors({ neighbors: 0 })).toThrow("nearestNeighbors: neighbors must be");
    expect(() => nearestNeighbors({ distance: "cosine" as never })).toThrow("distance must be");
    expect(() => nearestNeighbors({ neighbors: 61 }).fit(engine, { inputs, targets })).toThrow(
      "neighbors must be at most 60",
    );
    expect(() => nearestNeighbors().fit(engine, { inputs })).toThrow("targets are missing");
    expect(() => nearestNeighbors().fit(engine, { inputs: [[1]], targets: [0.5] })).toThrow(
      "label 0 must be a whole number",
    );
    expect(() => nearestNeighbors().fit(engine, { inputs: [[1]], targets: [[0]] })).toThrow(
      "expected one class for each sample",
    );
    expect(() => nearestNeighbors().fit(engine, { inputs: [[Number.NaN]], targets: [0] })).toThrow(
      "sample 0 holds NaN",
    );
    expect(() => fitted.predict([[1]])).toThrow("got shape [1, 1], expected [samples, 3]");
  });
});

describe("models", () => {
  const trained = (model: Layer) => {
    const trainer = createTrainer(engine, {
      model,
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.2 }),
      metrics: [accuracy()],
      dtype: "f64",
      seed: 3,
    });
    for (let k = 0; k < 5; k++) trainer.step({ inputs, targets });
    return trainer;
  };

  it("mlp is the layers one would write", () => {
    const pairs = [
      [mlp([3, 5, 4]), sequential([linear(3, 5), relu(), linear(5, 4)])],
      [mlp([3, 4]), sequential([linear(3, 4)])],
      [
        mlp([3, 5, 6, 4], { activation: tanh, weight: xavierNormal }),
        sequential([
          linear(3, 5, { weight: xavierNormal }),
          tanh(),
          linear(5, 6, { weight: xavierNormal }),
          tanh(),
          linear(6, 4, { weight: xavierNormal }),
        ]),
      ],
    ] as const;
    for (const [short, long] of pairs) {
      const [a, b] = [trained(short).parameters(), trained(long).parameters()];
      expect(Object.keys(a)).toEqual(Object.keys(b));
      for (const name of Object.keys(a)) expectSameBits(a[name], b[name], name);
    }
  });

  it("the linear classifier follows the gradient of logistic regression from ln(classes)", () => {
    const weight = Array.from({ length: features }, () => [0, 0, 0, 0]);
    const bias = [0, 0, 0, 0];
    for (let step = 0; step < 5; step++) {
      const slopes = inputs.map((x, k) => {
        const scores = bias.map((b, c) => b + x.reduce((sum, value, j) => sum + value * (weight[j]?.[c] as number), 0));
        const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
        return scores.map((score, c) => (Math.exp(score) / total - Number(c === targets[k])) / rows);
      });
      for (let c = 0; c < 4; c++) {
        for (let j = 0; j < features; j++) {
          const slope = slopes.reduce((sum, each, k) => sum + (each[c] as number) * (inputs[k]?.[j] as number), 0);
          (weight[j] as number[])[c] = (weight[j]?.[c] as number) - 0.2 * slope;
        }
        bias[c] = (bias[c] as number) - 0.2 * slopes.reduce((sum, each) => sum + (each[c] as number), 0);
      }
    }
    const got = trained(linearClassifier(features, 4)).parameters();
    for (const [k, value] of weight.flat().entries()) expect(got.weight?.data[k]).toBeCloseTo(value, 13);
    for (const [k, value] of bias.entries()) expect(got.bias?.data[k]).toBeCloseTo(value, 13);
  });

  it("refuses what makes no model", () => {
    expect(() => mlp([3])).toThrow("mlp: widths must be an array of at least 2 numbers, got [3]");
    expect(() => mlp([3, 0])).toThrow("mlp: widths must be");
    expect(() => mlp([3, 4, 2], { activation: relu() as never })).toThrow("mlp: activation must be a function");
    expect(() => mlp([3, 2], { activations: relu } as never)).toThrow('Did you mean "activation"?');
    expect(() => linearClassifier(0, 2)).toThrow("linearClassifier: inputs must be");
    expect(() => linearClassifier(3, 1)).toThrow("linearClassifier: classes must be");
  });
});
