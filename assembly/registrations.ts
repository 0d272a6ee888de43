// What the feature set "whole" registers beside "dense": the remaining ops, update rules and gradient transforms, and all
// wrappers, directions and line searches.

import { registerWholeDirections } from "./minimizers/directions/index";
import { registerWholeSearches } from "./minimizers/searches/index";
import { registerImagesOps, registerWholeOps } from "./ops/index";
import { registerWholeRules } from "./optimizers/index";
import { registerWholeTransforms } from "./optimizers/transforms/index";
import { registerWholeWrappers } from "./optimizers/wrappers/index";

/** Registers them with the engine that `initialize` made. */
export function complete(): void {
  registerImagesOps();
  registerWholeOps();
  registerWholeRules();
  registerWholeTransforms();
  registerWholeWrappers();
  registerWholeDirections();
  registerWholeSearches();
}
