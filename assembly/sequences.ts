// Entry of the feature set "sequences": what "dense" has, and loops.

import { registerSequences } from "./registrations";

export * from "./dense";

/** Registers what "dense" does not have with the engine that `initialize` made. */
export function complete(): void {
  registerSequences();
}
