// Long work in slices between frames: the newest task ends the one before.

/** Milliseconds of a slice. */
const slice = 12;

const nextFrame = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

export class Slices {
  #task = 0;

  /** Runs a generator to its end unless another task begins; null if one did. `progress` gets what it yields. */
  async run<T>(work: Generator<number, T>, progress: (share: number) => void = () => {}): Promise<T | null> {
    this.#task += 1;
    const task = this.#task;
    for (;;) {
      const end = performance.now() + slice;
      let share = 0;
      while (performance.now() < end) {
        const { done, value } = work.next();
        if (done) return value;
        share = value;
      }
      progress(share);
      await nextFrame();
      if (task === this.#task) continue;
      work.return(null as never);
      return null;
    }
  }

  /** Ends the present task. */
  stop(): void {
    this.#task += 1;
  }
}
