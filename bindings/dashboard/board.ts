// The elements of a dashboard.

import type { PlotChart } from "../plot/data.js";
import { type MountedChart, mountChart } from "../plot/page/mount.js";
import { saveFile } from "../plot/page/saveFile.js";
import { durationText, numberText } from "../plot/ticks.js";
import type { NDArray } from "../values/arrays.js";
import { gradientChart, lossChart, metricChart, metricsOf, type NamedCurves, weightCharts } from "./charts.js";
import { dashboardStyle } from "./css.js";
import type { DashboardRun } from "./run.js";
import { type DashboardTexts, filled } from "./texts.js";

/** Sources of the charts of a dashboard. @internal */
export interface BoardSources {
  curves(): readonly NamedCurves[];
  csv(): string;
}

/** Milliseconds between drawings of curves. */
const drawTime = 250;

/** Places of charts, in their order. */
const places = ["loss", "metrics", "gradients", "confusion"] as const;

/** The elements of a dashboard. @internal */
export class BoardView {
  readonly #host: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #texts: DashboardTexts;
  readonly #chartTexts: Record<string, string>;
  readonly #time: boolean;
  readonly #sources: BoardSources;
  readonly #mounted = new Map<string, MountedChart>();
  #followed: DashboardRun | null = null;
  #said = "";
  #due: ReturnType<typeof setTimeout> | null = null;

  constructor(host: HTMLElement, texts: DashboardTexts, time: boolean, sources: BoardSources) {
    this.#texts = texts;
    this.#time = time;
    this.#sources = sources;
    const { smoothing, log, csv, series, chart, time: timeText } = texts;
    this.#chartTexts = { smoothing, log, csv, series, chart, time: timeText };
    const { ownerDocument: page } = host;
    const sheet = new (page.defaultView as Window & typeof globalThis).CSSStyleSheet();
    sheet.replaceSync(dashboardStyle);
    this.#host = page.createElement("div");
    this.#root = this.#host.attachShadow({ mode: "open" });
    this.#root.adoptedStyleSheets = [sheet];
    this.#root.innerHTML =
      '<section><div class="bar"><progress max="1" value="0"></progress><p role="status"></p>' +
      '<button type="button" data-what="pause"></button><button type="button" data-what="stop"></button>' +
      '<button type="button" data-what="export"></button></div>' +
      `<div class="charts">${places.map((name) => `<div data-place="${name}"></div>`).join("")}` +
      '<div class="weights wide"></div></div></section>';
    this.#part("section").setAttribute("aria-label", texts.dashboard);
    this.#part("progress").setAttribute("aria-label", texts.dashboard);
    this.#button("stop").textContent = texts.stop;
    this.#button("export").textContent = texts.export;
    this.#part(".bar").addEventListener("click", (event) => {
      const what = (event.target as Element).closest("button")?.dataset.what;
      if (what === "stop") this.#followed?.stop();
      if (what === "export") saveFile("curves.csv", sources.csv(), "text/csv");
      if (what === "pause" && this.#followed?.state === "paused") this.#followed.resume();
      else if (what === "pause") this.#followed?.pause();
    });
    host.replaceChildren(this.#host);
    this.#status();
    this.#draw();
  }

  #part<T extends HTMLElement>(how: string): T {
    return this.#root.querySelector(how) as T;
  }

  #button(what: string): HTMLButtonElement {
    return this.#part<HTMLButtonElement>(`[data-what=${what}]`);
  }

  /** Draws the curves soon. */
  redraw(): void {
    this.#due ??= setTimeout(() => {
      this.#due = null;
      this.#draw();
    }, drawTime);
  }

  /** Makes a run the one whose progress is shown. */
  follow(run: DashboardRun): void {
    if (this.#followed !== run && this.#followed && this.#followed.state !== "idle" && run.state === "idle") return;
    this.#followed = run;
    this.#status();
    this.redraw();
  }

  #status(): void {
    const run = this.#followed;
    const { idle, running, paused, ended, pause, resume } = this.#texts;
    const { state = "idle" } = run ?? {};
    this.#button("pause").textContent = state === "paused" ? resume : pause;
    this.#button("pause").disabled = state === "idle";
    this.#button("stop").disabled = state === "idle";
    const { steps, epoch, epochs, share } = run?.status ?? { steps: 0, epoch: 0, epochs: null, share: 0 };
    this.#part<HTMLProgressElement>("progress").value = share;
    const curves = run?.curves;
    const text = state === "running" ? running : state === "paused" ? paused : steps > 0 ? ended : idle;
    const words = filled(text, {
      run: run?.name ?? "",
      epoch: epochs === null ? epoch : Math.min(epoch + 1, epochs),
      epochs: epochs === null ? "" : ` / ${epochs}`,
      steps: steps.toLocaleString("en"),
      seconds: durationText(curves?.seconds ?? 0),
      loss: numberText(curves?.loss.values.at(-1) ?? Number.NaN, 3),
    });
    const status = this.#part("p");
    // The live region speaks when the state or the epoch changes, not with every number.
    const said = `${run?.name} ${state} ${epoch}`;
    status.setAttribute("aria-live", said === this.#said ? "off" : "polite");
    this.#said = said;
    status.textContent = words;
  }

  #show(place: string, key: string, chart: PlotChart): void {
    const known = this.#mounted.get(key);
    if (known) {
      known.update(chart);
      return;
    }
    const holder = this.#host.ownerDocument.createElement("div");
    this.#part(place === "weights" ? ".weights" : `[data-place=${place}]`).append(holder);
    const controls = place !== "weights" && place !== "confusion";
    const options = { controls, texts: this.#chartTexts, time: this.#time };
    this.#mounted.set(key, mountChart(holder, chart, options));
  }

  #draw(): void {
    const runs = this.#sources.curves();
    this.#show("loss", "loss", lossChart(runs, this.#texts));
    for (const name of metricsOf(runs)) this.#show("metrics", `metric ${name}`, metricChart(name, runs, this.#texts));
    const own = runs.find(({ name }) => name === this.#followed?.name);
    if (own && Object.keys(own.curves.gradients).length > 0)
      this.#show("gradients", "gradients", gradientChart(own, this.#texts));
  }

  /** Draws histograms of the parameters of a run. */
  weights(run: string, parameters: Readonly<Record<string, NDArray>>): void {
    for (const [k, chart] of weightCharts(run, parameters, this.#texts).entries())
      this.#show("weights", `weights ${k}`, chart);
  }

  confusion(chart: PlotChart): void {
    this.#show("confusion", "confusion", chart);
  }

  free(): void {
    if (this.#due !== null) clearTimeout(this.#due);
    for (const chart of this.#mounted.values()) chart.free();
    this.#host.remove();
  }
}
