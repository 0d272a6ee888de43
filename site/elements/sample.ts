// <thalweg-sample program="…"> around a highlighted program: a button that puts an editor in its place.

import { wordsOf } from "./words.ts";

const style = new CSSStyleSheet();
style.replaceSync(`
  :host { display: block; position: relative; }
  :host([open]) slot { display: none; }
  button {
    margin: -0.5rem 0 1rem; padding: 0.15rem 0.75rem; border: 1px solid var(--vp-c-divider); border-radius: 6px;
    background: var(--vp-c-bg); color: var(--vp-c-brand-1); font: inherit; font-size: 0.875rem; cursor: pointer;
  }
  button:hover { border-color: var(--vp-c-brand-1); }
  button:focus-visible { outline: 2px solid var(--vp-c-brand-1); outline-offset: 2px; }
`);

export class Sample extends HTMLElement {
  #end: (() => void) | null = null;

  connectedCallback(): void {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style];
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = wordsOf(this).edit;
    button.addEventListener("click", () => void this.#open(button));
    root.append(document.createElement("slot"), button);
  }

  disconnectedCallback(): void {
    this.#end?.();
  }

  async #open(button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    const { mountEditor } = await import("./editor.ts");
    button.remove();
    this.setAttribute("open", "");
    const code = (this.getAttribute("program") ?? "").trimEnd();
    const editor = mountEditor(this.shadowRoot!, { code, words: wordsOf(this) });
    this.#end = editor.end;
    editor.run();
    editor.focus();
  }
}
