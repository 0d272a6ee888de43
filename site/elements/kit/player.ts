// Plays what a figure shows over its steps: a button that runs and pauses, one for a single step, and the control of the step.

import type { Frame } from "../kit.ts";
import type { Controls } from "./controls.ts";

interface Playing {
  /** Step shown, between 0 and `steps`, and the last step. */
  readonly at: number;
  readonly steps: number;
}

/** Seconds that all steps take on the screen, however many they are. */
const duration = 8;

/**
 * Needs the controls `play` and `next` (buttons) and `at` (a range), and the texts "play" and "pause".
 * `now` returns the step that is shown and the last one.
 */
export class Player<C extends Controls> {
  readonly #frame: Frame<C>;
  readonly #now: () => Playing;
  #request = 0;

  constructor(frame: Frame<C>, now: () => Playing) {
    this.#frame = frame;
    this.#now = now;
    frame.on("play", () => (this.isPlaying ? this.pause() : this.#play()));
    frame.on("next", () => {
      this.pause();
      const { at, steps } = now();
      this.#show(at >= steps ? 0 : Math.floor(at) + 1);
    });
  }

  get isPlaying(): boolean {
    return this.#request !== 0;
  }

  #show(at: number): void {
    this.#frame.set({ at } as unknown as Parameters<Frame<C>["set"]>[0]);
  }

  #play(): void {
    const { at: from, steps: end } = this.#now();
    // Without motion the last step is shown at once.
    if (this.#frame.still) {
      this.#show(end);
      return;
    }
    if (from >= end) this.#show(0);
    let last = performance.now();
    const tick = (time: number): void => {
      const { at, steps } = this.#now();
      const next = Math.min(steps, at + ((time - last) / 1000 / duration) * steps);
      last = time;
      this.#show(next);
      if (next >= steps) this.pause();
      else this.#request = requestAnimationFrame(tick);
    };
    this.#request = requestAnimationFrame(tick);
    this.#frame.label("play", this.#frame.text("pause"));
  }

  pause(): void {
    cancelAnimationFrame(this.#request);
    if (this.isPlaying) this.#show(Math.floor(this.#now().at));
    this.#request = 0;
    this.#frame.label("play", this.#frame.text("play"));
  }

  stop(): void {
    cancelAnimationFrame(this.#request);
  }
}
