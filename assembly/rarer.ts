// Ops, update rules and gradient transforms that few programs use, what wraps an update, and minimizers; apart from the training core, so
// that a page that uses none of them need not download them.

import { registerDirections } from "./minimizers/directions/index";
import { registerSearches } from "./minimizers/searches/index";
import { registerRarerOps } from "./ops/index";
import { registerRarerRules } from "./optimizers/index";
import { registerRarerTransforms } from "./optimizers/transforms/index";
import { registerWrappers } from "./optimizers/wrappers/index";

/** Registers them with an engine that `initialize` has made. */
export function complete(): void {
  registerRarerOps();
  registerRarerRules();
  registerRarerTransforms();
  registerWrappers();
  registerDirections();
  registerSearches();
}
