// Runs long work in slices between frames, so that the page stays usable.

/** Milliseconds of a frame that the work may take. */
const budget = 10;

export class Slices {
  #work: Iterator<unknown> | null = null;
  #next: (() => Iterator<unknown>) | null = null;
  #request = 0;
// Long computations in slices between frames, so that the page stays usable: the next one ends the one before.

/** Milliseconds of each frame that a computation takes. */
const budget = 12;

export class Slices {
  #request = 0;
  #work: Iterator<unknown> | null = null;

  get isRunning(): boolean {
    return this.#work !== null;
  }

  /** Runs a generator, the first slice at once; one that still runs ends where it is. */
  run(work: Iterator<unknown>): void {
    this.stop();
    this.#work = work;
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
        if (make) this.run(make());
        return;
      }
    } while (performance.now() < end);
    this.#request = requestAnimationFrame(() => this.#slice());
  }

  /** Ends the work, whose `finally` frees what it holds. */
  stop(): void {
    cancelAnimationFrame(this.#request);
    const work = this.#work;
    this.#work = this.#next = null;
    work?.return?.();
  /**
   * Runs a computation, a generator that yields where it can pause, and whose `finally` frees what it holds; `show` is called after
   * each slice, last with true.
   */
  start(work: Iterator<unknown>, show: (done: boolean) => void): void {
    this.stop();
    this.#work = work;
    const slice = (): void => {
      const until = performance.now() + budget;
      let done = false;
      while (!done && performance.now() < until) done = work.next().done === true;
      this.#request = 0;
      if (done) this.#work = null;
      else this.#request = requestAnimationFrame(slice);
      show(done);
    };
    this.#request = requestAnimationFrame(slice);
  }

  stop(): void {
    cancelAnimationFrame(this.#request);
    this.#work?.return?.();
    this.#work = null;
  }
}
