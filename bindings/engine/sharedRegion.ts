// Regions of the engine with several users.

import type { Engine } from "./engine.js";

/** Region that is freed with the last of its users, or when it is garbage-collected. @internal */
export class SharedRegion {
  readonly address: number;
  #users = 0;

  constructor(
    readonly engine: Engine,
    bytes: number,
  ) {
    this.address = engine.allocate(bytes);
    engine.watch(this, [this.address]);
  }

  /** Adds a user. */
  hold(): void {
    this.#users++;
  }

  /** Removes a user; frees the region if it was the last. */
  release(): void {
    if (--this.#users > 0) return;
    this.engine.unwatch(this);
    this.engine.release(this.address);
  }
}
