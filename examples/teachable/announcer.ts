/** Words for screen readers: the last sentence of a quick row of them, not each. */

export class Announcer {
  readonly #region: HTMLElement;
  readonly #pause: number;
  #next = "";
  #timer = 0;

  /** @param pause milliseconds between two sentences at least */
  constructor(region: HTMLElement, pause: number) {
    this.#region = region;
    this.#pause = pause;
  }

  say(sentence: string): void {
    this.#next = sentence;
    // A delay that starts anew with each call would never end while sentences keep coming.
    if (this.#timer === 0)
      this.#timer = window.setTimeout(() => {
        this.#timer = 0;
        if (this.#region.textContent !== this.#next) this.#region.textContent = this.#next;
      }, this.#pause);
  }
}
