// Defines the site's elements. A figure is elements/figures/NAME.ts and shows as <thalweg-NAME>: its code is loaded when the
// element comes near the visible part of the page, and its default export has `mount(host)`, which may return a function that
// ends it.

import { Sample } from "./sample.ts";
import { Try } from "./try.ts";

export interface Figure {
  mount(host: HTMLElement): (() => void) | undefined;
}

const figures = import.meta.glob<{ default: Figure }>(["./figures/*.ts", "!./figures/*.*.ts"]);

function figureElement(load: () => Promise<{ default: Figure }>) {
  return class extends HTMLElement {
    #end: (() => void) | undefined;
    #observer: IntersectionObserver | null = null;

    connectedCallback(): void {
      this.#observer = new IntersectionObserver(
        (entries) => {
          if (entries.some((entry) => entry.isIntersecting)) void this.#start();
        },
        { rootMargin: "400px" },
      );
      this.#observer.observe(this);
    }

    disconnectedCallback(): void {
      this.#observer?.disconnect();
      this.#end?.();
      this.#end = undefined;
    }

    async #start(): Promise<void> {
      this.#observer?.disconnect();
      const { default: figure } = await load();
      if (this.isConnected) this.#end = figure.mount(this);
    }
  };
}

/** Defines all elements, once. */
export function defineElements(): void {
  customElements.define("thalweg-sample", Sample);
  customElements.define("thalweg-try", Try);
  for (const [file, load] of Object.entries(figures)) {
    const name = /([\w-]+)\.ts$/.exec(file)![1]!.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    customElements.define(`thalweg-${name}`, figureElement(load));
  }
}
