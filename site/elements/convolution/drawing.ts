// Draws the picture, the kernel over it, and the result, and works out one sum.

import type { Engine } from "thalweg";
import { html } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import { Player } from "../kit/player.ts";
import type { Drawing, Frame } from "../kit.ts";
import { Grid } from "../pad/grid.ts";
import { Pad } from "../pad/pad.ts";
import { pixelsShown, side } from "../pad/pictures.ts";
import { type controls, outputSide, type State } from "./controls.ts";
import { KernelTable } from "./kernelTable.ts";
import { Convolution, type Result, type Tap, tapsAt } from "./run.ts";

export class ConvolutionDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #convolution: Convolution;
  readonly #pad: Pad;
  readonly #result: Grid;
  readonly #resultTitle = html("p", { class: "heading" });
  readonly #kernel: KernelTable;
  readonly #player: Player<typeof controls>;

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    this.#frame = frame;
    this.#convolution = new Convolution(engine);
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
    this.#kernel = new KernelTable(text, (weights) => frame.set({ weights }));
    frame.stage.replaceChildren(
      html(
        "div",
        { class: "grids three" },
        html("div", {}, html("p", { class: "heading" }, text("pad.title", { side })), this.#pad.grid.element),
        html("div", {}, this.#resultTitle, this.#result.element),
        this.#kernel.element,
      ),
    );
    this.#player = new Player(frame, () => ({ at: frame.state.at, steps: outputSide(frame.state) ** 2 - 1 }));
  }

  #visit(at: number): void {
    if (this.#player.isPlaying) this.#player.pause();
    if (at !== Math.floor(this.#frame.state.at)) this.#frame.set({ at });
  }

  stop(): void {
    this.#player.stop();
    this.#convolution.free();
  }

  draw(): void {
    const { state, text } = this.#frame;
    const pixels = pixelsShown(state);
    const result = this.#convolution.apply(pixels, state);
    const { out, values } = result;
    const at = Math.floor(state.at);
    const [row, column] = [Math.floor(at / out), at % out];
    const most = values.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
    this.#pad.show(pixels);
    this.#result.show({ values, rows: out, columns: out, most, signed: true });
    const value = values[at] as number;
    this.#result.point(row, column, text("cell", { row: row + 1, column: column + 1, value: format(value) }));
    const title = text("result.title", { out, most: format(most) });
    if (this.#resultTitle.textContent !== title) this.#resultTitle.textContent = title;
    const taps = tapsAt(pixels, state, row, column);
    this.#markTaps(taps, state);
    this.#kernel.show(state, taps, value);
    this.#say(state, result, taps, at);
  }

  /** Outlines the pixels that the kernel meets. */
  #markTaps(taps: readonly Tap[], { size, dilation }: State): void {
    const first = taps[0] as Tap;
    const extent = dilation * (Number(size) - 1) + 1;
    const window = { kind: "window", row: first.row, column: first.column, height: extent, width: extent };
    const each = taps.map(({ row, column }) => ({ kind: "tap", row, column, height: 1, width: 1 }));
    this.#pad.grid.mark([window, ...(dilation > 1 ? each : [])]);
  }

  #say(state: State, { values, out }: Result, taps: readonly Tap[], at: number): void {
    const { text } = this.#frame;
    const { stride, padding, dilation, size } = state;
    const shape = text("says.shape", { side, padding, dilation, size, stride, out });
    const place = { row: Math.floor(at / out) + 1, column: (at % out) + 1, value: format(values[at] as number) };
    const terms = taps.filter(({ weight, pixel }) => weight !== 0 && pixel !== 0);
    const products = terms.map(
      ({ weight, pixel }) => `${format(pixel)} · ${weight < 0 ? `(${format(weight)})` : format(weight)}`,
    );
    const sum =
      products.length > 0 ? text("says.sum", { ...place, sum: products.join(" + ") }) : text("says.zero", place);
    const outside = taps.filter(({ inside }) => !inside).length;
    const beyond = outside > 0 ? [text("says.outside", { outside })] : [];
    const range = text("says.range", { low: format(Math.min(...values)), high: format(Math.max(...values)) });
    this.#frame.tell(shape, sum, ...beyond, range);
    this.#frame.say(text("status", place));
  }
}
