// Draws the picture with the windows of the pooling, and the result, and names the numbers of one window.

import type { Engine } from "thalweg";
import { html } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import { Player } from "../kit/player.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type Box, Grid } from "../pad/grid.ts";
import { Pad } from "../pad/pad.ts";
import { pixelsShown, side } from "../pad/pictures.ts";
import { type controls, isFractional, isWindowed, outputSide, type State } from "./controls.ts";
import { type Pooled, Pooling, rowStarts } from "./run.ts";

/** Pixels of a window that are written out at most. */
const written = 25;

export class PoolingDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #pooling: Pooling;
  readonly #pad: Pad;
  readonly #result: Grid;
  readonly #resultTitle = html("p", { class: "heading" });
  readonly #player: Player<typeof controls>;
  #computed = "";
  #pooled: Pooled = { values: [], out: 0, windows: [] };

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    this.#frame = frame;
    this.#pooling = new Pooling(engine);
    const { text } = frame;
    this.#pad = new Pad({
      ...{ label: text("pad"), cursor: text("pad.cursor"), tool: () => frame.state.tool },
      words: (row, column, value) => text("cell", { row: row + 1, column: column + 1, value }),
      draw: (drawing) => frame.set({ drawing }),
    });
    this.#result = new Grid(text("result"), {
      label: text("result.cursor"),
      move: (row, column) => this.#visit(row * outputSide(frame.state) + column),
    });
    frame.stage.replaceChildren(
      html(
        "div",
        { class: "grids" },
        html("div", {}, html("p", { class: "heading" }, text("pad.title", { side })), this.#pad.grid.element),
        html("div", {}, this.#resultTitle, this.#result.element),
      ),
    );
    this.#player = new Player(frame, () => ({ at: frame.state.at, steps: outputSide(frame.state) ** 2 - 1 }));
    frame.on("again", () => frame.set({ draw: (frame.state.draw + 1) % 10000 }));
  }

  #visit(at: number): void {
    if (this.#player.isPlaying) this.#player.pause();
    if (at !== Math.floor(this.#frame.state.at)) this.#frame.set({ at });
  }

  stop(): void {
    this.#player.stop();
    this.#pooling.free();
  }

  draw(): void {
    const { state, text } = this.#frame;
    const pixels = pixelsShown(state);
    const { at: _at, tool: _tool, ...what } = state;
    const wanted = JSON.stringify(what);
    if (wanted !== this.#computed) {
      this.#computed = wanted;
      this.#pooled = this.#pooling.apply(pixels, state);
    }
    const { out, values, windows } = this.#pooled;
    const at = Math.floor(state.at);
    const [row, column] = [Math.floor(at / out), at % out];
    const value = values[at] as number;
    this.#pad.show(pixels);
    this.#result.show({ values, rows: out, columns: out, most: 1 });
    this.#result.point(row, column, text("cell", { row: row + 1, column: column + 1, value: format(value) }));
    const title = text("result.title", { out });
    if (this.#resultTitle.textContent !== title) this.#resultTitle.textContent = title;
    const window = windows[at] as Box;
    this.#pad.grid.mark([...windows.map((box) => ({ ...box, kind: "region" })), { ...window, kind: "window" }]);
    this.#say(state, pixels, at);
  }

  #say(state: State, pixels: ArrayLike<number>, at: number): void {
    const { text } = this.#frame;
    const { out, values, windows } = this.#pooled;
    const { row, column, height, width } = windows[at] as Box;
    const place = { row: Math.floor(at / out) + 1, column: (at % out) + 1, value: format(values[at] as number) };
    const met = Array.from({ length: height * width }, (_, k) =>
      format(pixels[(row + Math.floor(k / width)) * side + column + (k % width)] as number),
    );
    const list = met.slice(0, written).join(text("says.comma")) + (met.length > written ? " …" : "");
    const box = { top: row + 1, bottom: row + height, left: column + 1, right: column + width, height, width };
    const isMean = state.kind === "average" || state.kind === "adaptiveAverage";
    const sum = text(isMean ? "says.mean" : "says.largest", { ...place, ...box, count: met.length, list });
    this.#frame.tell(this.#shapeWords(state), sum);
    this.#frame.say(text("status", place));
  }

  #shapeWords(state: State): string {
    const { text } = this.#frame;
    const { window, stride, overlapping } = state;
    const { out, windows } = this.#pooled;
    if (isWindowed(state)) return text("says.windowed", { side, window, stride, out });
    const starts = rowStarts(this.#pooled).join(text("says.comma"));
    if (!isFractional(state)) {
      const heights = [...new Set(windows.map(({ height }) => height))].sort((a, b) => a - b);
      return text("says.adaptive", { side, out, heights: heights.join(text("says.or")), starts });
    }
    const alpha = overlapping ? (side - window) / Math.max(out - 1, 1) : side / out;
    const names = {
      side,
      window,
      out,
      alpha: format(alpha, 4),
      less: Math.floor(alpha),
      more: Math.ceil(alpha),
      starts,
    };
    return text(overlapping ? "says.fractional" : "says.disjoint", names);
  }
}
