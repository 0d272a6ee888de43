// Training with augmentation against plain loops: losses with weights and smoothed labels of mixed rows in several runs, two
// evaluations of a step, dead units; and several fits in turn with different augmentations, disturbed, moved and resumed.

import {
  type Augmentation,
  accumulate,
  adam,
  augment,
  batchNorm,
  colorJitter,
  conv2d,
  createTrainer,
  cutMix,
  dropout,
  type Engine,
  findLearningRate,
  flatten,
  functionSchedule,
  gaussianBlur,
  gaussianNoise,
  globalAvgPool2d,
  type LayerContext,
  type Loss,
  linear,
  linearSchedule,
  meanSquaredError,
  mixing,
  mixUp,
  type NDArray,
  oneOf,
  preview,
  randAugment,
  randomCrop,
  randomErasing,
  randomFlip,
  randomResizedCrop,
  randomRotation,
  relu,
  type Samples,
  saltAndPepper,
  sam,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  type TrainerOptions,
  trivialAugment,
} from "thalweg";
import { measuredStep } from "thalweg/inspect";
import { describe, expect, it } from "vitest";
import { engine, engineForAll, highEngine } from "./engine.js";
import { expectClose, numbers, plain } from "./numbers.js";

engineForAll();

const rowsOf = ({ data, shape }: NDArray): number[][] => {
  const width = data.length / (shape[0] as number);
  return Array.from({ length: shape[0] as number }, (_, k) => Array.from(data.slice(k * width, (k + 1) * width)));
};

