/** The networks of the page. Each has an engine of its own; the convolutional one is downloaded when it is first chosen. */

import { linear, relu, sequential } from "thalweg";
import type { Digits } from "./digits.js";
import { openSchool, type School } from "./learner.js";

export interface Network {
  id: "dense" | "convolutional";
  name: string;
  about: string;
  open(digits: Promise<Digits>): Promise<School>;
}

const dense = () => sequential([linear(784, 128), relu(), linear(128, 10)]);

export const NETWORKS: readonly Network[] = [
  {
    id: "dense",
    name: "Dense",
    about: "128 hidden units, each with a weight for every pixel: 101,770 weights.",
    open: (digits) => openSchool(dense, digits),
  },
  {
    id: "convolutional",
    name: "Convolutional",
    about: "8, then 16 patterns of 3 × 3 pixels, looked for in the whole picture: 9,122 weights.",
    open: async (digits) => (await import("./convolutional.js")).open(digits),
  },
];
