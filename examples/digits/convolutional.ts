/** The convolutional network, of the job and of the page, and the distortions that it learns from. */

import {
  type Augmentation,
  augment,
  batchNorm,
  conv2d,
  flatten,
  heNormal,
  type Layer,
  linear,
  maxPool2d,
  randomAffine,
  relu,
  sequential,
} from "thalweg";

/** Data sets hold rows of 784 pixels, for every network. */
const images: Layer = { name: "images", parameters: {}, apply: (_, x) => x.reshape([-1, 28, 28, 1]) };

/** Pooling before the normalization leaves it a quarter of the numbers; its shift makes a bias superfluous. */
const block = (inputs: number, outputs: number): Layer[] => [
  conv2d(inputs, outputs, 3, { padding: "same", bias: false }),
  maxPool2d(2),
  batchNorm(outputs),
  relu(),
];

/** convolutional: two convolutions of 8 and 16 channels, each with pooling, and a linear layer: 9,122 weights. */
export const convolutional = (): Layer =>
  sequential([images, ...block(1, 8), ...block(8, 16), flatten(), linear(7 * 7 * 16, 10, { weight: heNormal })]);

/** distorted: each digit turned, shifted and scaled a little, as other hands would write it; no two updates see it alike. */
export const distorted = (): Augmentation =>
  augment([images, randomAffine({ degrees: 8, translate: 0.06, scale: [0.92, 1.08], interpolation: "bilinear" })]);
