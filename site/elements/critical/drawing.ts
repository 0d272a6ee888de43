// Draws what a place has shown: a surface or charts, a table and sentences. The work runs in slices between frames.

import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { clamp } from "../kit/numbers.ts";
import { Perspective } from "../kit/perspective.ts";
import { Slices } from "../kit/slices.ts";
import { tableBox, tableOf } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import type { controls, State } from "./controls.ts";
import type { Shown } from "./shown.ts";

export class CriticalDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #work: (state: State) => Generator<unknown, Shown>;
  readonly #slices = new Slices();
  readonly #perspective: Perspective;
  readonly #charts: readonly [ChartBox, ChartBox];
  readonly #pictures = html("div", { class: "pictures" });
  readonly #results: HTMLElement;
  #computed = "";
  #shown: Shown | null = null;
  #drawn: Shown | null = null;
  #width = 0;

  constructor(frame: Frame<typeof controls>, work: (state: State) => Generator<unknown, Shown>) {
    this.#frame = frame;
    this.#work = work;
    const { text } = frame;
    this.#perspective = new Perspective({
      label: text("surface"),
      words: ({ turn, tilt }) => text("view", { turn, tilt }),
      turned: (view) => frame.set(view),
    });
    this.#charts = [
      new ChartBox(text("chart.first"), frame.chartTexts),
      new ChartBox(text("chart.second"), frame.chartTexts),
    ];
    this.#results = tableBox(text("table"));
    this.#pictures.append(this.#perspective.element, ...this.#charts.map(({ element }) => element));
    frame.stage.replaceChildren(this.#pictures, this.#results);
  }

  stop(): void {
    this.#slices.stop();
    for (const chart of this.#charts) chart.stop();
  }

  draw(): void {
    const { state, stage } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const { turn: _turn, tilt: _tilt, ...what } = state;
    const wanted = JSON.stringify(what);
    if (wanted !== this.#computed) {
      this.#computed = wanted;
      this.#slices.queue(() => this.#steps(state));
    }
    const shown = this.#shown;
    if (!shown) return;
    if (shown !== this.#drawn || width !== this.#width) {
      this.#drawn = shown;
      this.#width = width;
      this.#show(shown, width);
    }
    if (shown.surface) this.#perspective.draw(state);
  }

  *#steps(state: State): Generator<unknown, void> {
    this.#pictures.classList.add("busy");
    try {
      this.#shown = yield* this.#work(state);
    } finally {
      this.#pictures.classList.remove("busy");
    }
    this.#frame.redraw();
  }

  #show({ charts, surface, table, sentences }: Shown, width: number): void {
    const [first, second] = this.#charts;
    this.#perspective.element.toggleAttribute("hidden", !surface);
    if (surface) {
      const half = width >= wide ? Math.floor((width - gap) / 2) : width;
      this.#perspective.layOut(half, Math.round(clamp(half * 0.8, 240, 330)));
      const { lattice, trails } = surface;
      const { xRange, yRange } = lattice;
      this.#perspective.setScene({ xRange, yRange, lattice, names: ["x", "y", "f"] });
      this.#perspective.setTrails(trails, [[0, 0, 0]]);
    }
    first.show(charts[0] ?? null);
    second.show(charts[1] ?? null);
    this.#results.replaceChildren(tableOf(table.caption, table.columns, table.rows));
    this.#frame.tell(...sentences);
    this.#frame.say(sentences.at(-1) ?? "");
  }
}
