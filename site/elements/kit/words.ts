// The texts of a figure in the language of its page, and a voice for screen readers that neither floods nor starves.

/** Texts by key: every label, option, status and sentence. */
export type Texts = Readonly<Record<string, string>>;

export type Fill = Readonly<Record<string, string | number>>;

/** A text with the values in place of its {names}. */
export function filled(texts: Texts, key: string, values: Fill = {}): string {
  const text = texts[key];
  if (text === undefined) throw new Error(`The figure has no text "${key}".`);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Language of the page part that an element stands in. */
export const languageOf = (element: Element): "en" | "zh" =>
  element.closest("[lang]")?.getAttribute("lang")?.startsWith("zh") ? "zh" : "en";

const pause = 400;

/** Says words in an element, at most every 400 ms and the last ones always: a delay that starts anew would never speak. */
export class Voice {
  #timer = 0;
  #last = Number.NEGATIVE_INFINITY;
  #words = "";

  constructor(readonly element: HTMLElement) {}

  say(words: string): void {
    this.#words = words;
    if (this.#timer !== 0) return;
    this.#timer = window.setTimeout(() => this.#speak(), Math.max(0, this.#last + pause - performance.now()));
  }

  #speak(): void {
    this.#timer = 0;
    this.#last = performance.now();
    if (this.element.textContent !== this.#words) this.element.textContent = this.#words;
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
