// The ops of a state, and a batch of twelve pictures after them.

import {
  type AnyTrainer,
  type AugmentOp,
  augment,
  colorJitter,
  createTrainer,
  cutMix,
  type Engine,
  gaussianNoise,
  linear,
  meanSquaredError,
  mixUp,
  preview,
  randomAffine,
  randomCrop,
  randomErasing,
  randomFlip,
  randomRotation,
  sgd,
} from "thalweg";
import { pictureNames, pixelsShown, side } from "../pad/pictures.ts";
import type { State } from "./controls.ts";

/** Pictures of the batch. */
export const count = 12;

/** An op: its key in the texts, what makes it, and the call in a program. */
interface Part {
  readonly key: string;
  readonly maker: string;
  readonly op: AugmentOp;
  readonly code: string;
}

const bilinear = { interpolation: "bilinear" } as const;
const bilinearCode = 'interpolation: "bilinear"';

/** Ops whose amount is not 0, in their order. */
export function partsOf({ shift, angle, zoom, flip, brightness, erase, noise, mix, alpha }: State): Part[] {
  const scale = [1 - zoom, 1 + zoom] as const;
  const mixing = mix === "mixUp" ? mixUp : cutMix;
  const all: (Part | false)[] = [
    shift > 0 && {
      ...{ key: "shift", maker: "randomCrop", code: `randomCrop(${side}, { padding: ${shift} })` },
      op: randomCrop(side, { padding: shift }),
    },
    angle > 0 && {
      ...{ key: "angle", maker: "randomRotation", code: `randomRotation(${angle}, { ${bilinearCode} })` },
      op: randomRotation(angle, bilinear),
    },
    zoom > 0 && {
      ...{ key: "zoom", maker: "randomAffine", code: `randomAffine({ scale: [${scale}], ${bilinearCode} })` },
      op: randomAffine({ scale, ...bilinear }),
    },
    flip > 0 && {
      ...{ key: "flip", maker: "randomFlip", code: `randomFlip({ horizontal: ${flip} })` },
      op: randomFlip({ horizontal: flip }),
    },
    brightness > 0 && {
      ...{ key: "brightness", maker: "colorJitter", code: `colorJitter({ brightness: ${brightness} })` },
      op: colorJitter({ brightness }),
    },
    erase > 0 && {
      ...{ key: "erase", maker: "randomErasing", code: `randomErasing({ p: ${erase}, value: "random" })` },
      op: randomErasing({ p: erase, value: "random" }),
    },
    noise > 0 && { key: "noise", maker: "gaussianNoise", code: `gaussianNoise(${noise})`, op: gaussianNoise(noise) },
    mix !== "none" && {
      ...{ key: mix, maker: mix, code: `${mix}({ alpha: ${alpha}, draw: "sample" })` },
      op: mixing({ alpha, draw: "sample" }),
    },
  ];
  return all.filter((part) => part !== false);
}

/** Pictures of the batch: the shown one, or where pictures are mixed, it and others in turn. */
export function batchOf(state: State): Float64Array[] {
  const own = pixelsShown(state);
  const others = pictureNames.filter((name) => name !== state.picture && name !== "dot" && name !== "blank");
  const pictures = [own, ...others.map((picture) => pixelsShown({ picture, drawing: "" }))];
  return Array.from({ length: count }, (_, k) => (state.mix === "none" ? own : pictures[k % pictures.length]!));
}

export interface Sheet {
  readonly pictures: readonly ArrayLike<number>[];
  /** Mean of |changed − original| over the pixels of each picture. */
  readonly changes: readonly number[];
  /** Share of each picture itself, where pictures are mixed. */
  readonly share: ArrayLike<number> | null;
}

const rows = Array.from({ length: count }, (_, k) => k);

export class Augmenting {
  readonly #engine: Engine;
  #trainer: AnyTrainer | null = null;
  #seed = -1;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A trainer, for its seed and type. */
  #trainerOf(seed: number): AnyTrainer {
    if (this.#trainer && seed === this.#seed) return this.#trainer;
    this.free();
    this.#seed = seed;
    this.#trainer = createTrainer(this.#engine, {
      ...{ model: linear(1, 1), loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }) },
      ...{ dtype: "f64", seed },
    });
    return this.#trainer;
  }

  apply(state: State): Sheet {
    const batch = batchOf(state);
    const parts = partsOf(state);
    if (parts.length === 0) return { pictures: batch, changes: batch.map(() => 0), share: null };
    const data = new Float64Array(count * side ** 2);
    for (const [k, picture] of batch.entries()) data.set(picture, k * side ** 2);
    const inputs = { data, shape: [count, side, side, 1] };
    const augmentation = augment(parts.map(({ op }) => op));
    const changed = preview(this.#trainerOf(state.seed), { inputs }, rows, {
      ...{ augment: augmentation, step: state.update },
    });
    const pictures = rows.map((k) => changed.inputs.data.slice(k * side ** 2, (k + 1) * side ** 2));
    const changes = pictures.map((picture, k) => {
      let sum = 0;
      for (let at = 0; at < side ** 2; at++) sum += Math.abs((picture[at] as number) - (batch[k]![at] as number));
      return sum / side ** 2;
    });
    return { pictures, changes, share: changed.share ?? null };
  }

  free(): void {
    this.#trainer?.free();
    this.#trainer = null;
  }
}
