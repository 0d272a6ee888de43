// Entry of the feature set "images": what "dense" has, and the ops on images.

import { registerImages } from "./registrations";

export * from "./dense";

/** Registers what "dense" does not have with the engine that `initialize` made. */
export function complete(): void {
  registerImages();
}
