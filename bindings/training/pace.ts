// The pace of a run: how many updates a second it does at most, and how often it reports. Both can be changed while it runs,
// and change no number of the training.

import { checkNumber, checkOptions } from "../values/options.js";

/** Options of `createPace`. */
export interface PaceOptions {
  /** Maximum updates a second, ≥ 0; 0 pauses the run. Default `Infinity`. */
  readonly stepsPerSecond?: number;
  /** Minimum of milliseconds between two calls of `onProgress`, ≥ 0; default 100. */
  readonly reportEvery?: number;
}

/** Longest wait in milliseconds, after which the run looks whether it is to stop, and whether the pace has changed. */
const look = 50;
/** Seconds whose updates are made up for at once after a delay, so that a page that was hidden does not race afterwards. */
const arrears = 0.25;

/** Pace of a run, made by `createPace`; its numbers can be set while the run goes on. */
export class Pace {
  #rate = Number.POSITIVE_INFINITY;
  #reportEvery = 100;
  /** Updates that may be done now, and the time and the updates done at which they were counted. */
  #due = 0;
  #time = Number.NaN;
  #done = 0;

  /** @internal */
  constructor(options: PaceOptions) {
    checkOptions("createPace", options, ["stepsPerSecond", "reportEvery"]);
    const { stepsPerSecond, reportEvery } = options;
    if (stepsPerSecond !== undefined) this.stepsPerSecond = stepsPerSecond;
    if (reportEvery !== undefined) this.reportEvery = reportEvery;
  }

  /** Maximum updates a second; 0 pauses the run, which stays as it is until the number is set again or the run is stopped. */
  get stepsPerSecond(): number {
    return this.#rate;
  }

  set stepsPerSecond(value: number) {
    if (value !== Number.POSITIVE_INFINITY) checkNumber("pace", "stepsPerSecond", value, { min: 0 });
    this.#rate = value;
  }

  /** Minimum of milliseconds between two calls of `onProgress`. */
  get reportEvery(): number {
    return this.#reportEvery;
  }

  set reportEvery(value: number) {
    this.#reportEvery = checkNumber("pace", "reportEvery", value, { min: 0 });
  }

  /** Returns how many updates a run that has done so many may do next; 0 after a wait in which none became due. @internal */
  async turn(done: number): Promise<number> {
    const rate = this.#rate;
    if (rate === Number.POSITIVE_INFINITY) return rate;
    this.#count(done);
    if (this.#due < 1) {
      const wait = Math.min(look, (1000 * (1 - this.#due)) / rate);
      await new Promise((resolve) => setTimeout(resolve, wait));
      this.#count(done);
    }
    return Math.floor(this.#due);
  }

  /** Adds the updates that became due since the last time, and takes off those that were done. */
  #count(done: number): void {
    const now = performance.now();
    // A run that begins may do its first update at once.
    if (Number.isNaN(this.#time) || done < this.#done) [this.#due, this.#time, this.#done] = [1, now, done];
    const added = ((now - this.#time) / 1000) * this.#rate;
    this.#due = Math.min(this.#due + added - (done - this.#done), Math.max(1, this.#rate * arrears));
    [this.#time, this.#done] = [now, done];
  }
}

/**
 * Pace of a run of `fit`, for its option `pace`: at most so many updates a second, and reports at most every so many
 * milliseconds. Both can be changed while it runs, in this thread and with a worker; no number of the training changes.
 *
 * @param options  stepsPerSecond, default `Infinity`: as fast as it can; reportEvery, in milliseconds, default 100
 * @returns the pace, with the properties `stepsPerSecond` and `reportEvery`; 0 steps a second pause the run. A pace is that of one
 *   run at a time
 * @throws TypeError   an option is unknown or no number
 * @throws RangeError  a number is negative or NaN
 * @example
 * const trainer = createTrainer(engine, { model: linear(1, 1), loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }) });
 * const pace = createPace({ stepsPerSecond: 200, reportEvery: 20 });
 * const run = trainer.fit({ inputs: [[0], [1]], targets: [[1], [2]] }, { steps: 60, pace });
 * pace.stepsPerSecond = 10_000;
 * (await run).steps; // 60
 */
export function createPace(options: PaceOptions = {}): Pace {
  return new Pace(options);
}
