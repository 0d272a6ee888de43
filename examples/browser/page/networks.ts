/**
 * The networks of the page. Each has an engine of its own. The part that works on images is downloaded when the convolutional
 * network or augmentation is first chosen.
 */

import { dense } from "./dense.js";
import type { Digits } from "./digits.js";
import { openSchool, type School } from "./learner.js";

/** Opens a network. */
export type Open = (digits: Promise<Digits>) => Promise<School>;

export interface Network {
  id: "dense" | "convolutional";
  about: string;
  open: Open;
  /** The same with augmentation. */
  openAugmented: Open;
}

const withImages =
  (id: Network["id"]): Open =>
  async (digits) =>
    (await import("./images.js")).open(id, digits);
const convolutional = withImages("convolutional");

export const NETWORKS: readonly Network[] = [
  {
    id: "dense",
    about: "128 hidden units, each with a weight for every pixel: 101,770 weights.",
    open: (digits) => openSchool(dense, digits),
    openAugmented: withImages("dense"),
  },
  {
    id: "convolutional",
    about: "8, then 16 patterns of 3 × 3 pixels, looked for in the whole picture: 9,122 weights.",
    open: convolutional,
    openAugmented: convolutional,
  },
];
