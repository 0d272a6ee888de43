/** The two parts of the model: features of a picture, trained beforehand, and the head that learns a person's classes. */

import { conv2d, flatten, heNormal, type Layer, layerNorm, linear, maxPool2d, relu } from "thalweg";

/** Pixels along a side of what the network sees. */
export const SIDE = 32;
/** Numbers that describe a picture: 64 patterns in each quarter of it. */
export const LENGTH = 256;
/** Standardization of bytes, so that they are about −2 .. 2. */
export const standardize = { mean: 128, deviation: 64 };

const block = (inputs: number, outputs: number, pool: number): Layer[] => [
  conv2d(inputs, outputs, 3, { padding: "same", weight: heNormal }),
  relu(),
  maxPool2d(pool),
];

/** featureLayers: three convolutions of 16, 32 and 64 channels, each with pooling: 23,584 weights. */
export const featureLayers = (): Layer[] => [...block(3, 16, 2), ...block(16, 32, 2), ...block(32, 64, 4), flatten()];

/** headLayers: a linear classifier of features of any scale. */
export const headLayers = (length: number, classes: number): Layer[] => [layerNorm(length), linear(length, classes)];
