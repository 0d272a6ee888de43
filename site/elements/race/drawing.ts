// The drawings of the race: paths over level sets, values against steps, a table, and all of it in words.

import { Chart } from "../kit/chart.ts";
import { html, svg } from "../kit/dom.ts";
import { clamp, format } from "../kit/numbers.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { seriesLook } from "../kit/style.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, powerOfTen, type State } from "./controls.ts";
import { isRule, rateOf } from "./methods.ts";
import type { gridOf, Path, Race } from "./run.ts";
import { type Surface, surfaceOf } from "./surfaces.ts";

/** Seconds that a race takes on the screen, however many steps it has. */
const duration = 8;

/** Marks of one method: its path, its curve and their ends. */
interface Marks {
  readonly path: Path;
  readonly trail: Trail;
  readonly curve: Trail;
  readonly halo: SVGPathElement;
  readonly line: SVGPathElement;
  readonly head: SVGCircleElement;
  readonly drop: SVGPathElement;
}

export class RaceDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #plane: Plane;
  readonly #chart: Chart;
  readonly #formula = html("p", { class: "formula-shown" });
  readonly #results = html("div", { class: "results", tabindex: 0, role: "region" });
  #key = "";
  #levels = "";
  #size = "";
  #race: Race = { paths: [], minimum: 0 };
  #surface: Surface;
  #marks: Marks[] = [];
  #playing = 0;

  constructor(
    frame: Frame<typeof controls>,
    readonly run: (surface: Surface, state: State) => Race,
    readonly grid: (surface: Surface) => ReturnType<typeof gridOf>,
  ) {
    this.#frame = frame;
    this.#surface = surfaceOf(frame.state);
    this.#plane = new Plane(frame.text("plane"), [
      { name: "start", label: frame.text("start.handle"), move: (start) => frame.set({ start }) },
    ]);
    this.#chart = new Chart(frame.text("loss"));
    const pictures = html("div", { class: "pictures" });
    pictures.append(this.#plane.element, this.#chart.element);
    this.#results.setAttribute("aria-label", frame.text("loss"));
    frame.stage.replaceChildren(this.#formula, pictures, this.#results);
    frame.on("play", () => (this.#playing ? this.#pause() : this.#play()));
    frame.on("next", () => {
      this.#pause();
      const { at, steps } = frame.state;
      frame.set({ at: at >= steps ? 0 : Math.floor(at) + 1 });
    });
  }

  #play(): void {
    const { still, state } = this.#frame;
    if (state.at >= state.steps) this.#frame.set({ at: 0 });
    // Without motion the race is shown at its end.
    if (still) {
      this.#frame.set({ at: state.steps });
      return;
    }
    let last = performance.now();
    const tick = (now: number): void => {
      const { at, steps } = this.#frame.state;
      const next = Math.min(steps, at + ((now - last) / 1000 / duration) * steps);
      last = now;
      this.#frame.set({ at: next });
      if (next >= steps) this.#pause();
      else this.#playing = requestAnimationFrame(tick);
    };
    this.#playing = requestAnimationFrame(tick);
    this.#frame.label("play", this.#frame.text("pause"));
  }

  #pause(): void {
    cancelAnimationFrame(this.#playing);
    if (this.#playing !== 0) this.#frame.set({ at: Math.floor(this.#frame.state.at) });
    this.#playing = 0;
    this.#frame.label("play", this.#frame.text("play"));
  }

  stop(): void {
    cancelAnimationFrame(this.#playing);
  }

  draw(): void {
    const { state, stage } = this.#frame;
    const { at: _at, ...what } = state;
    const key = JSON.stringify(what);
    const width = stage.clientWidth;
    if (width === 0) return;
    const isNew = key !== this.#key;
    if (isNew) {
      this.#key = key;
      this.#surface = surfaceOf(state);
      this.#race = this.run(this.#surface, state);
      this.#showFormula();
    }
    if (isNew || this.#size !== String(width)) {
      this.#size = String(width);
      this.#layOut(width);
      this.#place();
    }
    this.#advance(Math.floor(state.at));
  }

  #layOut(width: number): void {
    const { state, text } = this.#frame;
    const { xRange, yRange } = this.#surface;
    const gap = 12;
    const wide = width >= 616;
    const first = wide ? Math.floor(((width - gap) * 3) / 5) : width;
    const second = wide ? width - gap - first : width;
    const height = Math.round(clamp(first * 0.85, 240, 460));
    this.#plane.layOut(first, height, xRange, yRange);
    const levels = `${state.surface} ${state.condition} ${state.formula}`;
    if (levels !== this.#levels) {
      this.#levels = levels;
      this.#plane.setLevels(this.grid(this.#surface));
    }
    this.#plane.movePoints({ start: state.start });
    const { minimum, paths } = this.#race;
    const all = paths.flatMap(({ values }) => Array.from(values)).filter(Number.isFinite);
    const logarithmic = Number.isFinite(minimum);
    const begin = paths[0]?.values[0] ?? 1;
    const values = logarithmic ? logRange(all, minimum) : linearRange(all, begin);
    this.#chart.layOut({
      ...{ width: second, height: wide ? height : 240, steps: state.steps, values, logarithmic },
      xLabel: text("axis.step"),
      yLabel: text(logarithmic ? "axis.above" : "axis.value"),
    });
    const above = logarithmic ? minimum : 0;
    const [low] = values;
    this.#marks = paths.map((path) =>
      this.#marksOf(path, (value) => Math.max(value - above, logarithmic ? low : value)),
    );
  }

  #marksOf(path: Path, shown: (value: number) => number): Marks {
    const { color, dash } = seriesLook(path.place);
    const { x, y } = this.#plane;
    const places = Array.from(
      path.values,
      (_, k) => [x(path.x[2 * k] as number), y(path.x[2 * k + 1] as number)] as const,
    );
    const drops = Array.from(path.values, (value, k) => [this.#chart.x(k), this.#chart.y(shown(value))] as const);
    const line = { class: `curve s${color}`, "stroke-dasharray": dash || null };
    return {
      path,
      trail: new Trail(places),
      curve: new Trail(drops),
      halo: svg("path", { class: "halo" }),
      line: svg("path", line),
      head: svg("circle", { class: `head f${color}`, r: 4.5 }),
      drop: svg("path", line),
    };
  }

  /** Puts the marks of all methods, and of the minima, into the drawings. */
  #place(): void {
    const cross = ([x, y]: readonly [number, number]): SVGPathElement => {
      const [cx, cy] = [this.#plane.x(x), this.#plane.y(y)];
      return svg("path", { class: "minimum", d: `M${cx - 5} ${cy}h10M${cx} ${cy - 5}v10` });
    };
    this.#plane.marks.replaceChildren(
      ...this.#surface.minima.map(cross),
      ...this.#marks.flatMap(({ halo, line }) => [halo, line]),
      ...this.#marks.map(({ head }) => head),
    );
    this.#chart.marks.replaceChildren(...this.#marks.map(({ drop }) => drop));
  }

  /** Shows everything up to a step. */
  #advance(at: number): void {
    for (const { trail, curve, halo, line, head, drop } of this.#marks) {
      const d = trail.upTo(at);
      halo.setAttribute("d", d);
      line.setAttribute("d", d);
      drop.setAttribute("d", curve.upTo(at));
      const [x, y] = trail.at(at) ?? [-100, -100];
      head.setAttribute("cx", String(x));
      head.setAttribute("cy", String(y));
    }
    this.#chart.mark(at);
    this.#tabulate(at);
    this.#speak(at);
  }

  #showFormula(): void {
    const text = this.#surface.text
      .replaceAll("*", "\u200a·\u200a")
      .replace(/(?<=[\w)])\s*([-+])\s*/g, (_, sign: string) => ` ${sign === "-" ? "−" : sign} `);
    const parts = text.split(/\^(\d+)/).map((part, k) => (k % 2 ? html("sup", {}, part) : part));
    this.#formula.replaceChildren(html("code", {}, "f(x, y) = ", ...parts));
  }

  #nameOf(name: string): string {
    return this.#frame.text(`rules.${name}`);
  }

  #reachedWords({ reached, overflowed, steps }: Path): string {
    const { text } = this.#frame;
    if (overflowed) return text("reached.overflow", { step: steps + 1 });
    if (!Number.isFinite(this.#race.minimum)) return text("reached.none");
    return reached < 0 ? text("reached.never") : text("reached.at", { step: reached });
  }

  #tabulate(at: number): void {
    const { text, state } = this.#frame;
    const tolerance = powerOfTen(state.tolerance);
    const heads = ["method", "rate", "value", "reached"].map((key) =>
      html(
        "th",
        { scope: "col", class: key === "value" || key === "rate" ? "number" : null },
        text(`table.${key}`, { tolerance }),
      ),
    );
    const rows = this.#race.paths.map((path) => {
      const { color, dash } = seriesLook(path.place);
      const swatch = svg("svg", { class: "swatch", viewBox: "0 0 28 12", "aria-hidden": "true" });
      swatch.append(svg("path", { class: `curve s${color}`, "stroke-dasharray": dash || null, d: "M0 6H28" }));
      const rate = isRule(path.name) ? format(rateOf(state.rates[path.name] as number)) : "–";
      return html(
        "tr",
        { "data-method": path.name },
        html("th", { scope: "row" }, swatch, this.#nameOf(path.name)),
        html("td", { class: "number" }, rate),
        html("td", { class: "number" }, format(valueAt(path, at), 4)),
        html("td", {}, this.#reachedWords(path)),
      );
    });
    const caption = html("caption", {}, text("table.caption", { at, steps: state.steps }));
    const table = html("table", {}, caption, html("thead", {}, html("tr", {}, ...heads)), html("tbody", {}, ...rows));
    this.#results.replaceChildren(table);
  }

  #speak(at: number): void {
    const { text, state } = this.#frame;
    const { paths, minimum } = this.#race;
    const [x, y] = state.start;
    const first = paths[0];
    if (!first) {
      this.#frame.tell(text("says.empty"));
      return;
    }
    const shown = { tolerance: powerOfTen(state.tolerance), minimum: format(minimum, 4) };
    const start = { x: format(x), y: format(y), value: format(first.values[0] as number, 4) };
    const lowest = paths.reduce((a, b) => (Math.min(...b.values) < Math.min(...a.values) ? b : a));
    const best = { name: this.#nameOf(lowest.name), value: format(Math.min(...lowest.values), 4) };
    const arrived = paths.filter(({ reached }) => reached >= 0).sort((a, b) => a.reached - b.reached)[0];
    const winner = arrived && { name: this.#nameOf(arrived.name), step: arrived.reached };
    this.#frame.tell(
      text("says.start", { ...start, steps: state.steps }),
      !Number.isFinite(minimum)
        ? text("says.unbounded", best)
        : winner
          ? text("says.first", { ...shown, ...winner })
          : text("says.nobody", { ...shown, ...best }),
    );
    const values = paths.map((path) =>
      text("status.value", { name: this.#nameOf(path.name), value: format(valueAt(path, at)) }),
    );
    this.#frame.say(text("status.step", { at, steps: state.steps, values: values.join(text("status.separator")) }));
  }
}

/** Value at a step; a method that has ended stays where it is. */
const valueAt = ({ values }: Path, at: number): number => values[Math.min(at, values.length - 1)] as number;

/** Range of values above the minimum for a logarithmic axis, over at most twelve powers of ten. */
function logRange(values: readonly number[], minimum: number): [number, number] {
  const above = values.map((value) => value - minimum).filter((value) => value > 0);
  const high = Math.min(Math.max(...above, 1e-12), 1e12);
  const low = Math.max(Math.min(...above, high), high * 1e-12, 1e-12);
  return low < high ? [low, high * 1.5] : [high / 10, high * 10];
}

/** Range of values of a function without a minimum: from the start as far down as up, so that an overflow hides nothing. */
function linearRange(values: readonly number[], begin: number): [number, number] {
  const reach = Math.max(Math.abs(begin), 1) * 4;
  const low = Math.max(Math.min(...values, begin), begin - reach);
  const high = Math.min(Math.max(...values, begin), begin + reach);
  return low < high ? [low, high] : [begin - 1, begin + 1];
}
