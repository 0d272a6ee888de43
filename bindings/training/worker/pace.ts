// How many runs one call of the core does: as many as fit the time, found by doubling and cutting. What is chosen here
// never changes a number.

/** Floating-point operations of a call at most, for hosts whose clock stands still while they compute. */
const callFlops = 4e9;
const mostRuns = 4096;

/** Keeps calls near so many milliseconds. */
export class Pace {
  runs = 1;
  readonly #milliseconds: number;
  readonly #most: number;

  /** `flops` are those of one run. */
  constructor(milliseconds: number, flops: number) {
    this.#milliseconds = milliseconds;
    this.#most = Math.max(1, Math.min(mostRuns, Math.floor(callFlops / Math.max(flops, 1))));
  }

  /** The last call took so many milliseconds. */
  took(spent: number): void {
    const wanted = this.#milliseconds;
    if (spent < wanted / 2) this.runs *= 2;
    else if (spent > wanted * 1.5) this.runs = Math.round((this.runs * wanted) / spent);
    this.runs = Math.max(1, Math.min(this.runs, this.#most));
  }
}
