// A run of fit that can be paused.

import type { AnyFitOptions } from "../training/fitOptions.js";
import type { Epoch, FitProgress, History } from "../training/history.js";

/** State of a run: nothing runs, it trains, it is paused. */
export type RunState = "idle" | "running" | "paused";

/** Anything that trains as a trainer does. */
export interface Fits {
  /**
   * Trains, and returns a run as `Trainer.fit` does.
   * @param data     samples, a data set, or batches
   * @param options  those of `Trainer.fit`
   */
  fit(data: never, options: never): AsyncIterable<Epoch> & PromiseLike<History>;
}

/** Reports of a run. @internal */
export interface RunReports {
  begin(): void;
  progress(progress: FitProgress): void;
  epoch(epoch: Epoch): void;
  changed(): void;
}

/**
 * Runs fit until it ends or is stopped. A pause ends the run of fit after a whole step and later begins another with what is left,
 * which gives the same numbers. Where it would not, with early stopping, a method or a stream of batches, a pause holds the run
 * at the end of its epoch. @internal
 */
export class PausableFit {
  state: RunState = "idle";
  /** True if the last run of fit was in a worker; null before its end. */
  worker: boolean | null = null;
  #signal = new AbortController();
  #wanted: "run" | "pause" | "stop" = "run";
  #wake: (() => void) | null = null;

  constructor(
    readonly trainer: Fits,
    readonly data: unknown,
    readonly options: AnyFitOptions,
    readonly reports: RunReports,
  ) {}

  get #canEnd(): boolean {
    const { earlyStopping, method } = this.options;
    const data = this.data as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null;
    return !earlyStopping && !method && !data?.[Symbol.asyncIterator] && !data?.[Symbol.iterator];
  }

  async run(): Promise<History> {
    const { signal } = this.options;
    const stop = (): void => this.stop();
    signal?.addEventListener?.("abort", stop);
    const parts: History[] = [];
    try {
      for (;;) {
        this.#become("running");
        this.reports.begin();
        const history = await this.#part(parts);
        parts.push(history);
        this.worker = history.worker;
        if (history.stopped !== "signal" || this.#isStopped()) return joined(parts);
        if (this.#left(parts) < 1) return { ...joined(parts), stopped: "finished" };
        if (this.#wanted === "pause") await this.#resumed();
        if (this.#isStopped()) return joined(parts);
      }
    } finally {
      signal?.removeEventListener?.("abort", stop);
      this.#become("idle");
    }
  }

  #isStopped(): boolean {
    return this.#wanted === "stop" || this.options.signal?.aborted === true;
  }

  /** Epochs or steps that earlier runs of fit have left. */
  #left(before: readonly History[]): number {
    const { epochs, steps } = this.options;
    const done = (of: (history: History) => number): number => before.reduce((sum, one) => sum + of(one), 0);
    return epochs === undefined
      ? (steps as number) - done((one) => one.steps)
      : epochs - done((one) => one.epochs.length);
  }

  /** One run of fit, over what earlier ones have left. */
  async #part(before: readonly History[]): Promise<History> {
    const { epochs, onProgress } = this.options;
    const left = before.length === 0 ? {} : { [epochs === undefined ? "steps" : "epochs"]: this.#left(before) };
    this.#signal = new AbortController();
    if (this.#isStopped()) this.#signal.abort();
    const options = {
      ...this.options,
      ...left,
      signal: this.#signal.signal,
      onProgress: (progress: FitProgress) => {
        this.reports.progress(progress);
        onProgress?.(progress);
        if (this.options.signal?.aborted) this.stop();
      },
    };
    const run = this.trainer.fit(this.data as never, options as never);
    for await (const epoch of run) {
      this.reports.epoch(epoch);
      if (this.#wanted === "pause" && !this.#signal.signal.aborted) await this.#resumed();
    }
    return await run;
  }

  /** Waits, paused, until it is resumed or stopped. */
  async #resumed(): Promise<void> {
    this.#become("paused");
    while (this.#wanted === "pause") await new Promise<void>((resolve) => (this.#wake = resolve));
    if (!this.#isStopped()) this.#become("running");
  }

  #become(state: RunState): void {
    if (this.state === state) return;
    this.state = state;
    this.reports.changed();
  }

  pause(): void {
    if (this.#wanted !== "run") return;
    this.#wanted = "pause";
    if (this.#canEnd) this.#signal.abort();
  }

  resume(): void {
    if (this.#wanted === "pause") this.#wanted = "run";
    this.#wake?.();
  }

  stop(): void {
    this.#wanted = "stop";
    this.#signal.abort();
    this.#wake?.();
  }
}

/** History of several runs of fit as that of one. */
function joined(parts: readonly History[]): History {
  const last = parts.at(-1) as History;
  if (parts.length === 1) return last;
  const measured = parts.flatMap(({ statistics }) => statistics ?? []);
  let before = 0;
  const epochs = parts.flatMap((part) => {
    const shifted = part.epochs.map((epoch) => ({ ...epoch, seconds: before + epoch.seconds }));
    before += part.seconds;
    return shifted;
  });
  return {
    ...last,
    epochs,
    steps: parts.reduce((sum, { steps }) => sum + steps, 0),
    seconds: before,
    ...(last.statistics ? { statistics: measured } : {}),
  };
}
