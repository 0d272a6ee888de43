/** The dense network. */

import { type Layer, linear, relu, sequential } from "thalweg";

export const dense = (): Layer => sequential([linear(784, 128), relu(), linear(128, 10)]);