describe("a linear model, against loops", () => {
  const rows = 23;
  const inputs = plain([rows, 4, 4, 1], 0, 1, 7);
  const labels = Array.from({ length: rows }, (_, k) => (k * k + k) % 3);
  const hot = labels.map((label) => [0, 1, 2].map((k) => Number(k === label)));
  const start = numbers(48, -0.5, 0.5, 9);
  const rate = 0.25;
  const noise = (x: Tensor, context: LayerContext): Tensor => x.add(context.normal(x.shape).multiply(0.1));

  const trainerOf = (loss: Loss, options: Partial<TrainerOptions> = {}): Trainer => {
    const trainer = createTrainer(engine, {
      ...{ model: sequential([flatten(), linear(16, 3, { bias: false })]), loss, dtype: "f64" },
      ...{ optimizer: sgd({ learningRate: rate }), seed: 5 },
      ...options,
    });
    trainer.setParameters({ "1.weight": { data: start, shape: [16, 3] } });
    return trainer;
  };

  /** Distance of a row and its partner at a step. */
  const shiftOf = (trainer: Trainer, count: number, step: number): number => {
    if (count === 1) return 0;
    const eye = {
      data: Array.from({ length: count * count }, (_, k) => Number(k % (count + 1) === 0)),
      shape: [count, count],
    };
    const partner = mixing("partner", (x, partner) => ({ x: partner, share: x.trace.fill(1, [x.shape[0]!], "f64") }));
    const options = { step, augment: augment([partner]) };
    return rowsOf(preview(trainer, { inputs: eye }, [...Array(count).keys()], options).inputs)[0]!.indexOf(1);
  };

  /** What the model sees of a batch at a step: pictures and mixed targets. */
  function batchOf(trainer: Trainer, augmentation: Augmentation, from: number, count: number, step: number) {
    const indices = Array.from({ length: count }, (_, k) => from + k);
    const shift = shiftOf(trainer, count, step);
    const shown = preview(trainer, { inputs }, indices, { step, augment: augmentation });
    const targets = Array.from(shown.share!, (share, k) =>
      [0, 1, 2].map((c) => share * hot[from + k]![c]! + (1 - share) * hot[from + ((k + shift) % count)]![c]!),
    );
    return { pictures: rowsOf(shown.inputs), targets };
  }

  /** Sum over rows of −Σ w t log softmax, and its gradient. */
  function crossEntropy(
    weights: readonly number[],
    { pictures, targets }: ReturnType<typeof batchOf>,
    classWeights: readonly number[],
    smoothing: number,
  ) {
    const gradient = new Array<number>(48).fill(0);
    let sum = 0;
    for (const [r, x] of pictures.entries()) {
      const y = [0, 1, 2].map((c) => x.reduce((total, value, i) => total + value * weights[3 * i + c]!, 0));
      const log = Math.log(y.reduce((total, value) => total + Math.exp(value), 0));
      const t = targets[r]!.map((value, c) => classWeights[c]! * (value * (1 - smoothing) + smoothing / 3));
      const all = t.reduce((a, b) => a + b);
      for (let c = 0; c < 3; c++) {
        sum -= t[c]! * (y[c]! - log);
        for (let i = 0; i < 16; i++) gradient[3 * i + c]! += (all * Math.exp(y[c]! - log) - t[c]!) * x[i]!;
      }
    }
    return { sum, gradient };
  }

  // Mixed targets are rows of probabilities, whose mean is over the rows, with class weights too (as PyTorch's).
  const settings = [mixUp({ alpha: 1 }), cutMix({ draw: "sample" })].flatMap((op) =>
    ([undefined, [0.5, 2, 3]] as const).flatMap((classWeights) =>
      [0, 0.2].flatMap((labelSmoothing) =>
        (["mean", "sum"] as const).map((reduction) => ({ op, classWeights, labelSmoothing, reduction })),
      ),
    ),
  );

  it.each(settings)("$op.name, $reduction, weights $classWeights, smoothing $labelSmoothing", async (setting) => {
    const { op, classWeights, labelSmoothing, reduction } = setting;
    const augmentation = augment([noise, op]);
    for (const [batchSize, microBatch, lastBatch, targets] of [
      [10, 1024, "keep", labels],
      [10, 4, "keep", labels],
      [10, 3, "drop", hot],
      [1, 1, "keep", labels],
      [rows, 7, "keep", hot],
      [rows - 1, 5, "keep", labels],
    ] as const) {
      const loss = softmaxCrossEntropy({ ...(classWeights ? { classWeights } : {}), labelSmoothing, reduction });
      const trainer = trainerOf(loss, { microBatch });
      const losses: number[] = [];
      await trainer.fit(
        { inputs, targets: targets === labels ? Int32Array.from(labels) : hot, augment: augmentation },
        { epochs: 2, batchSize, lastBatch, shuffle: false, onProgress: (progress) => losses.push(...progress.losses) },
      );
      let weights = start;
      const wanted: number[] = [];
      for (let epoch = 0; epoch < 2; epoch++)
        for (let from = 0; from < rows; from += batchSize) {
          const count = Math.min(batchSize, rows - from);
          if (count < batchSize && lastBatch === "drop") continue;
          const batch = batchOf(trainer, augmentation, from, count, wanted.length);
          const { sum, gradient } = crossEntropy(weights, batch, classWeights ?? [1, 1, 1], labelSmoothing);
          const factor = reduction === "sum" ? 1 : 1 / count;
          wanted.push(factor * sum);
          weights = weights.map((value, k) => value - rate * factor * gradient[k]!);
        }
      expectClose(losses, wanted, 1e-12, `batches of ${batchSize} in runs of ${microBatch}`);
      expectClose(trainer.parameters()["1.weight"], weights, 1e-12);
      trainer.free();
    }
  });

  it("a step that takes its gradient twice sees the same pictures and partners", () => {
    const augmentation = augment([noise, mixUp({ alpha: 1 })]);
    for (const microBatch of [1024, 5]) {
      const trainer = trainerOf(softmaxCrossEntropy(), {
        ...{ optimizer: sam(sgd({ learningRate: rate }), { radius: 0.3 }), microBatch },
      });
      const batch = batchOf(trainer, augmentation, 0, rows, 0);
      trainer.step({ inputs, targets: Int32Array.from(labels), augment: augmentation });
      const gradientAt = (weights: readonly number[]): number[] =>
        crossEntropy(weights, batch, [1, 1, 1], 0).gradient.map((value) => value / rows);
      const first = gradientAt(start);
      const norm = Math.hypot(...first);
      const second = gradientAt(start.map((value, k) => value + (0.3 * first[k]!) / norm));
      const wanted = start.map((value, k) => value - rate * second[k]!);
      expectClose(trainer.parameters()["1.weight"], wanted, 1e-13);
      trainer.free();
    }
  });

  it("batches of one update have the partners of their own batch", () => {
    const augmentation = augment([mixUp({ alpha: 1 })]);
    const trainer = trainerOf(softmaxCrossEntropy(), { gradient: [accumulate(2)], microBatch: 3 });
    const part = (from: number, to: number): Samples => ({
      inputs: { data: inputs.data.slice(16 * from, 16 * to), shape: [to - from, 4, 4, 1] },
      targets: Int32Array.from(labels.slice(from, to)),
      augment: augmentation,
    });
    // λ is that of the update in both, as it is drawn for the batch.
    let wanted = new Array<number>(48).fill(0);
    for (const [from, to] of [
      [0, 10],
      [10, rows],
    ] as const) {
      const { gradient } = crossEntropy(start, batchOf(trainer, augmentation, from, to - from, 0), [1, 1, 1], 0);
      wanted = wanted.map((value, k) => value + gradient[k]! / (2 * (to - from)));
    }
    trainer.step(part(0, 10));
    trainer.step(part(10, rows));
    expectClose(
      trainer.parameters()["1.weight"],
      start.map((value, k) => value - rate * wanted[k]!),
      1e-13,
    );
    trainer.free();
  });

  it("units are dead that are 0 for the augmented rows", async () => {
    const targets = { data: new Float64Array(rows * 3), shape: [rows, 3] };
    const lit = { inputs: { data: inputs.data.map((value) => value + 1), shape: inputs.shape }, targets };
    for (const ops of [[], [mixUp()]]) {
      const dark = augment([(x: Tensor) => x.negate(), ...ops]);
      for (const microBatch of [1024, 5]) {
        const trainer = createTrainer(engine, {
          ...{ model: sequential([flatten(), linear(16, 3), relu()]), loss: meanSquaredError() },
          ...{ optimizer: sgd({ learningRate: 1e-4 }), microBatch },
        });
        trainer.setParameters({ "1.weight": { data: new Float64Array(48).fill(1), shape: [16, 3] } });
        const options = { steps: 3, batchSize: 10, statistics: { every: 1 }, augment: dark };
        const { statistics } = await trainer.fit(lit, options);
        expect(statistics!.map(({ deadUnits }) => deadUnits)).toEqual([{ 2: 1 }, { 2: 1 }, { 2: 1 }]);
        expect(measuredStep(trainer, lit).statistics.deadUnits).toEqual({ 2: 0 });
        trainer.free();
      }
    }
  });
});

