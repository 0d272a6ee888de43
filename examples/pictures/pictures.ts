// All pictures by the names of their files.

import type { Engine } from "thalweg";
import * as curves from "./curves.js";
import * as landscapes from "./landscapes.js";
import * as models from "./models.js";

export const pictures: Readonly<Record<string, (engine: Engine) => string | Promise<string>>> = {
  ...landscapes,
  ...curves,
  ...models,
};
