// Runs long work in slices between frames, so that the page stays usable.

/** Milliseconds of a frame that the work may take. */
const budget = 10;

export class Slices {
  #work: Iterator<unknown> | null = null;
  #next: (() => Iterator<unknown>) | null = null;
  #show: (done: boolean) => void = () => {};
  #request = 0;

  get isRunning(): boolean {
    return this.#work !== null;
  }

  /**
   * Runs a generator, the first slice at once; one that still runs ends where it is. `show` is called after every slice, the last
   * time with true.
   */
  run(work: Iterator<unknown>, show: (done: boolean) => void = () => {}): void {
    this.stop();
    this.#work = work;
    this.#show = show;
    this.#slice();
  }

  /** Runs a generator after the one that runs, and in place of any that waits: while a slider moves, each picture is completed. */
  queue(make: () => Iterator<unknown>): void {
    if (this.#work) this.#next = make;
    else this.run(make());
  }

  #slice(): void {
    const end = performance.now() + budget;
    do {
      const work = this.#work;
      if (work?.next().done && this.#work === work) {
        this.#work = null;
        const make = this.#next;
        this.#next = null;
        this.#show(true);
        if (make) this.run(make());
        return;
      }
    } while (performance.now() < end);
    this.#show(false);
    this.#request = requestAnimationFrame(() => this.#slice());
  }

  /** Ends the work, whose `finally` frees what it holds. */
  stop(): void {
    cancelAnimationFrame(this.#request);
    const work = this.#work;
    this.#work = this.#next = null;
    work?.return?.();
  }
}
