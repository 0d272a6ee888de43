// <thalweg-try>: the editor as a page of its own, with the program of the address, else the one it is given.

import { programOf } from "./share.ts";
import { wordsOf } from "./words.ts";

export class Try extends HTMLElement {
  #end: (() => void) | null = null;
  readonly #reload = (): void => void this.#open();

  connectedCallback(): void {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    addEventListener("hashchange", this.#reload);
    void this.#open();
  }

  disconnectedCallback(): void {
    removeEventListener("hashchange", this.#reload);
    this.#end?.();
    this.#end = null;
  }

  async #open(): Promise<void> {
    const [{ mountEditor }, shared] = await Promise.all([import("./editor.ts"), programOf(location.hash)]);
    if (!this.isConnected) return;
    this.#end?.();
    this.shadowRoot!.replaceChildren();
    const code = shared ?? (this.getAttribute("program") ?? "").trimEnd();
    this.#end = mountEditor(this.shadowRoot!, { code, words: wordsOf(this) }).end;
  }
}
