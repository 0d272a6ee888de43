// Long computations in slices between frames, so that the page stays usable: the next one ends the one before.

/** Milliseconds of each frame that a computation takes. */
const budget = 12;

export class Slices {
  #request = 0;
  #work: Iterator<unknown> | null = null;

  get isRunning(): boolean {
    return this.#work !== null;
  }

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
