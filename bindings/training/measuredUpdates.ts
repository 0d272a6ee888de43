// Statistics of every n-th update of a run; loaded on demand.

import * as fields from "../engine/recordFields.js";
import type { TrainerMemory } from "./memory.js";
import type { RunParts } from "./runParts.js";
import { Measurement, type StepStatistics } from "./statistics.js";

/** A batch: the address of the order of its rows, and their number. */
export interface BatchRows {
  readonly order: number;
  readonly rows: number;
}

/** Measures the updates of a run. */
export class MeasuredUpdates {
  /** The statistics so far. */
  readonly all: StepStatistics[] = [];
  readonly #memory: TrainerMemory;
  readonly #measurement: Measurement;

  constructor(
    parts: RunParts,
    /** Interval in updates, counted over the life of the trainer. */
    readonly every: number,
  ) {
    this.#memory = parts.trainer.memory;
    this.#measurement = new Measurement(parts);
  }

  /** Requests the next measurement; returns the number of updates up to it. */
  request(): number {
    const { steps } = this.#memory;
    const left = this.every - (steps % this.every);
    this.#measurement.request(steps + left - 1);
    return left;
  }

  /** Returns the statistics of the last update, if it was measured; its batch is that of the data set unless given. */
  read(batch = this.#lastBatch()): StepStatistics | null {
    if (this.#memory.steps % this.every !== 0) return null;
    const statistics = this.#measurement.read(batch.order, batch.rows);
    this.all.push(statistics);
    return statistics;
  }

  /** The last batch of the data set. */
  #lastBatch(): BatchRows {
    const memory = this.#memory;
    const rows = memory.get(fields.trainerRows);
    const batch = memory.get(fields.trainerBatch);
    const position = memory.get(fields.trainerPosition);
    const rest = memory.get(fields.trainerKeepLast) ? rows % batch : 0;
    const end = position > 0 ? position : rows - (rest > 0 ? 0 : rows % batch);
    const taken = position > 0 || rest === 0 ? batch : rest;
    return { order: memory.get(fields.trainerOrder) + 4 * (end - taken), rows: taken };
  }
}
