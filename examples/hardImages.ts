// What makes images hard: viewpoint, illumination, occlusion, clutter, deformation and context. Accuracy on digits against the
// amount of each, of a small network that learned from plain digits, and of one whose digits had the same trouble in every update.

import {
  type AugmentOp,
  accuracy,
  adam,
  augment,
  colorJitter,
  createTrainer,
  cutout,
  type Engine,
  flatten,
  type LayerContext,
  linear,
  type NDArray,
  preview,
  randomAffine,
  randomRotation,
  relu,
  type Samples,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
} from "thalweg";
import { print, program } from "./course/program.js";
import { smallDigits } from "./course/smallDigits.js";

const side = 14;
const bilinear = { interpolation: "bilinear" } as const;

/** Clutter: vertical and horizontal strokes of four pixels; one begins at each pixel with probability p. */
const strokes =
  (p: number): AugmentOp =>
  (x, context) => {
    const [batch = 0] = x.shape;
    const along = (axis: 1 | 2): Tensor => {
      const ends = context.bernoulli(p, axis === 1 ? [batch, side + 3, side, 1] : [batch, side, side + 3, 1]);
      const shifts = [0, 1, 2, 3].map((k) => ends.slice(axis, k, k + side));
      return shifts.reduce((all, shift) => all.maximum(shift));
    };
    return x.maximum(along(1).maximum(along(2)).multiply(context.peak));
  };

/** Brightness of a bar behind a digit; brighter pixels of the digit hide it. */
const grey = 100;
const barWidth = 4;

/** Context: with probability `share` the bar behind a digit is replaced by that of a class drawn at random. */
const otherBar =
  (share: number): AugmentOp =>
  (x: Tensor, context: LayerContext) => {
    const draw = (): Tensor => context.uniform([x.shape[0] ?? 0, 1, 1, 1]);
    const from = draw().multiply(10).cast("i32").cast(x.dtype);
    const columns = x.trace.constant(
      { data: Array.from({ length: side }, (_, k) => k), shape: [1, 1, side, 1] },
      "f32",
    );
    const bar = columns
      .greaterEqual(from)
      .multiply(columns.less(from.add(barWidth)))
      .multiply(grey);
    const replaced = draw().less(share).where(bar.cast(x.dtype), x);
    return x.greater(grey).where(x, replaced);
  };

/** Digits over a vertical bar whose place depends on their class: it begins at column k for the class k. */
function withBars({ inputs, targets = [] }: Samples): Samples {
  const { data, shape } = inputs as NDArray;
  const drawn = Uint8Array.from(data, (value, at) => {
    const behind = (at % side) - (targets as ArrayLike<number>)[Math.floor(at / side ** 2)]!;
    return value > grey ? value : behind >= 0 && behind < barWidth ? grey : 0;
  });
  return { inputs: { data: drawn, shape }, targets };
}

/** One thing that makes images hard. */
export interface Trouble {
  readonly op: (amount: number) => AugmentOp;
  readonly amounts: readonly number[];
  /** Amount in training with augmentation. */
  readonly learned: number;
  readonly unit: string;
}

/** All of them, in the order of the course. */
export const troubles: Readonly<Record<string, Trouble>> = {
  viewpoint: {
    op: (degrees) => randomRotation(degrees, bilinear),
    ...{ amounts: [0, 20, 40, 60, 80], learned: 60, unit: "largest turn, degrees" },
  },
  illumination: {
    op: (dark) => colorJitter({ brightness: [1 - dark, 1], contrast: [1 - dark, 1] }),
    ...{ amounts: [0, 0.3, 0.6, 0.8, 0.95], learned: 0.95, unit: "largest loss of light and contrast" },
  },
  occlusion: {
    op: (size) => cutout(Math.max(1, size)),
    amounts: [0, 3, 5, 7, 9],
    learned: 7,
    unit: "side of a covered square, pixels",
  },
  clutter: {
    op: strokes,
    amounts: [0, 0.01, 0.02, 0.03, 0.04],
    learned: 0.03,
    unit: "chance of a stroke at each pixel",
  },
  deformation: {
    op: (degrees) => randomAffine({ shear: [degrees, degrees], ...bilinear }),
    ...{ amounts: [0, 15, 30, 45, 55], learned: 40, unit: "largest shear, degrees" },
  },
  context: { op: otherBar, amounts: [0, 0.25, 0.5, 0.75, 1], learned: 1, unit: "share of unusual backgrounds" },
};

const digits = smallDigits(1000);

/** Training and test digits. For context, both have bars. */
export const digitsOf = (name: string): { train: Samples; test: Samples } => {
  const { train, test } = digits;
  return name === "context" ? { train: withBars(train), test: withBars(test) } : { train, test };
};

/** Trains a network of 64 hidden units for 20 epochs, with an op as augmentation or without. The caller frees it. */
export async function learn(engine: Engine, train: Samples, op: AugmentOp | null, seed: number): Promise<Trainer> {
  const trainer = createTrainer(engine, {
    model: sequential([flatten(), linear(side ** 2, 64), relu(), linear(64, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.003 }),
    metrics: [accuracy()],
    standardize: digits.standardize,
    seed,
  });
  await trainer.fit(train, { epochs: 20, batchSize: 50, ...(op ? { augment: augment([op]) } : {}) });
  return trainer;
}

/** Test digits, changed by the op that also augments training. */
export function inTrouble(trainer: Trainer, name: string, amount: number): Samples {
  const { test } = digitsOf(name);
  if (amount === 0) return test;
  const { op } = troubles[name] as Trouble;
  const rows = Array.from(test.targets as Int32Array, (_, k) => k);
  const { inputs } = preview(trainer, test, rows, { step: 0, augment: augment([op(amount)]) });
  return { ...test, inputs };
}

/** Accuracies at the amounts of each trouble, of a network trained without it and of one trained with it. */
export async function hardness(engine: Engine, seed: number): Promise<Record<string, [number[], number[]]>> {
  const answer: Record<string, [number[], number[]]> = {};
  const plain = await learn(engine, digits.train, null, seed);
  for (const [name, { op, amounts, learned }] of Object.entries(troubles)) {
    const { train } = digitsOf(name);
    const without = name === "context" ? await learn(engine, train, null, seed) : plain;
    const along = await learn(engine, train, op(learned), seed);
    const read = (trainer: Trainer): number[] =>
      amounts.map((amount) => trainer.evaluate(inTrouble(trainer, name, amount)).accuracy ?? 0);
    answer[name] = [read(without), read(along)];
    along.free();
    if (without !== plain) without.free();
  }
  plain.free();
  return answer;
}

await program(import.meta.url, async (engine) => {
  const found = await hardness(engine, 1);
  for (const [name, { amounts, unit }] of Object.entries(troubles)) {
    console.log(`${name}: ${unit}`);
    print("", ...amounts);
    for (const [k, how] of ["learned plain", "augmented"].entries()) print(how, ...(found[name]?.[k] ?? []));
  }
});
