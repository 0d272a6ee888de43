// The length of slices: how many runs a call of the core does. It never changes a result.

/** Milliseconds of a slice: shorter in a page, so that it stays responsive. */
export const sliceTime = typeof document === "undefined" ? 50 : 20;

/** Maximum of floating-point operations of a call, for hosts whose clock does not advance during computation. */
const callFlops = 4e9;
const maxRuns = 4096;

/** Chooses the number of runs of a call by doubling and cutting, so that it takes the given time. */
export class SlicePacer {
  runs: number;
  readonly #milliseconds: number;
  readonly #most: number;

  /** `flops` are the operations of one run, `first` the runs of the first call. */
  constructor(milliseconds: number, flops: number, first = 1) {
    this.#milliseconds = milliseconds;
    this.#most = Math.max(1, Math.min(maxRuns, Math.floor(callFlops / Math.max(flops, 1))));
    this.runs = Math.min(first, this.#most);
  }

  /** Adapts the runs of the next call to the milliseconds of the last one. */
  update(spent: number): void {
    const wanted = this.#milliseconds;
    if (spent < wanted / 2) this.runs *= 2;
    else if (spent > wanted * 1.5) this.runs = Math.round((this.runs * wanted) / spent);
    this.runs = Math.max(1, Math.min(this.runs, this.#most));
  }
}
