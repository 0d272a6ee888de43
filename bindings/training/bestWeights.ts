// The best epoch of a run with early stopping, and its weights, kept outside of the trainer; loaded on demand.

import type { TrainerMemory } from "./memory.js";

/** The best epoch of a run, by the monitored quantity. */
export interface BestEpoch {
  /** Number of the epoch over the life of the trainer, from 1. */
  readonly epoch: number;
  /** The monitored quantity. */
  readonly value: number;
}

/** Options of early stopping that decide which epoch is the best, and when there is none any more. */
interface Comparison {
  readonly mode: "min" | "max";
  readonly patience: number;
  readonly minDelta: number;
  readonly restoreBest: boolean;
}

/** Keeps weights, state vectors, extra vectors, average and running state, with the scalars that belong to them. */
export class BestWeights {
  /** The best epoch so far. */
  epoch: BestEpoch | null = null;
  #waited = 0;
  readonly #memory: TrainerMemory;
  #kept: readonly Uint8Array[] = [];
  #scalars: readonly number[] = [];

  constructor(memory: TrainerMemory) {
    this.#memory = memory;
  }

  /** Compares the monitored quantity of an epoch with the best one; returns true if the run is to stop. */
  observe(epoch: number, value: number, { mode, patience, minDelta, restoreBest }: Comparison): boolean {
    const best = this.epoch;
    const gain = best && (mode === "min" ? best.value - value : value - best.value);
    const better = gain === null ? !Number.isNaN(value) : gain > minDelta;
    if (!better) return ++this.#waited >= patience;
    this.epoch = { epoch, value };
    this.#waited = 0;
    if (restoreBest) this.#keep();
    return false;
  }

  #keep(): void {
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
