/** The history of a run: dense at its beginning, where the loss falls fastest, and even on its later axis of time. */

import type { HistoryPoint } from "./types.js";

/** From one point to the next, updates grow by this share ... */
const GROWTH = 0.03;
/** ... but there are at least this many points in a run. */
const POINTS = 150;

/** Collects the losses of single updates into points. */
export class Recorder {
  readonly points: HistoryPoint[] = [];
  /** A running mean of the loss, over about a twentieth of the updates made and at most 200. */
  recentLoss = Number.NaN;
  updates = 0;
  seconds = 0;
  readonly #moments: readonly number[];
  readonly #epochAt: (update: number) => number;
  #sum = 0;
  #count = 0;
  #due = 1;

  /**
   * @param moments updates after which the test digits are evaluated; each makes a point
   * @param epochAt passes over the data after so many updates
   */
  constructor(moments: readonly number[], epochAt: (update: number) => number) {
    this.#moments = moments;
    this.#epochAt = epochAt;
  }

  /** The losses of the updates of one slice, which ended after so many seconds of training. */
  add(losses: Float64Array, seconds: number): void {
    const start = this.seconds;
    for (const [i, loss] of losses.entries()) {
      this.updates++;
      this.seconds = start + ((seconds - start) * (i + 1)) / losses.length;
      const share = 1 / Math.min(200, Math.max(1, Math.ceil(this.updates / 20)));
      this.recentLoss = this.updates === 1 ? loss : this.recentLoss + share * (loss - this.recentLoss);
      this.#sum += loss;
      this.#count++;
      if (this.updates >= this.#due) this.#close();
    }
  }

  /** The accuracy on the test digits at this moment. */
  mark(testAccuracy: number): void {
    if (this.#count > 0) this.#close();
    const point = this.points.at(-1);
    if (point !== undefined) point.testAccuracy = testAccuracy;
  }

  #close(): void {
    const { updates, seconds } = this;
    this.points.push({
      update: updates,
      epoch: rounded(this.#epochAt(updates)),
      seconds: rounded(seconds),
      loss: Number((this.#sum / this.#count).toPrecision(6)),
    });
    this.#sum = 0;
    this.#count = 0;
    this.#due = this.#nextAfter(updates);
  }

  /** A moment that is near moves the point to itself: no point shall be the mean of hardly any updates. */
  #nextAfter(updates: number): number {
    const total = this.#moments.at(-1) ?? 1;
    const stride = Math.max(1, Math.floor(Math.min(updates * GROWTH, total / POINTS)));
    const moment = this.#moments.find((one) => one > updates) ?? total;
    return updates + 1.5 * stride > moment ? moment : updates + stride;
  }
}

/**
 * evaluationMoments: updates after which the test digits are evaluated: often at the beginning, then at equal distances.
 *
 * @param parts how many equal distances; early moments are half as many again
 * @param more moments that are wanted besides
 * @returns increasing numbers of updates, the last of them `total`
 * @example
 * evaluationMoments(20, 4); // [1, 2, 5, 10, 15, 20]
 */
export function evaluationMoments(total: number, parts: number, ...more: number[]): number[] {
  const moments = new Set(more);
  const ratio = 1000 ** (1 / (1.5 * parts));
  for (let moment = total / parts; moment >= total / 1000; moment /= ratio) moments.add(Math.ceil(moment));
  for (let part = 1; part <= parts; part++) moments.add(Math.ceil((total * part) / parts));
  return [...moments].sort((a, b) => a - b);
}

function rounded(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
