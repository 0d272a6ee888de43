// Entry of the feature set "images": what "dense" has, and the ops on images.

import { registerImagesOps } from "./ops/index";

export * from "./dense";

/** Registers them with the engine that `initialize` made. */
export function complete(): void {
  registerImagesOps();
}
