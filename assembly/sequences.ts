// Entry of the feature set "sequences": what "dense" has, loops, and tables of which few rows are touched.

import { registerSequences } from "./registrations";
import { registerTouchedSquares } from "./training/touched";

export * from "./dense";

/** Registers what "dense" does not have with the engine that `initialize` made. */
export function complete(): void {
  registerSequences();
  registerTouchedSquares();
}
