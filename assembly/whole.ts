// Entry of the feature set "whole": everything.

import { registerImages, registerSequences, registerWhole } from "./registrations";
import { registerTouchedSquares } from "./training/touched";

export * from "./dense";
export * from "./inspector";
export * from "./solvers";

/** Registers what "dense" does not have with the engine that `initialize` made. */
export function complete(): void {
  registerImages();
  registerSequences();
  registerWhole();
  registerTouchedSquares();
}
