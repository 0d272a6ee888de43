// Templates in color: a linear classifier of pictures keeps one picture a class. That of horses, which look to the left or to
// the right, has two heads.

import {
  accuracy,
  createTrainer,
  type Engine,
  linearClassifier,
  sgd,
  softmaxCrossEntropy,
  uniformInitializer,
} from "thalweg";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

export const side = 16;
const length = side * side * 3;

type Color = readonly [red: number, green: number, blue: number];
type Rectangle = readonly [left: number, top: number, right: number, bottom: number, color: Color];

const sky: Color = [0.55, 0.75, 0.95];
const meadow: Color = [0.35, 0.65, 0.25];
const sea: Color = [0.1, 0.25, 0.6];
const road: Color = [0.5, 0.5, 0.5];
const earth: Color = [0.6, 0.45, 0.3];
const brown: Color = [0.45, 0.25, 0.1];
const white: Color = [0.95, 0.95, 0.95];
const red: Color = [0.85, 0.1, 0.1];
const black: Color = [0.1, 0.1, 0.1];
const leaf: Color = [0.2, 0.7, 0.2];

const body: Rectangle[] = [
  [4, 7, 12, 11, brown],
  [4, 11, 6, 14, brown],
  [10, 11, 12, 14, brown],
];
const leftHead: Rectangle = [2, 3, 5, 8, brown];
const rightHead: Rectangle = [11, 3, 14, 8, brown];

/** Shapes of each class, over its background above and below the horizon; a horse has one head of two. */
const classes: Record<string, { above: Color; below: Color; shapes: readonly Rectangle[][] }> = {
  horse: {
    above: sky,
    below: meadow,
    shapes: [
      [...body, leftHead],
      [...body, rightHead],
    ],
  },
  ship: {
    above: sky,
    below: sea,
    shapes: [
      [
        [3, 8, 13, 11, white],
        [7, 4, 9, 8, white],
      ],
    ],
  },
  car: {
    above: sky,
    below: road,
    shapes: [
      [
        [3, 8, 13, 12, red],
        [5, 6, 11, 8, red],
        [4, 12, 6, 13, black],
        [10, 12, 12, 13, black],
      ],
    ],
  },
  frog: {
    above: earth,
    below: earth,
    shapes: [
      [
        [5, 6, 11, 12, leaf],
        [4, 4, 6, 7, leaf],
        [10, 4, 12, 7, leaf],
        [4, 4, 6, 6, white],
        [10, 4, 12, 6, white],
        [6, 9, 10, 10, black],
      ],
    ],
  },
};
export const names = Object.keys(classes);

/** A picture [16, 16, 3] of 0 .. 1: shapes moved by (right, down) over a background. */
function paint({ above, below }: { above: Color; below: Color }, shapes: Rectangle[], right = 0, down = 0): number[] {
  const picture: number[] = [];
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const covering = shapes.findLast(
        ([x0, y0, x1, y1]) => x >= x0 + right && x < x1 + right && y >= y0 + down && y < y1 + down,
      );
      picture.push(...(covering?.[4] ?? (y < 8 ? above : below)));
    }
  return picture;
}

/** A picture of a class without noise; of horses the first looks to the left, the second to the right. */
export function plainPicture(name: string, which = 0): number[] {
  const kind = classes[name] as (typeof classes)[string];
  return paint(kind, kind.shapes[which] ?? []);
}

/** A horse with both heads, which no picture to learn from has. */
export const twoHeads = (): number[] =>
  paint(classes.horse as (typeof classes)[string], [...body, leftHead, rightHead]);

/** Pictures of all classes in turn: moved by up to two pixels, of other brightness, with noise on every number. */
export function pictures(engine: Engine, count: number, seed: number) {
  const chances = draw(engine, [count, 4], seed, uniformInitializer(0, 1));
  const noise = draw(engine, [count, length], seed + 1);
  const inputs = Array.from({ length: count }, (_, k) => {
    const [which = 0, right = 0, down = 0, brightness = 0] = chances.subarray(4 * k, 4 * k + 4);
    const kind = Object.values(classes)[k % names.length] as (typeof classes)[string];
    const shapes = kind.shapes[Math.floor(kind.shapes.length * which)] ?? [];
    const picture = paint(kind, shapes, Math.floor(5 * right) - 2, Math.floor(5 * down) - 2);
    return picture.map((value, at) => (0.7 + 0.6 * brightness) * value + 0.1 * (noise[length * k + at] ?? 0));
  });
  return { inputs, targets: Int32Array.from(inputs, (_, k) => k % names.length) };
}

const standardize = { mean: 0.5, deviation: 0.3 };

/** One template a class, [16, 16, 3], and its bias, after training on 400 pictures, and the accuracy on 400 others. */
export async function learnColors(engine: Engine) {
  const trainer = createTrainer(engine, {
    model: linearClassifier(length, names.length),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.01, weightDecay: 0.1 }),
    metrics: [accuracy()],
    standardize,
    seed: 1,
  });
  await trainer.fit(pictures(engine, 400, 1), { epochs: 30, batchSize: 50 });
  const [weight = [], biases = []] = Object.values(trainer.parameters()).map(({ data }) => Array.from(data));
  const answer = {
    biases,
    templates: names.map((_, k) => weight.filter((_, at) => at % names.length === k)),
    accuracy: trainer.evaluate(pictures(engine, 400, 3)).accuracy ?? 0,
  };
  trainer.free();
  return answer;
}

/** The score of every class for a picture: Σ w x + b. */
export const scores = (
  { templates, biases }: { readonly templates: readonly number[][]; readonly biases: readonly number[] },
  picture: readonly number[],
): number[] => {
  const x = picture.map((value) => (value - standardize.mean) / standardize.deviation);
  return templates.map((template, k) => template.reduce((sum, w, at) => sum + w * (x[at] ?? 0), biases[k] ?? 0));
};

await program(import.meta.url, async (engine) => {
  const learned = await learnColors(engine);
  console.log(`Of 400 other pictures ${(100 * learned.accuracy).toFixed(1)} % are named correctly.\n`);
  print("scores of a", ...names);
  const horses = {
    "horse, to left": plainPicture("horse"),
    "to the right": plainPicture("horse", 1),
    "both heads": twoHeads(),
  };
  for (const [name, horse] of Object.entries(horses))
    print(name, ...scores(learned, horse).map((score) => score.toFixed(2)));
});
