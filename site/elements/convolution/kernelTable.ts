// The kernel as a table of fields: each weight, and the pixel below it that it is multiplied by.

import { html } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import type { Fill } from "../kit/words.ts";
import type { State } from "./controls.ts";
import { weightsOf } from "./kernels.ts";
import type { Tap } from "./run.ts";

export class KernelTable {
  readonly element = html("div", { class: "kernel" });
  readonly #text: (key: string, values?: Fill) => string;
  readonly #change: (weights: string) => void;
  readonly #cells = html("div", { class: "cells" });
  readonly #sum = html("p", { class: "sum" });
  #fields: { readonly input: HTMLInputElement; readonly pixel: HTMLElement; readonly cell: HTMLElement }[] = [];

  constructor(text: (key: string, values?: Fill) => string, change: (weights: string) => void) {
    this.#text = text;
    this.#change = change;
    this.element.append(html("p", { class: "heading" }, text("kernel.title")), this.#cells, this.#sum);
  }

  #build(size: number): void {
    this.#fields = Array.from({ length: size * size }, (_, k) => {
      const place = { row: Math.floor(k / size) + 1, column: (k % size) + 1 };
      const input = html("input", { type: "number", step: "any", "aria-label": this.#text("weight", place) });
      input.addEventListener("input", () => {
        const weights = this.#fields.map(({ input: { valueAsNumber } }) => valueAsNumber);
        if (weights.every((weight) => Number.isFinite(weight))) this.#change(weights.join(","));
      });
      const pixel = html("span", { class: "pixel" });
      return { input, pixel, cell: html("div", {}, input, pixel) };
    });
    this.#cells.style.gridTemplateColumns = `repeat(${size}, minmax(0, 1fr))`;
    this.#cells.replaceChildren(...this.#fields.map(({ cell }) => cell));
  }

  show({ size, weights }: State, taps: readonly Tap[], value: number): void {
    const side = Number(size);
    if (this.#fields.length !== side * side) this.#build(side);
    const focused = (this.element.getRootNode() as ShadowRoot).activeElement;
    for (const [k, weight] of weightsOf(weights).entries()) {
      const { input, pixel, cell } = this.#fields[k]!;
      const shown = String(Number(weight.toPrecision(3)));
      if (input !== focused && input.value !== shown) input.value = shown;
      const tap = taps[k] as Tap;
      const words = `× ${format(tap.pixel)}`;
      if (pixel.textContent !== words) pixel.textContent = words;
      cell.classList.toggle("counts", tap.pixel !== 0 && weight !== 0);
    }
    const sum = this.#text("sum", { value: format(value) });
    if (this.#sum.textContent !== sum) this.#sum.textContent = sum;
  }
}

export const kernelStyle = `
  .kernel { grid-column: 1 / -1; max-width: 26rem; }
  .kernel .cells { display: grid; gap: 2px; }
  .kernel .cells > div { display: grid; justify-items: center; padding: 2px; border: 1px solid var(--line); border-radius: 6px; }
  .kernel .cells > .counts { border-color: var(--danger); }
  .kernel .cells input[type="number"] { width: 100%; min-width: 0; padding: 0.1rem; border: 0; text-align: center; appearance: textfield; }
  .kernel .cells input::-webkit-inner-spin-button { appearance: none; margin: 0; }
  .pixel { color: var(--muted); font-size: 0.75rem; font-variant-numeric: tabular-nums; }
  .sum { margin: 0.25rem 0 0; font-weight: 600; }
  @container (min-width: 760px) {
    .grids.three { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) 15rem; }
    .grids.three .kernel { grid-column: auto; }
  }
`;
