// All pictures by the names of their files.

import type { Engine } from "thalweg";
import * as augmentation from "./augmentation.js";
import * as curves from "./curves.js";
import * as images from "./images.js";
import * as landscapes from "./landscapes.js";
import * as models from "./models.js";
import * as rates from "./rates.js";
import * as regularization from "./regularization.js";
import * as samples from "./samples.js";
import * as secondOrder from "./secondOrder.js";
import * as sequences from "./sequences.js";

export const pictures: Readonly<Record<string, (engine: Engine) => string | Promise<string>>> = {
  ...landscapes,
  ...curves,
  ...models,
  ...secondOrder,
  ...images,
  ...augmentation,
  ...rates,
  ...samples,
  ...regularization,
  ...sequences,
};
