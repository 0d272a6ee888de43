// Draws the gradient that comes back through a chain: its vector after each step on a plane, its norm on a logarithmic axis, a table.

import { dotsMark, lineMark, plotChart } from "thalweg/plot";
import { ChartBox } from "../kit/chartBox.ts";
import { html, svg } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { clamp, format } from "../kit/numbers.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { tableBox, tableOf } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type Backward, type Chain, radiusOf } from "./chain.ts";
import type { controls } from "./controls.ts";

/** Half the side of the plane, and the norms that the logarithmic axis shows at most. */
const reach = 2.4;
const most = [1e-30, 1e30] as const;

export class ExplodingDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #chain: Chain;
  readonly #plane: Plane;
  readonly #chart: ChartBox;
  readonly #results: HTMLElement;
  #shown = "";

  constructor(frame: Frame<typeof controls>, chain: Chain) {
    const { text } = frame;
    this.#frame = frame;
    this.#chain = chain;
    const move = (end: readonly [number, number]): void => frame.set({ end });
    this.#plane = new Plane(text("plane"), [{ name: "end", label: text("end.handle"), move }]);
    this.#chart = new ChartBox(text("chart"), frame.chartTexts);
    this.#results = tableBox(text("table"));
    const pictures = html("div", { class: "pictures" });
    pictures.append(this.#plane.element, this.#chart.element);
    frame.stage.replaceChildren(pictures, this.#results);
  }

  stop(): void {
    this.#chart.stop();
    this.#chain.free();
  }

  draw(): void {
    const { state, stage } = this.#frame;
    const width = stage.clientWidth;
    const shown = `${width} ${JSON.stringify(state)}`;
    if (width === 0 || shown === this.#shown) return;
    this.#shown = shown;
    const backward = this.#chain.run(state);
    const side = width >= wide ? Math.floor((width - gap) * 0.42) : Math.min(width, 340);
    const height = Math.round(side * 0.95);
    this.#plane.layOut(side, height, [-reach, reach], [-reach, reach]);
    this.#plane.movePoints({ end: state.end });
    this.#drawVectors(backward);
    this.#drawNorms(backward.norms, width >= wide ? height - 40 : 230);
    this.#tell(backward.norms);
  }

  /** Draws the vector after each step as a dot, in their order joined by a line. */
  #drawVectors({ gradients }: Backward): void {
    const { x, y, marks } = this.#plane;
    const trail = new Trail(gradients.length, (k) => [x(gradients[k]![0]), y(gradients[k]![1])]);
    const [left, right, low, high] = [x(-reach), x(reach), y(-reach), y(reach)];
    const dots = gradients.flatMap((_, k) => {
      const place = trail.at(k);
      return place && k > 0 ? [svg("circle", { class: "f0", cx: place[0], cy: place[1], r: 2.5 })] : [];
    });
    marks.replaceChildren(
      svg("path", { class: "grid", d: `M${left} ${y(0)}H${right}M${x(0)} ${low}V${high}` }),
      svg("path", { class: "curve s0", d: trail.upTo(gradients.length) }),
      ...dots,
    );
  }

  #drawNorms(norms: readonly number[], height: number): void {
    const { state, text } = this.#frame;
    const law = radiusOf(state);
    const shown = (value: number): number => clamp(value, 0, most[1]);
    const measured = norms.map((norm, k) => [k, shown(norm)] as const);
    const predicted = norms.map((_, k) => [k, shown(law ** k)] as const);
    const all = [...measured, ...predicted].map(([, value]) => value).filter((value) => value >= most[0]);
    // The dashed law lies over what was measured.
    const mark = norms.length <= 41 ? dotsMark : lineMark;
    const marks = [
      mark(measured, { name: text("curve.norm"), color: 0 }),
      lineMark(predicted, { name: text("curve.law"), color: 8 }),
    ];
    this.#chart.show(
      plotChart(marks, {
        ...{ height, yScale: "log", xRange: [0, norms.length - 1] },
        yRange: [Math.min(...all, 0.5) / 1.5, Math.max(...all, 2) * 1.5],
        xLabel: text("axis.back"),
        yLabel: text("axis.norm"),
      }),
    );
  }

  #tell(norms: readonly number[]): void {
    const { state, text } = this.#frame;
    const last = norms.length - 1;
    const law = radiusOf(state);
    const rows = [...new Set([1, 5, Math.round(last / 2), last])]
      .filter((k) => k >= 1 && k <= last)
      .sort((a, b) => a - b)
      .map((k) => [String(k), format(norms[k] as number), format(law ** k)]);
    const columns = ["back", "norm", "law"].map((key) => ({ head: text(`table.${key}`), isNumber: key !== "back" }));
    this.#results.replaceChildren(tableOf(text("table.caption"), columns, rows));
    const norm = norms[last] as number;
    const [x, y] = state.end;
    const fate = norm < 0.01 ? "vanishes" : norm > 100 ? "explodes" : "stays";
    const sentences = [
      text("says.norm", { x: format(x), y: format(y), steps: last, norm: format(norm) }) + text(`says.${fate}`),
      text(`says.law.${state.step}`, {
        radius: format(state.radius),
        law: format(law),
        steps: last,
        power: format(law ** last),
      }),
    ];
    if (state.state > 0 && state.step !== "linear") sentences.push(text("says.state"));
    this.#frame.tell(...sentences);
    this.#frame.say(sentences.join(" "));
  }
}
