// Curvature against dense eigenvalues, PyTorch's Hessian of a network, closed forms and moments.

import {
  batchNorm,
  createDataset,
  createTrainer,
  criticalPoint,
  dropout,
  hessianTrace,
  type LossSurface,
  layerConditions,
  linear,
  lossLine,
  lossPlane,
  lossSurface,
  meanSquaredError,
  randomDirections,
  sequential,
  sgd,
  sharpness,
  softmaxCrossEntropy,
  spectralDensity,
  symmetricEigen,
  type Tensor,
  type Trainer,
  tanh,
  topEigenvalues,
  trainerSurface,
  trajectoryPlane,
} from "thalweg";
import { plotPlane } from "thalweg/plot";
import { describe, expect, it } from "vitest";
import { engine, engineForAll, fixture } from "./engine.js";

interface Figures {
  inputs: number[][];
  labels: number[];
  point: number[];
  value: number;
  gradient: number[];
  hessian: number[];
  eigenvalues: number[];
}
const figures = fixture<Figures>("torch_hessian");
const data = { inputs: figures.inputs, targets: Int32Array.from(figures.labels) };

engineForAll();

const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, x, k) => Math.max(most, Math.abs(x - (b[k] as number))), 0);
const descending = (values: Iterable<number>): number[] => Array.from(values).sort((a, b) => b - a);

