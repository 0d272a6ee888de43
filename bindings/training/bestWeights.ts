// The best weights of a run with early stopping, kept outside of the trainer; loaded on demand.

import type { TrainerMemory } from "./memory.js";

/** Keeps weights, state vectors, extra vectors, average and running state, with the scalars that belong to them. */
export class BestWeights {
  readonly #memory: TrainerMemory;
  #kept: readonly Uint8Array[] = [];
  #scalars: readonly number[] = [];

  constructor(memory: TrainerMemory) {
    this.#memory = memory;
  }

  /** Keeps those of now. */
  keep(): void {
    this.#kept = this.#arenas().map((bytes) => bytes.slice());
    this.#scalars = this.#memory.scalars.map(({ read }) => read());
  }

  /** Restores those that were kept, if any were. */
  restore(): void {
    for (const [k, bytes] of this.#arenas().entries()) {
      const kept = this.#kept[k];
      if (kept) bytes.set(kept);
    }
    for (const [k, value] of this.#scalars.entries()) this.#memory.scalars[k]?.write(value);
  }

  #arenas(): Uint8Array[] {
    const { engine, arenas } = this.#memory;
    return arenas.map(({ arena: { address, dtype, elements } }) =>
      engine.bytes.subarray(address, address + elements * (dtype === "f64" ? 8 : 4)),
    );
  }
}
