// A chart of the library in a figure: mounted once, then only brought up to date.

import type { ChartTexts } from "thalweg/plot";
import { type MountedChart, mountChart, type PlotChart } from "thalweg/plot";
import { html } from "./dom.ts";

export class ChartBox {
  readonly element = html("div", { class: "chart" });
  readonly #texts: Partial<ChartTexts>;
  #chart: MountedChart | null = null;

  /** `label` is the chart's name for screen readers; `texts` are the frame's `chartTexts`. */
  constructor(label: string, texts: Partial<ChartTexts>) {
    this.#texts = { ...texts, chart: label };
  }

  /** Shows a chart; null hides the box. */
  show(chart: PlotChart | null): void {
    this.element.hidden = chart === null;
    if (!chart) return;
    if (this.#chart) this.#chart.update(chart);
    else this.#chart = mountChart(this.element, chart, { controls: false, texts: this.#texts });
  }

  stop(): void {
    this.#chart?.free();
  }
}
