// Draws the final losses of every start against the width, their spread, and the table; while networks are trained, what is
// there so far.

import type { Engine } from "thalweg";
import { dotsMark, lineMark, type PlotChart, plotChart } from "thalweg/plot";
import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import { Slices } from "../kit/slices.ts";
import { tableBox, tableOf } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, type State, widths } from "./controls.ts";
import { spreadOf, trained } from "./run.ts";

const height = 300;

export class WidthsDrawing implements Drawing {
  readonly #engine: Engine;
  readonly #frame: Frame<typeof controls>;
  readonly #slices = new Slices();
  readonly #charts: readonly [ChartBox, ChartBox];
  readonly #progress = html("progress", { max: widths.length, value: 0 });
  readonly #results: HTMLElement;
  #wanted = "";
  #losses: readonly (readonly number[])[] = [];

  constructor(engine: Engine, frame: Frame<typeof controls>) {
    this.#engine = engine;
    this.#frame = frame;
    const { text, chartTexts } = frame;
    this.#progress.setAttribute("aria-label", text("progress"));
    this.#charts = [new ChartBox(text("chart.losses"), chartTexts), new ChartBox(text("chart.spread"), chartTexts)];
    this.#results = tableBox(text("table"));
    const pictures = html("div", { class: "pictures" }, ...this.#charts.map(({ element }) => element));
    frame.stage.replaceChildren(pictures, this.#progress, this.#results);
  }

  stop(): void {
    this.#slices.stop();
    for (const chart of this.#charts) chart.stop();
  }

  draw(): void {
    const { state } = this.#frame;
    const wanted = JSON.stringify(state);
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#losses = [];
    this.#slices.run(this.#train(state));
    this.#show(state);
  }

  *#train(state: State): Generator<unknown, void> {
    for (const width of widths) {
      const losses = yield* trained(this.#engine, width, state);
      this.#losses = [...this.#losses, losses];
      this.#show(state);
      yield;
    }
  }

  #show(state: State): void {
    const { text } = this.#frame;
    const done = this.#losses.length;
    this.#progress.value = done;
    this.#progress.classList.toggle("done", done === widths.length);
    // Until the first width is trained, the older pictures stay.
    if (done > 0) this.#showLosses(state);
    this.#frame.tell(...this.#sentences(state));
    this.#frame.say(done < widths.length ? text("status", { done, all: widths.length }) : text("status.done"));
  }

  #showLosses(state: State): void {
    const { text } = this.#frame;
    const [first, second] = this.#charts;
    first.show(lossChart(this.#losses, text));
    second.show(spreadChart(this.#losses, text));
    const columns = ["width", "lowest", "median", "highest", "deviation"].map((key) => ({
      head: text(`column.${key}`),
      isNumber: true,
    }));
    const rows = this.#losses.map((losses, k) => {
      const { lowest, median, highest, deviation } = spreadOf(losses);
      return [widths[k], ...[lowest, median, highest, deviation].map((value) => format(value, 3))].map(String);
    });
    this.#results.replaceChildren(
      tableOf(text("table.caption", { starts: state.starts, updates: state.updates }), columns, rows),
    );
  }

  #sentences(state: State): string[] {
    const { text } = this.#frame;
    const first = text("says.task", {
      frequency: format(state.frequency),
      starts: state.starts,
      updates: state.updates,
    });
    if (this.#losses.length < widths.length)
      return [first, text("says.training", { width: widths[this.#losses.length]! })];
    const at = (width: number) => spreadOf(this.#losses[widths.indexOf(width as 1)] as readonly number[]);
    const [two, last] = [at(2), at(64)];
    return [
      first,
      text("says.narrow", {
        lowest: format(two.lowest),
        highest: format(two.highest),
        deviation: format(two.deviation),
      }),
      text("says.wide", {
        lowest: format(last.lowest),
        highest: format(last.highest),
        deviation: format(last.deviation),
      }),
    ];
  }
}

type Losses = readonly (readonly number[])[];
type Text = (key: string) => string;

/** Range of all losses on a logarithmic axis. */
function rangeOf(values: readonly number[]): [number, number] {
  const positive = values.filter((value) => value > 0);
  return positive.length === 0 ? [0.01, 1] : [Math.min(...positive) / 1.5, Math.max(...positive) * 1.5];
}

const axes = (text: Text) =>
  ({ height, xScale: "log", yScale: "log", xRange: [0.9, 80], xLabel: text("axis.width") }) as const;

function lossChart(all: Losses, text: Text): PlotChart {
  const dots = all.flatMap((losses, k) => losses.map((loss) => [widths[k] as number, loss] as const));
  const medians = all.map((losses, k) => [widths[k] as number, spreadOf(losses).median] as const);
  return plotChart(
    [
      dotsMark(dots, { name: text("mark.start"), color: 0 }),
      lineMark(medians, { name: text("mark.median"), color: 1 }),
    ],
    { ...axes(text), yRange: rangeOf(dots.map(([, loss]) => loss)), yLabel: text("axis.loss") },
  );
}

function spreadChart(all: Losses, text: Text): PlotChart {
  const spreads = all.map((losses, k) => [widths[k] as number, spreadOf(losses).deviation] as const);
  return plotChart([lineMark(spreads, { name: text("mark.deviation"), color: 3 })], {
    ...axes(text),
    yRange: rangeOf(spreads.map(([, spread]) => spread)),
    yLabel: text("axis.deviation"),
  });
}
