/** Handwritten digits in one of six inks on paper of another color, turned, moved and scaled: what the features learn from. */

import type { DigitSet } from "../digits/mnist.js";
import { SIDE } from "./net.js";

const DIGIT = 28;
type Color = readonly number[];

/** Dark, white, red, green, blue, yellow. */
export const INKS: readonly Color[] = [
  [20, 20, 20],
  [235, 235, 235],
  [210, 40, 40],
  [40, 160, 60],
  [40, 70, 210],
  [230, 180, 40],
];

/** Uniform numbers 0 .. 1, a linear congruential generator (Numerical Recipes, 1992, section 7.1). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** coloredDigit: the pixels [SIDE, SIDE, 3] of a digit, placed at random. */
export function coloredDigit({ images }: DigitSet, index: number, ink: Color, paper: Color, random: () => number) {
  const digit = images.subarray(index * DIGIT ** 2, (index + 1) * DIGIT ** 2);
  const about = (most: number): number => (2 * random() - 1) * most;
  const [turn, scale, right, down] = [about(0.35), 1 + about(0.2), about(4), about(4)];
  const [a, b] = [(1 - turn ** 2 / 2) / scale, turn / scale]; // cosine and sine, nearly
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= DIGIT || y >= DIGIT ? 0 : (digit[y * DIGIT + x] as number);
  const pixels = new Uint8Array(SIDE * SIDE * 3);
  for (let k = 0; k < SIDE * SIDE; k++) {
    const [x, y] = [(k % SIDE) - (SIDE - 1) / 2 - right, Math.floor(k / SIDE) - (SIDE - 1) / 2 - down];
    const [u, v] = [a * x + b * y + (DIGIT - 1) / 2, a * y - b * x + (DIGIT - 1) / 2];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const [s, t] = [u - left, v - top];
    const upper = at(left, top) * (1 - s) + at(left + 1, top) * s;
    const lower = at(left, top + 1) * (1 - s) + at(left + 1, top + 1) * s;
    const share = (upper * (1 - t) + lower * t) / 255;
    for (let c = 0; c < 3; c++)
      pixels[3 * k + c] = Math.round((ink[c] as number) * share + (paper[c] as number) * (1 - share));
  }
  return pixels;
}

/** coloredDigits: pictures of some digits, and of which of 10 digits in which of 6 inks they are: 0 .. 59. */
export function coloredDigits(set: DigitSet, indices: readonly number[], seed: number) {
  const random = generator(seed);
  const nearly = (color: Color): number[] =>
    color.map((value) => Math.min(255, Math.max(0, value + 50 * random() - 25)));
  const data = new Uint8Array(indices.length * SIDE * SIDE * 3);
  const targets = new Int32Array(indices.length);
  for (const [row, index] of indices.entries()) {
    const ink = Math.floor(random() * INKS.length);
    const paper = (ink + 1 + Math.floor(random() * (INKS.length - 1))) % INKS.length;
    const [ofInk, ofPaper] = [nearly(INKS[ink] as Color), nearly(INKS[paper] as Color)];
    data.set(coloredDigit(set, index, ofInk, ofPaper, random), row * SIDE * SIDE * 3);
    targets[row] = (set.labels[index] as number) * INKS.length + ink;
  }
  return { inputs: { data, shape: [indices.length, SIDE, SIDE, 3] }, targets };
}