describe("several fits in turn", () => {
  const data = (rows: number, seed: number): Samples => ({
    inputs: plain([rows, 6, 6, 3], 0, 1, seed),
    targets: Int32Array.from({ length: rows }, (_, k) => (k * k + seed) % 3),
  });
  const [samples, validation, large] = [data(61, 7), data(300, 3), data(500, 9)];
  const law = (from: number, to: number) => linearSchedule({ from, to, length: 12 });
  const perEpoch = functionSchedule((epoch) => 0.05 * (epoch + 1), { unit: "epoch" });
  const functions = augment([
    randomRotation((t) => 10 + t, { interpolation: "bilinear" }),
    colorJitter({ brightness: law(0.1, 0.5), hue: 0.1 }),
    oneOf([mixUp({ alpha: (t) => 0.2 + 0.01 * t }), cutMix()], { draw: "sample" }),
  ]);
  const crops = augment([randomCrop(5, { padding: 1 }), gaussianNoise(law(0.01, 0.2)), mixUp()]);
  const many = augment([
    ...[randAugment({ magnitude: law(1, 20) }), trivialAugment(), gaussianBlur(3, { sigma: law(0.1, 2) })],
    randomResizedCrop([4, 7]),
  ]);
  const order: readonly (Augmentation | undefined)[] = [
    ...[functions, undefined, crops, augment([saltAndPepper(perEpoch), randomErasing({ p: law(0, 1) }), cutMix()])],
    ...[augment([randomFlip(), gaussianNoise(0.1)]), many, functions, crops, undefined],
  ];

  const create = (on: Engine): Trainer =>
    createTrainer(on, {
      model: sequential([
        conv2d(3, 4, 3),
        batchNorm(4),
        relu(),
        dropout(law(0.1, 0.4)),
        globalAvgPool2d(),
        linear(4, 3),
      ]),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 0.01 }),
      seed: 5,
      microBatch: 7,
    });

  type Way = "plain" | "worker" | "disturbed" | "moved";

  async function trained(way: Way, on: Engine): Promise<Uint8Array> {
    let trainer = create(on);
    for (const [k, augmentation] of order.entries()) {
      const steps = 5 - (k % 3);
      const options = {
        ...{ batchSize: 16 + 8 * (k % 2), worker: way === "worker" },
        ...(augmentation ? { augment: augmentation } : {}),
        ...(k % 2 ? { validation } : {}),
      };
      if (way === "moved") {
        // Stopped wherever its first slice ends, perhaps within a step, and continued by another trainer.
        const [controller, last] = [new AbortController(), trainer.steps + steps];
        const stop = { signal: controller.signal, onProgress: () => controller.abort() };
        await trainer.fit(samples, { ...options, steps, ...stop });
        if (trainer.steps === last) continue;
        const next = create(on);
        preview(next, large, [1, 2], { augment: crops });
        next.restore(trainer.save());
        trainer.free();
        trainer = next;
        await trainer.fit(samples, { ...options, steps: last - trainer.steps });
        continue;
      }
      const disturb = (): void => {
        trainer.predict(large.inputs);
        preview(trainer, large, [3, 1, 4], { augment: many, step: 77 });
        trainer.evaluate(validation);
      };
      const run = trainer.fit(samples, { ...options, steps, ...(way === "disturbed" ? { onProgress: disturb } : {}) });
      if (way === "disturbed") preview(trainer, large, [...Array(400).keys()], { augment: functions });
      const { worker } = await run;
      expect(worker).toBe(way === "worker");
      if (way === "disturbed") findLearningRate(trainer, { ...samples, augment: functions }, { steps: 3 });
    }
    const saved = trainer.save();
    trainer.free();
    return saved;
  }

  it("have the same bits in a worker, with other calls in between, after stops, and in high memory", async () => {
    const wanted = await trained("plain", engine);
    for (const way of ["worker", "disturbed", "moved"] as const)
      expect(Buffer.compare(await trained(way, engine), wanted), way).toBe(0);
    const high = await highEngine(2 ** 31 + 2 ** 30);
    for (const way of ["plain", "disturbed"] as const)
      expect(Buffer.compare(await trained(way, high), wanted), `${way} in high memory`).toBe(0);
  });
});