/** PyTorch's network: 2-3-3, at the point of the figures. */
function network(): Trainer {
  const trainer = createTrainer(engine, {
    model: sequential([linear(2, 3), tanh(), linear(3, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
    dtype: "f64",
  });
  const pieces = { "0.weight": [0, 6, 2, 3], "0.bias": [6, 9, 3], "2.weight": [9, 18, 3, 3], "2.bias": [18, 21, 3] };
  trainer.setParameters(
    Object.fromEntries(
      Object.entries(pieces).map(([name, [from, to, ...shape]]) => [
        name,
        { data: figures.point.slice(from, to), shape },
      ]),
    ),
  );
  return trainer;
}

/** A quadratic ½ xᵀ A x with the eigenvalues 1 .. n turned by a reflection. */
function quadratic(n: number): { surface: LossSurface; eigenvalues: number[] } {
  const u = Array.from({ length: n }, (_, i) => Math.sin(3 * i + 1));
  const square = u.reduce((sum, x) => sum + x * x, 0);
  const reflection = u.map((x, i) => u.map((y, j) => Number(i === j) - (2 * x * y) / square));
  const eigenvalues = Array.from({ length: n }, (_, k) => (k < 3 ? 10 * (3 - k) : 1 - k / n));
  const f = (x: Tensor): Tensor =>
    x.reshape([1, n]).matmul(reflection).square().multiply(eigenvalues).sum().multiply(0.5);
  return { surface: lossSurface(engine, f, new Float64Array(n)), eigenvalues };
}

describe("surfaces", () => {
  it("of a trainer have PyTorch's value, gradient and Hessian", () => {
    const trainer = network();
    const surface = trainerSurface(trainer, data);
    expect(surface.elements).toBe(21);
    expect(surface.value()).toBeCloseTo(figures.value, 14);
    expect(apart(surface.gradient().data, figures.gradient)).toBeLessThan(1e-15);
    const { data: h, shape } = surface.hessian();
    expect(shape).toEqual([21, 21]);
    expect(apart(h, figures.hessian)).toBeLessThan(1e-15);
    for (let i = 0; i < 21; i++)
      for (let j = 0; j < i; j++)
        expect(Math.abs((h[21 * i + j] as number) - (h[21 * j + i] as number))).toBeLessThan(1e-15);
    const v = Float64Array.from({ length: 21 }, (_, k) => Math.cos(k));
    const product = v.map((_, i) => v.reduce((sum, x, j) => sum + x * (figures.hessian[21 * i + j] as number), 0));
    expect(apart(surface.hvp(v).data, product)).toBeLessThan(1e-14);
    expect(apart(surface.hvp(surface.arrange(v)).data, product)).toBeLessThan(1e-14);
    surface.free();
    trainer.free();
  });

  it("cut the data into chunks without changing the mean, whatever the reduction and the type", () => {
    const rows = 300;
    const many = {
      inputs: Array.from({ length: rows }, (_, i) => [Math.sin(i), Math.cos(2 * i)]),
      targets: Array.from({ length: rows }, (_, i) => [Math.sin(3 * i)]),
    };
    for (const reduction of ["mean", "sum"] as const) {
      const trainer = createTrainer(engine, {
        model: sequential([linear(2, 4), tanh(), linear(4, 1)]),
        loss: meanSquaredError({ reduction }),
        optimizer: sgd({ learningRate: 0.1 }),
        seed: 3,
      });
      const set = createDataset(engine, many);
      const wide = trainerSurface(trainer, set);
      const narrow = trainerSurface(trainer, set, { dtype: "f32" });
      const { loss } = trainer.evaluate(set);
      expect(wide.value()).toBeCloseTo(loss, 6);
      expect(narrow.value()).toBeCloseTo(loss, 6);
      expect(apart(narrow.gradient().data, wide.gradient().data)).toBeLessThan(1e-6);
      expect(apart(narrow.hessian().data, wide.hessian().data)).toBeLessThan(1e-5);
      // The gradient is the derivative of the value.
      const direction = Float64Array.from({ length: wide.elements }, (_, k) => Math.sin(k + 1));
      const { values } = lossLine(wide, direction, { range: [-1e-5, 1e-5], points: 2 });
      const slope = wide.gradient().data.reduce((sum, g, k) => sum + g * (direction[k] as number), 0);
      expect(((values[1] as number) - (values[0] as number)) / 2e-5).toBeCloseTo(slope, 8);
      for (const held of [wide, narrow, set, trainer]) held.free();
    }
  });

  it("hold dropout off and statistics fixed, follow further training, and leave the trainer alone", async () => {
    const trainer = createTrainer(engine, {
      model: sequential([linear(2, 4), batchNorm(4), dropout(0.5), linear(4, 3)]),
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.1 }),
      seed: 5,
    });
    await trainer.fit(data, { steps: 3, batchSize: 4 });
    const saved = trainer.save();
    const surface = trainerSurface(trainer, data);
    expect(surface.value()).toBeCloseTo(trainer.evaluate(data).loss, 6);
    expect(surface.value()).toBe(surface.value());
    lossPlane(surface, randomDirections(surface), { resolution: 3 });
    topEigenvalues(surface);
    expect(trainer.save()).toEqual(saved);
    trainer.setParameters({ "3.bias": [1, 2, 3] });
    const before = surface.value();
    surface.moveTo();
    expect(surface.value()).not.toBe(before);
    expect(surface.value()).toBeCloseTo(trainer.evaluate(data).loss, 6);
    surface.free();
    trainer.free();
  });

  it("are told apart from points of another arrangement, and say what is wrong", () => {
    const surface = lossSurface(engine, (x) => x.square().sum(), [1, 2]);
    expect(() => surface.hvp([1, 2, 3])).toThrow(
      "hvp: expected shape [2], got [3]. Arrange it like the parameters, or give one vector of 2 numbers.",
    );
    expect(() => surface.moveTo([1, Number.NaN])).toThrow("moveTo: element 1 is NaN, expected finite numbers.");
    expect(() => surface.moveTo()).toThrow("moveTo: parameters are missing.");
    expect(() => lossSurface(engine, (x) => x.sum(), [])).toThrow("lossSurface: there are no parameters.");
    expect(() => lossSurface(engine, (x) => x.sum(), [Number.NaN])).toThrow("lossSurface: element 0 is NaN");
    expect(() => lossSurface(engine, (x) => x, [1, 2]).value()).toThrow("lossSurface: f must return a scalar");
    expect(() => trainerSurface({} as Trainer, data)).toThrow(
      "trainerSurface: the first argument must be a trainer, got an object.",
    );
    expect(() => topEigenvalues({} as LossSurface)).toThrow("topEigenvalues: expected a surface, got an object.");
    const trainer = network();
    expect(() => trainerSurface(trainer, { inputs: [[1, 2]] })).toThrow("the data has no targets");
    expect(() => trainerSurface(trainer, { inputs: [[1, 2]], targets: Int32Array.of(9) }).value()).toThrow(
      "target of sample",
    );
    surface.free();
    expect(() => surface.value()).toThrow("surface: used after it was freed. Create it again.");
    expect(() => lossSurface(engine, (x) => x.log().sum(), [-1]).hvp([1])).not.toThrow();
  });

  it("give all memory back", () => {
    const before = engine.bytesInUse;
    const trainer = network();
    const surface = trainerSurface(trainer, data);
    surface.hessian();
    topEigenvalues(surface, { count: 3 });
    hessianTrace(surface, { probes: 3 });
    spectralDensity(surface, { probes: 2 });
    lossPlane(surface, randomDirections(surface), { resolution: 3 });
    surface.free();
    surface.free();
    trainer.free();
    expect(engine.bytesInUse).toBe(before);
  });
});

describe("topEigenvalues", () => {
  it("are those of the dense Hessian, at both ends", () => {
    const trainer = network();
    const surface = trainerSurface(trainer, data);
    const dense = descending(symmetricEigen(engine, surface.hessian()).values.data);
    const top = topEigenvalues(surface, { count: 4, tolerance: 1e-10 });
    expect(top.converged).toBe(true);
    expect(apart(top.values, dense.slice(0, 4))).toBeLessThan(1e-13);
    expect(
      apart(topEigenvalues(surface, { count: 2, which: "smallest" }).values, dense.reverse().slice(0, 2)),
    ).toBeLessThan(1e-13);
    for (const [k, vector] of top.vectors.entries()) {
      const product = surface.hvp(vector).data;
      expect(
        apart(
          product,
          vector.map((x) => x * (top.values[k] as number)),
        ),
      ).toBeLessThan(1e-12);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 13);
    }
    expect(apart(descending(figures.eigenvalues).slice(0, 4), top.values)).toBeLessThan(1e-13);
  });

  it("take few steps where they stand apart, and find multiples as often as they are", () => {
    const { surface, eigenvalues } = quadratic(150);
    const { values, steps, residuals } = topEigenvalues(surface, { count: 3 });
    expect(steps).toBeLessThan(40);
    expect(apart(values, descending(eigenvalues).slice(0, 3))).toBeLessThan(1e-9);
    expect(Math.max(...residuals)).toBeLessThan(3e-5);
    const five = lossSurface(engine, (x) => x.square().multiply([2, 2, 2, -3, 1]).sum(), [0, 0, 0, 0, 0]);
    expect(apart(topEigenvalues(five, { count: 5 }).values, [4, 4, 4, 2, -6])).toBeLessThan(1e-12);
    expect(apart(topEigenvalues(five, { count: 2, which: "magnitude" }).values, [-6, 4])).toBeLessThan(1e-12);
    const flat = lossSurface(engine, (x) => x.sum(), [1, 2, 3]);
    expect(Array.from(topEigenvalues(flat, { count: 3 }).values, (value) => value + 0)).toEqual([0, 0, 0]);
  });

  it("refuse what cannot be", () => {
    const surface = lossSurface(engine, (x) => x.log().sum(), [1, 0]);
    expect(() => topEigenvalues(surface)).toThrow("topEigenvalues: a product with the Hessian is not finite.");
    expect(() => topEigenvalues(surface, { count: 3 })).toThrow("topEigenvalues: count must be at most 2");
    expect(() => topEigenvalues(surface, { count: 0 })).toThrow("count must be a whole number of at least 1");
    expect(() => topEigenvalues(surface, { which: "middle" as never })).toThrow("which must be");
    expect(() => topEigenvalues(surface, { seed: -1 })).toThrow("seed");
    expect(() => hessianTrace(surface)).toThrow("not finite");
    expect(() => spectralDensity(surface)).toThrow("not finite");
    expect(() => criticalPoint(surface)).toThrow("criticalPoint: value, gradient or Hessian is not finite");
  });
});

