/** Predictions of a network on the test digits: its confusion matrix, and the misclassified digits. */

import { confusionMatrix, type Trainer } from "thalweg";
import type { DigitSet } from "./mnist.js";
import type { MisclassifiedDigit } from "./types.js";

const PIXELS = 784;
const CLASSES = 10;

export interface Reading {
  /** Confusion matrix [true class][predicted class]: numbers of digits. */
  confusion: number[][];
  /** Every misclassified digit, with the predicted probability. */
  mistakes: MisclassifiedDigit[];
}

/** readDigits: what the network makes of every digit. */
export function readDigits(trainer: Trainer, { images, labels, count }: DigitSet): Reading {
  const { data: scores, shape } = trainer.predict({ data: images, shape: [count, PIXELS] });
  const { data: cells } = confusionMatrix({ data: scores, shape }, labels, CLASSES);
  const confusion = Array.from({ length: CLASSES }, (_, row) => [...cells.slice(row * CLASSES, (row + 1) * CLASSES)]);
  const mistakes: MisclassifiedDigit[] = [];
  for (let i = 0; i < count; i++) {
    const own = Array.from(scores.subarray(i * CLASSES, (i + 1) * CLASSES));
    const largest = Math.max(...own);
    const predicted = own.indexOf(largest);
    const label = labels[i] as number;
    if (predicted === label) continue;
    // softmax at its largest score
    const probability = 1 / own.reduce((sum, score) => sum + Math.exp(score - largest), 0);
    mistakes.push({ pixels: images.subarray(i * PIXELS, (i + 1) * PIXELS), label, predicted, probability });
  }
  return { confusion, mistakes };
}
