/** The part of the page that works on images, the convolutional network and augmentation: a bundle of its own, see ../page.ts. */

import { augment, preview, randomAffine, type Tensor } from "thalweg";
import { convolutional } from "../../digits/convolutional.js";
import { dense } from "./dense.js";
import { type Digits, PIXELS } from "./digits.js";
import { openSchool, type School } from "./learner.js";

const SIDE = 28;

/** Amounts as strip.ts names them. */
const distort = randomAffine({ degrees: 20, translate: 4 / SIDE, scale: [0.9, 1.1], interpolation: "bilinear" });
const images = (x: Tensor): Tensor => x.reshape([-1, SIDE, SIDE, 1]);
const rows = (x: Tensor): Tensor => x.reshape([-1, PIXELS]);
const distortion = { augmentation: augment([images, distort, rows]), preview };

const MODELS = { dense, convolutional };

export const open = (network: keyof typeof MODELS, digits: Promise<Digits>): Promise<School> =>
  openSchool(MODELS[network], digits, distortion);