describe("hessianTrace and spectralDensity", () => {
  it("is within three standard errors of the trace, exact for a diagonal, and repeats by its seed", () => {
    const surface = trainerSurface(network(), data);
    const exact = figures.eigenvalues.reduce((sum, value) => sum + value, 0);
    const { trace, standardError } = hessianTrace(surface, { probes: 400, seed: 2 });
    expect(Math.abs(trace - exact)).toBeLessThan(3 * standardError);
    expect(standardError).toBeLessThan(0.1 * figures.eigenvalues.reduce((sum, value) => sum + Math.abs(value), 0));
    expect(hessianTrace(surface, { probes: 400, seed: 2 }).trace).toBe(trace);
    expect(hessianTrace(surface, { probes: 400, seed: 3 }).trace).not.toBe(trace);
    // The error falls as one over the root of the probes.
    const rough = hessianTrace(surface, { probes: 25, seed: 2 }).standardError;
    expect(rough / standardError).toBeGreaterThan(2);
    expect(rough / standardError).toBeLessThan(8);
  });

  it("integrates to 1 and has the moments of the dense spectrum", () => {
    const surface = trainerSurface(network(), data);
    const { x, density, nodes, weights, width } = spectralDensity(surface, { probes: 300, points: 1001 });
    const step = (x[1] as number) - (x[0] as number);
    expect(density.reduce((sum, value) => sum + value, 0) * step).toBeCloseTo(1, 3);
    expect(weights.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    for (const power of [1, 2, 3]) {
      const dense = figures.eigenvalues.reduce((sum, value) => sum + value ** power, 0) / 21;
      const estimate = nodes.reduce((sum, node, k) => sum + (weights[k] as number) * node ** power, 0);
      const size = figures.eigenvalues.reduce((sum, value) => sum + Math.abs(value) ** power, 0) / 21;
      expect(Math.abs(estimate - dense), `moment ${power}`).toBeLessThan(0.1 * size);
    }
    // The share of eigenvalues in the upper half, a bin of a histogram, agrees.
    const middle = Math.max(...figures.eigenvalues) / 2;
    const share = figures.eigenvalues.filter((value) => value > middle).length / 21;
    const above = Array.from(x).reduce((sum, at, k) => sum + (at > middle ? (density[k] as number) * step : 0), 0);
    expect(Math.abs(above - share)).toBeLessThan(0.05);
    expect(width).toBeGreaterThan(0);
  });

  it("is one peak where all eigenvalues are one", () => {
    const surface = lossSurface(engine, (x) => x.square().sum(), new Float64Array(10));
    const { nodes, weights, x, density } = spectralDensity(surface, { probes: 3, steps: 5 });
    const mean = nodes.reduce((sum, node, k) => sum + node * (weights[k] as number), 0);
    expect(mean).toBeCloseTo(2, 12);
    const step = (x[1] as number) - (x[0] as number);
    expect(density.reduce((sum, value) => sum + value, 0) * step).toBeCloseTo(1, 3);
  });
});

describe("criticalPoint", () => {
  const kindOf = (f: (x: Tensor) => Tensor, x: number[]): string => criticalPoint(lossSurface(engine, f, x)).kind;

  it("tells minimum, maximum and saddle by signs, and is undecided at zero", () => {
    expect(kindOf((x) => x.square().sum(), [0, 0])).toBe("minimum");
    expect(kindOf((x) => x.square().sum().negate(), [0, 0])).toBe("maximum");
    const saddle = criticalPoint(lossSurface(engine, (x) => x.square().multiply([0.5, -0.5]).sum(), [0, 0]));
    expect(saddle.kind).toBe("saddle");
    expect(Array.from(saddle.eigenvalues)).toEqual([-1, 1]);
    expect(saddle.reason).toMatch(/^1 eigenvalues are positive, 1 negative, 0 zero within/);
    expect(kindOf((x) => x.power(4).sum(), [0, 0])).toBe("undecided");
    expect(kindOf((x) => x.square().multiply([1, 0]).sum(), [0, 3])).toBe("undecided");
    expect(kindOf((x) => x.square().multiply([1, 0, -1]).sum(), [0, 3, 0])).toBe("saddle");
    const slope = criticalPoint(lossSurface(engine, (x) => x.square().sum(), [1, 0]));
    expect(slope.kind).toBe("undecided");
    expect(slope.reason).toMatch(/^the gradient has norm 2\.00e\+0, so the point is not critical/);
  });

  it("finds both losses of y = sigmoid(w2 sigmoid(w1 x)) non-convex at 0", () => {
    const y = (w: Tensor): Tensor => w.slice(0, 0, 1).sigmoid().multiply(w.slice(0, 1)).sigmoid();
    const squared = (w: Tensor): Tensor => y(w).negate().add(1).square().sum();
    const crossEntropy = (w: Tensor): Tensor => y(w).log().negate().sum();
    for (const [f, expected] of [
      [squared, [-0.049, 0.08]],
      [crossEntropy, [-0.098, 0.16]],
    ] as const) {
      const { eigenvalues, negative, positive } = criticalPoint(lossSurface(engine, f, [0, 0]));
      expect(apart(eigenvalues, expected)).toBeLessThan(5e-4);
      expect([negative, positive]).toEqual([1, 1]);
    }
  });
});

describe("sharpness and layerConditions", () => {
  it("decides whether gradient descent on a quadratic converges", () => {
    const surface = lossSurface(engine, (x) => x.square().multiply([2, 0.5]).sum(), [1, 1]);
    const { sharpness: largest, threshold, stable } = sharpness(surface, 0.49);
    expect(largest).toBeCloseTo(4, 12);
    expect(threshold).toBeCloseTo(2 / 0.49, 12);
    expect(stable).toBe(true);
    expect(sharpness(surface, 0.51).stable).toBe(false);
    expect(() => sharpness(surface, 0)).toThrow("sharpness: learningRate must be a positive number, got 0.");
  });

  it("knows the condition of matrices and of ranks that are lost", () => {
    const trainer = network();
    trainer.setParameters({
      "0.weight": [
        [3, 0, 0],
        [0, 1, 0],
      ],
      "2.weight": [
        [1, 1, 0],
        [1, 1, 0],
        [0, 0, 2],
      ],
    });
    const conditions = layerConditions(trainer);
    expect(Object.keys(conditions)).toEqual(["0.weight", "2.weight"]);
    expect(conditions["0.weight"]).toBeCloseTo(3, 12);
    expect(conditions["2.weight"]).toBeGreaterThan(1e15);
    expect(() => layerConditions({} as Trainer)).toThrow("layerConditions: the first argument must be a trainer");
  });
});

describe("lines and planes", () => {
  it("are the values at the points, exactly, and leave the surface where it is", () => {
    const surface = trainerSurface(network(), data);
    const point = surface.point;
    const directions = randomDirections(surface, { seed: 4 });
    const [first, second] = directions as [Float64Array, Float64Array];
    const plane = lossPlane(surface, directions, { xRange: [-0.5, 1], yRange: [-1, 2], resolution: [4, 7] });
    expect([plane.resolution, plane.values.length]).toEqual([[4, 7], 28]);
    expect(surface.point).toEqual(point);
    expect(surface.value()).toBeCloseTo(figures.value, 14);
    for (const [i, j] of [
      [0, 0],
      [3, 1],
      [2, 6],
    ] as const) {
      const [x, y] = [-0.5 + (1.5 * i) / 3, -1 + (3 * j) / 6];
      surface.moveTo(point.map((w, k) => w + x * (first[k] as number) + y * (second[k] as number)));
      expect(plane.values[4 * j + i]).toBeCloseTo(surface.value(), 13);
      expect(plane.at(x, y)).toBeCloseTo(surface.value(), 13);
    }
    surface.moveTo(point);
    const line = lossLine(surface, first, { range: [0, 1], points: 2 });
    expect(line.values[0]).toBe(surface.value());
  });

  it("filter-normalizes convolutions: each filter as long as that of the weights", () => {
    const filters = Float64Array.from({ length: 2 * 2 * 3 * 4 }, (_, at) => (1 + (at % 4)) * (at % 5) - 3);
    const surface = lossSurface(engine, (w) => w.square().sum(), { data: filters, shape: [2, 2, 3, 4] });
    const [direction] = randomDirections(surface, { count: 1, seed: 2 }) as [Float64Array];
    const norm = (values: Float64Array, channel: number): number =>
      Math.sqrt(values.reduce((sum, value, at) => sum + (at % 4 === channel ? value * value : 0), 0));
    for (let channel = 0; channel < 4; channel++)
      expect(norm(direction, channel)).toBeCloseTo(norm(filters, channel), 12);
    surface.free();
  });

  it("filter-normalizes: columns as long as those of the weights, biases 0", () => {
    const surface = trainerSurface(network(), data);
    const [direction] = randomDirections(surface, { count: 1, seed: 9 }) as [Float64Array];
    const { point } = surface;
    for (const [start, rows, columns] of [
      [0, 2, 3],
      [9, 3, 3],
    ] as const)
      for (let j = 0; j < columns; j++) {
        const length = (vector: Float64Array): number =>
          Math.hypot(...Array.from({ length: rows }, (_, i) => vector[start + i * columns + j] as number));
        expect(length(direction)).toBeCloseTo(length(point), 13);
      }
    expect(Array.from(direction.slice(6, 9))).toEqual([0, 0, 0]);
    expect(Array.from(direction.slice(18))).toEqual([0, 0, 0]);
    const [unit] = randomDirections(surface, { count: 1, normalize: "unit" }) as [Float64Array];
    expect(Math.hypot(...unit)).toBeCloseTo(1, 13);
    expect(randomDirections(surface, { seed: 9, count: 1 })[0]).toEqual(direction);
  });

  it("finds the plane of a trajectory, with the path in it", () => {
    const surface = lossSurface(engine, (x) => x.square().sum(), new Float64Array(4));
    const points = Array.from({ length: 20 }, (_, k) => [3 * 0.8 ** k, 0, 2 * 0.5 ** k, 0]);
    const { directions, explained, path } = trajectoryPlane(surface, points);
    expect(explained[0] + explained[1]).toBeCloseTo(1, 12);
    expect(path.length).toBe(20);
    expect(path[19]).toEqual([0, 0]);
    const last = points[19] as number[];
    for (const [k, [x, y]] of path.entries())
      for (let i = 0; i < 4; i++)
        expect((last[i] as number) + x * (directions[0][i] as number) + y * (directions[1][i] as number)).toBeCloseTo(
          points[k]?.[i] as number,
          12,
        );
    expect(() => trajectoryPlane(surface, points.slice(0, 2))).toThrow("got 2 points, expected at least 3.");
    expect(() =>
      trajectoryPlane(surface, [
        [1, 0, 0, 0],
        [2, 0, 0, 0],
        [3, 0, 0, 0],
      ]),
    ).toThrow("the points lie on a line");
  });

  it("refuses ranges and directions that are none", () => {
    const surface = lossSurface(engine, (x) => x.square().sum(), [1, 2]);
    expect(() => lossLine(surface, [0, 0])).toThrow(
      "lossLine: the direction is zero, expected at least one other number.",
    );
    expect(() => lossLine(surface, [1])).toThrow("lossLine: expected shape [2], got [1].");
    expect(() => lossLine(surface, [1, 0], { range: [1, 1] })).toThrow("lossLine: range must ascend, got [1, 1].");
    expect(() => lossPlane(surface, [[1, 0]])).toThrow("lossPlane: expected two directions");
    expect(() =>
      lossPlane(
        surface,
        [
          [1, 0],
          [0, 1],
        ],
        { resolution: 1 },
      ),
    ).toThrow("resolution");
  });

  it("is drawn as level sets, with a trajectory over them", async () => {
    const trainer = network();
    const surface = trainerSurface(trainer, data);
    const visited: unknown[] = [trainer.parameters()];
    for (let k = 0; k < 12; k++) {
      trainer.step(data);
      visited.push(trainer.parameters());
    }
    surface.moveTo();
    const { directions, path } = trajectoryPlane(surface, visited);
    const svg = plotPlane(lossPlane(surface, directions, { resolution: 9 }), {
      paths: { descent: path },
      title: "Loss",
    });
    expect(svg.startsWith("<svg")).toBe(true);
    expect(svg).toContain('class="level q55"');
    expect(svg).toContain('class="line s0"');
    expect(() => plotPlane({} as never)).toThrow("plotPlane: expected a plane made by lossPlane, got an object.");
    expect(() => plotPlane(lossPlane(surface, directions), { colour: 1 } as never)).toThrow('unknown option "colour"');
  });

  it("passes through what is not finite", () => {
    const surface = lossSurface(engine, (x) => x.log().sum(), [0.5]);
    const { values } = lossLine(surface, [1], { range: [-1, 1], points: 3 });
    expect(Number.isNaN(values[0])).toBe(true);
    expect(values[2]).toBeCloseTo(Math.log(1.5), 14);
  });
});

it("the spectral density has the same bits everywhere: its exponentials are the core's", () => {
  const surface = lossSurface(engine, (x: Tensor) => x.square().multiply([3, 1, -2]).sum(), [0.3, -0.1, 0.2]);
  const { x, density, nodes, weights, width } = spectralDensity(surface, { points: 7 });
  for (const [k, at] of x.entries()) {
    const terms = Array.from(nodes, (node, j) => (weights[j] as number) * Math.exp(-(((at - node) / width) ** 2) / 2));
    const expected = terms.reduce((sum, term) => sum + term, 0) / (width * Math.sqrt(2 * Math.PI));
    expect(Math.abs((density[k] as number) / expected - 1)).toBeLessThan(1e-13);
  }
  expect(Array.from(density)).toEqual([
    0.00044610075254961795, 3.6553551979631344e-43, 7.5919249291252215e-171, 2.564866208902594e-22, 1.6840903611787e-14,
    3.655355197962876e-43, 0.0004461007525496102,
  ]);
});
