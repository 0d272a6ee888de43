// The elements of a mounted chart, and what they do.

import { entriesOf } from "../chart.js";
import { fillClass } from "../colors.js";
import { chartCsv } from "../csv.js";
import { colorsOf, type PlotChart } from "../data.js";
import { type KeyEntry, signAt } from "../key.js";
import { type DrawnChart, drawnIn, marginsOf, rangesOf } from "../layout.js";
import { outerAttributes } from "../sheet.js";
import { wholeStyle } from "../style.js";
import { escaped, round } from "../text.js";
import { chartText } from "../words.js";
import { pageStyle } from "./css.js";
import { type Cursor, type CursorContents, type CursorPlace, cursorOf } from "./cursor.js";
import { saveFile } from "./saveFile.js";
import { type ChartView, canBeLog, firstView, hasLines, hasTimes, viewed } from "./view.js";

/** Words of the controls of a chart. */
export interface ChartTexts {
  /** Name of the smoothing's slider. */
  readonly smoothing: string;
  /** Name of the switch to a logarithmic axis. */
  readonly log: string;
  /** Name of the switch to an axis of time. */
  readonly time: string;
  /** Name of the button that downloads the points. */
  readonly csv: string;
  /** Name of the group of series. */
  readonly series: string;
  /** Name of a chart without a title. */
  readonly chart: string;
}

export const englishTexts: ChartTexts = {
  smoothing: "Smoothing",
  log: "Log scale",
  time: "Time",
  csv: "CSV",
  series: "Series",
  chart: "Chart",
};

const svg = (width: number, height: number, body: string, how = ""): string =>
  `<svg ${outerAttributes(width, height)} font-size="14" ${how}>${body}</svg>`;
const sign = (entry: KeyEntry): string =>
  `<svg class="thalweg" viewBox="0 0 22 12" aria-hidden="true">${signAt(entry, 0, 6)}</svg>`;

/** A mounted chart. @internal */
export class MountedView {
  readonly #host: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #texts: ChartTexts;
  readonly #hasControls: boolean;
  readonly #watch: ResizeObserver;
  #chart: PlotChart;
  #view: ChartView = firstView;
  #drawn: DrawnChart | null = null;
  #shown: PlotChart | null = null;
  #cursor: Cursor | null = null;
  #described = 0;
  #place: CursorPlace | null = null;
  #due = 0;
  #controls = "";

