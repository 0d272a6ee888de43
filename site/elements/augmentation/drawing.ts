// Draws the picture and twelve changed ones, as a batch of training would see them.

import type { Engine } from "thalweg";
import { html } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import type { Drawing, Frame } from "../kit.ts";
import { Grid } from "../pad/grid.ts";
import { Pad } from "../pad/pad.ts";
import { pixelsShown, side } from "../pad/pictures.ts";
import type { controls, State } from "./controls.ts";
import { Augmenting, count, partsOf, type Sheet } from "./run.ts";

export class AugmentationDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #augmenting: Augmenting;
  readonly #pad: Pad;
  readonly #cells: readonly { readonly grid: Grid; readonly caption: HTMLElement }[];
  #computed = "";
  #sheet: Sheet = { pictures: [], changes: [], share: null };

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    this.#frame = frame;
    this.#augmenting = new Augmenting(engine);
    const { text } = frame;
    this.#pad = new Pad({
      ...{ label: text("pad"), cursor: text("pad.cursor"), tool: () => frame.state.tool },
      words: (row, column, value) => text("cell", { row: row + 1, column: column + 1, value }),
      draw: (drawing) => frame.set({ drawing }),
    });
    this.#cells = Array.from({ length: count }, (_, k) => ({
      grid: new Grid(text("result", { number: k + 1 })),
      caption: html("span", { class: "change" }),
    }));
    const sheet = html(
      "div",
      { class: "sheet" },
      ...this.#cells.map(({ grid, caption }) => html("div", {}, grid.element, caption)),
    );
    frame.stage.replaceChildren(
      html(
        "div",
        { class: "grids both" },
        html("div", {}, html("p", { class: "heading" }, text("pad.title", { side })), this.#pad.grid.element),
        html("div", {}, html("p", { class: "heading" }, text("sheet")), sheet),
      ),
    );
    frame.on("again", () => frame.set({ update: (frame.state.update + 1) % 10000 }));
  }

  stop(): void {
    this.#augmenting.free();
  }

  draw(): void {
    const { state, text } = this.#frame;
    this.#pad.show(pixelsShown(state));
    const { tool: _tool, ...what } = state;
    const wanted = JSON.stringify(what);
    if (wanted !== this.#computed) {
      this.#computed = wanted;
      this.#sheet = this.#augmenting.apply(state);
      this.#say(state);
    }
    const { pictures, changes, share } = this.#sheet;
    for (const [k, { grid, caption }] of this.#cells.entries()) {
      grid.show({ values: pictures[k]!, rows: side, columns: side, most: 1 });
      const number = format(share ? (share[k] as number) : (changes[k] as number), 2);
      caption.textContent = text(share ? "share" : "change", { number });
    }
  }

  #say(state: State): void {
    const { text } = this.#frame;
    const { changes, share } = this.#sheet;
    const parts = partsOf(state);
    const amounts = {
      ...{ shift: state.shift, angle: state.angle, noise: state.noise, alpha: format(state.alpha) },
      ...{ zoom: Math.round(100 * state.zoom), flip: Math.round(100 * state.flip) },
      ...{ brightness: Math.round(100 * state.brightness), erase: Math.round(100 * state.erase) },
    };
    if (parts.length === 0) {
      this.#frame.tell(text("says.nothing"));
      return;
    }
    const ops = parts.map(({ key }) => text(`says.${key}`, amounts)).join(text("says.comma"));
    const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
    const [least, most] = [Math.min(...changes), Math.max(...changes)].map((change) => format(change));
    const draws = text("says.draws", { count, update: state.update, seed: state.seed });
    const change = text("says.change", { mean: format(mean), least: least as string, most: most as string });
    const mixed = share ? [text("says.mixed")] : [];
    this.#frame.tell(text("says.ops", { ops }), draws, change, ...mixed);
    this.#frame.say(change);
  }
}

export const sheetStyle = `
  .sheet { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 0.375rem; }
  .change { display: block; color: var(--muted); font-size: 0.75rem; text-align: center; font-variant-numeric: tabular-nums; }
  @container (max-width: 560px) { .grids.both { grid-template-columns: minmax(0, 1fr); } .both .pad { max-width: 14rem; } }
  @container (min-width: 561px) { .grids.both { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); } }
`;
