// What the feature set "whole" registers beside "dense": the remaining ops, update rules and gradient transforms, and all
// wrappers, directions and line searches.

import { registerDirections } from "./minimizers/directions/index";
import { registerSearches } from "./minimizers/searches/index";
import { registerWholeOps } from "./ops/index";
import { registerWholeRules } from "./optimizers/index";
import { registerWholeTransforms } from "./optimizers/transforms/index";
import { registerWrappers } from "./optimizers/wrappers/index";

/** Registers them with the engine that `initialize` made. */
export function complete(): void {
  registerWholeOps();
  registerWholeRules();
  registerWholeTransforms();
  registerWrappers();
  registerDirections();
  registerSearches();
}