  constructor(host: HTMLElement, chart: PlotChart, controls: boolean, time: boolean, texts: ChartTexts) {
    this.#view = { ...firstView, time };
    this.#chart = chart;
    this.#texts = texts;
    this.#hasControls = controls;
    const { ownerDocument: page } = host;
    const Sheet = (page.defaultView as Window & typeof globalThis).CSSStyleSheet;
    const sheet = new Sheet();
    sheet.replaceSync(`${pageStyle}${wholeStyle()}`);
    this.#host = page.createElement("div");
    this.#root = this.#host.attachShadow({ mode: "open" });
    this.#root.adoptedStyleSheets = [sheet];
    this.#root.innerHTML =
      '<p class="title"></p><div class="key" role="group"></div>' +
      '<div class="plot" role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="0" aria-valuenow="0"><div class="picture"></div><svg class="thalweg overlay"></svg>' +
      '<div class="tip" hidden></div></div><p class="hidden" id="words"></p><div class="controls"></div>';
    host.replaceChildren(this.#host);
    this.#listen();
    // Not at once: a drawing may change the height, which WebKit reports as a loop of observers.
    this.#watch = new ResizeObserver(() => this.#drawSoon());
    this.#watch.observe(this.#host);
    this.#draw();
  }

  update(chart: PlotChart): void {
    this.#chart = chart;
    this.#drawSoon();
  }

  free(): void {
    cancelAnimationFrame(this.#due);
    clearTimeout(this.#described);
    this.#watch.disconnect();
    this.#host.remove();
  }

  #drawSoon(): void {
    cancelAnimationFrame(this.#due);
    this.#due = requestAnimationFrame(() => this.#draw());
  }

  #part<T extends Element>(how: string): T {
    return this.#root.querySelector(how) as T;
  }

  #listen(): void {
    const plot = this.#part<HTMLElement>(".plot");
    plot.addEventListener("pointermove", (event) => this.#point(event));
    plot.addEventListener("pointerdown", (event) => this.#point(event));
    plot.addEventListener("pointerleave", () => this.#show(this.#isFocused() ? this.#place : null));
    plot.addEventListener("focus", () => {
      if (plot.matches(":focus-visible")) this.#show(this.#place ?? this.#over()?.first ?? null);
    });
    plot.addEventListener("blur", () => this.#show(null));
    plot.addEventListener("keydown", (event) => {
      const cursor = this.#over();
      const to = cursor?.moved(this.#known(cursor), event.key, event.shiftKey) ?? null;
      if (event.key === "Escape") this.#show(null);
      if (to === null) return;
      event.preventDefault();
      this.#show(to);
    });
    this.#part(".key").addEventListener("click", (event) => {
      const name = (event.target as Element).closest("button")?.dataset.name;
      if (name === undefined) return;
      const hidden = new Set(this.#view.hidden);
      if (!hidden.delete(name)) hidden.add(name);
      this.#choose({ hidden });
    });
    const controls = this.#part(".controls");
    controls.addEventListener("click", (event) => {
      const what = (event.target as Element).closest("button")?.dataset.control;
      if (what === "log") this.#choose({ log: !this.#isLog() });
      if (what === "time") this.#choose({ time: !this.#view.time });
      if (what === "csv") saveFile(`${this.#chart.title || "chart"}.csv`, chartCsv(this.#chart), "text/csv");
    });
    controls.addEventListener("input", (event) =>
      this.#choose({ smoothing: Number((event.target as HTMLInputElement).value) }),
    );
  }

  #isLog(): boolean {
    return this.#view.log ?? this.#chart.y.scale === "log";
  }

  #isFocused(): boolean {
    return this.#part(".plot").matches(":focus-visible");
  }

  #choose(change: Partial<ChartView>): void {
    this.#view = { ...this.#view, ...change };
    this.#draw();
  }

  /** Moves the cursor to the pointer. */
  #point(event: PointerEvent): void {
    const cursor = this.#over();
    if (!this.#drawn || !cursor) return;
    const { left, top } = this.#part(".plot").getBoundingClientRect();
    const { area } = this.#drawn;
    this.#show(cursor.nearest(event.clientX - left - area.left, event.clientY - top - area.top));
  }

  #draw(): void {
    const width = Math.max(160, Math.round(this.#host.clientWidth || this.#chart.width));
    const chart = viewed(this.#chart, this.#view, width);
    const colors = colorsOf(this.#chart);
    const ranges = rangesOf("mountChart", chart);
    this.#drawn = drawnIn("mountChart", chart, marginsOf(chart, 0, ranges), colors, ranges);
    this.#shown = chart;
    this.#cursor = null;
    const entries = entriesOf(this.#chart.marks, colors);
    const key = entries.length < 2 ? "" : entries.map((entry) => this.#keyButton(entry)).join("");
    const body = this.#drawn.body.join("\n");
    this.#part(".title").textContent = this.#chart.title;
    this.#part<HTMLElement>(".title").hidden = this.#chart.title === "";
    this.#setKey(key);
    this.#part(".picture").innerHTML = svg(width, chart.height, body, 'aria-hidden="true"');
    this.#setControls();
    this.#describe();
    const plot = this.#part(".plot");
    plot.setAttribute("aria-label", this.#chart.title || this.#chart.y.label || this.#texts.chart);
    plot.setAttribute("aria-describedby", "words");
    this.#show(this.#part<HTMLElement>(".tip").hidden ? null : this.#place);
  }

  /** Describes the chart in words, soon: a chart that changes all the time is not described with every change. */
  #describe(): void {
    if (this.#described) return;
    this.#described = window.setTimeout(() => {
      this.#described = 0;
      this.#part("#words").textContent = chartText(this.#chart);
      this.#read();
    }, 500);
  }

  /** The cursor over what is drawn. */
  #over(): Cursor | null {
    if (this.#drawn && this.#shown) this.#cursor ??= cursorOf(this.#shown, this.#drawn.frame);
    return this.#cursor;
  }

  #keyButton(entry: KeyEntry): string {
    const pressed = !this.#view.hidden.has(entry.name);
    const name = escaped(entry.name);
    return `<button type="button" aria-pressed="${pressed}" data-name="${name}">${sign(entry)}<span>${name}</span></button>`;
  }

  /** Changes only what differs, so that the focus stays. */
  #setKey(text: string): void {
    const key = this.#part<HTMLElement>(".key");
    key.hidden = text === "";
    key.setAttribute("aria-label", this.#texts.series);
    setParts(key, text);
  }

  #setControls(): void {
    const holder = this.#part<HTMLElement>(".controls");
    const { smoothing, log, time, csv } = this.#texts;
    const toggle = (what: string, name: string, pressed: boolean): string =>
      `<button type="button" data-control="${what}" aria-pressed="${pressed}">${escaped(name)}</button>`;
    const parts = [
      hasLines(this.#chart)
        ? `<label>${escaped(smoothing)} <input type="range" min="0" max="0.99" step="0.01" value="${this.#chart.smoothing}"></label>`
        : "",
      canBeLog(this.#chart) ? toggle("log", log, this.#isLog()) : "",
      hasTimes(this.#chart) ? toggle("time", time, this.#view.time) : "",
      `<button type="button" data-control="csv">${escaped(csv)}</button>`,
    ];
    const text = this.#hasControls ? parts.join("") : "";
    holder.hidden = text === "";
    const kinds = text.replace(/aria-pressed="\w+"/g, "").replace(/value="[^"]*"/, "");
    if (kinds !== this.#controls) holder.innerHTML = text;
    this.#controls = kinds;
    for (const [what, pressed] of [
      ["log", this.#isLog()],
      ["time", this.#view.time],
    ] as const)
      holder.querySelector(`[data-control=${what}]`)?.setAttribute("aria-pressed", String(pressed));
  }

  /** Place of the cursor, if it fits the chart. */
  #known({ first }: Cursor): CursorPlace {
    return this.#place !== null && typeof this.#place === typeof first ? this.#place : first;
  }

  /** Gives screen readers the values at the cursor. */
  #read(): CursorContents | null {
    const cursor = this.#over();
    if (!cursor) return null;
    const at = this.#known(cursor);
    const contents = cursor.contents(at);
    const values = contents.readings.map(({ name, text }) => (name ? `${name} ${text}` : text));
    const attributes = {
      "aria-valuemin": 0,
      "aria-valuemax": Math.max(0, (cursor.count ?? 1) - 1),
      "aria-valuenow": typeof at === "number" ? at : 0,
      "aria-valuetext": [contents.head, ...values].join(", "),
    };
    for (const [name, value] of Object.entries(attributes)) this.#part(".plot").setAttribute(name, String(value));
    return contents;
  }

  /** Shows the cursor at a place, or hides it. */
  #show(place: CursorPlace | null): void {
    if (place !== null) this.#place = place;
    const contents = place === null ? null : this.#read();
    const tip = this.#part<HTMLElement>(".tip");
    tip.hidden = contents === null;
    this.#part(".overlay").outerHTML = this.#overlay(contents);
    if (contents) this.#placeTip(tip, contents);
  }

  #overlay(contents: CursorContents | null): string {
    const { area } = this.#drawn as DrawnChart;
    const { width = 0, height = 0 } = this.#part<SVGSVGElement>(".picture svg").viewBox.baseVal;
    if (!contents)
      return svg(width, height, "").replace('class="thalweg"', 'class="thalweg overlay" aria-hidden="true"');
    const [x, y] = [round(area.left + contents.x), contents.y === null ? null : round(area.top + contents.y)];
    const lines =
      `<path class="axis thin" d="M${x},${area.top}v${area.height}` +
      `${y === null ? "" : `M${area.left},${y}h${area.width}`}"/>`;
    const dots = contents.readings.map(
      ({ at, color }) =>
        `<circle class="halo point ${fillClass(color)}" cx="${round(area.left + at[0])}" cy="${round(area.top + at[1])}" r="4.5"/>`,
    );
    return svg(width, height, lines + dots.join("")).replace(
      'class="thalweg"',
      'class="thalweg overlay" aria-hidden="true"',
    );
  }

  /** Fills the box with values, and moves it to the side of the cursor that has more room. */
  #placeTip(tip: HTMLElement, { head, readings, x }: CursorContents): void {
    const { area } = this.#drawn as DrawnChart;
    const rows = readings.map((one) => `${sign(one)}<span>${escaped(one.name)}</span><b>${escaped(one.text)}</b>`);
    tip.innerHTML = `<b>${escaped(head)}</b>${rows.length > 0 ? `<div>${rows.join("")}</div>` : ""}`;
    const { clientWidth } = this.#part(".plot");
    const beside = x < area.width / 2 ? area.left + x + 12 : area.left + x - 12 - tip.offsetWidth;
    const left = Math.max(0, Math.min(clientWidth - tip.offsetWidth, beside));
    tip.style.transform = `translate(${round(left)}px,${round(area.top + 4)}px)`;
  }
}

/** Replaces the children of an element that differ from those of a text. */
function setParts(holder: HTMLElement, text: string): void {
  const made = holder.ownerDocument.createElement("div");
  made.innerHTML = text;
  const wanted = [...made.children];
  while (holder.children.length > wanted.length) holder.lastElementChild?.remove();
  for (const [k, part] of wanted.entries()) {
    const there = holder.children[k];
    if (!there) holder.append(part);
    else if (there.outerHTML !== part.outerHTML) {
      if (there.getAttribute("data-name") === part.getAttribute("data-name"))
        for (const { name, value } of part.attributes) there.setAttribute(name, value);
      else there.replaceWith(part);
    }
  }
}
