// Draws the check: errors of the differences against the step, a table of the coordinates, or the course's worked example.

import type { Engine } from "thalweg";
import { dotsMark, lineMark, type PlotMark, plotChart, ruleMark } from "thalweg/plot";
import { ChartBox } from "../kit/chartBox.ts";
import { clamp, format } from "../kit/numbers.ts";
import { tableBox, tableOf } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, powerOfTen } from "./controls.ts";
import { axes, type Checked, type Curves, check, course, courseGradient, curves, exponents } from "./run.ts";

/** Errors that the logarithmic axis shows; one that is exactly 0 lies at its lower end. */
const range = [1e-17, 1e3] as const;

interface Best {
  readonly step: number;
  readonly error: number;
}

/** The step of the least error, among those where rounding does not decide alone. */
function bestOf(errors: readonly number[]): Best {
  let best = 0;
  for (const [k, error] of errors.entries())
    if ((exponents[k] as number) >= -10 && error < (errors[best] as number)) best = k;
  return { step: powerOfTen(exponents[best] as number), error: errors[best] as number };
}

export class GradientsDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #chart: ChartBox;
  readonly #results: HTMLElement;
  #shown = "";
  /** Curves of the present function, and its checks by step: a check compiles programs, which only the garbage collector frees. */
  #known: { readonly key: string; readonly curves: Curves; readonly checks: Map<number, readonly Checked[]> } | null =
    null;

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    this.#frame = frame;
    this.#engine = engine;
    this.#chart = new ChartBox(frame.text("chart"), frame.chartTexts);
    this.#results = tableBox(frame.text("table"));
    frame.stage.replaceChildren(this.#chart.element, this.#results);
  }

  stop(): void {
    this.#chart.stop();
  }

  draw(): void {
    const { state } = this.#frame;
    const shown = JSON.stringify(state);
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (state.what === "course") this.#showCourse();
    else this.#showCheck();
  }

  #showCourse(): void {
    const { text } = this.#frame;
    const gradient = courseGradient().map((value) => Number(value.toPrecision(8)));
    const columns = ["coordinate", "weight", "loss", "quotient"].map((key) => ({
      head: text(`course.${key}`),
      isNumber: key !== "coordinate",
    }));
    const rows = course.weights.map((weight, k) => [
      `W${k + 1}`,
      format(weight),
      format(course.raised[k] as number, 6),
      format(gradient[k] as number, 6),
    ]);
    this.#chart.show(null);
    this.#results.replaceChildren(tableOf(text("course.caption", { loss: course.loss }), columns, rows));
    const says = text("says.course", {
      loss: course.loss,
      step: format(course.step),
      gradient: gradient.map((value) => format(value)).join(", "),
    });
    this.#frame.tell(says);
    this.#frame.say(says);
  }

  #showCheck(): void {
    const { state, text } = this.#frame;
    const { step: _step, ...what } = state;
    const key = JSON.stringify(what);
    if (this.#known?.key !== key) this.#known = { key, curves: curves(this.#engine, state), checks: new Map() };
    const { curves: shown, checks } = this.#known;
    const results = checks.get(state.step) ?? axes.map((axis) => check(this.#engine, axis, state, shown.rounding));
    checks.set(state.step, results);
    this.#drawErrors(shown);
    this.#results.replaceChildren(this.#table(results));
    const chosen = results.find(({ axis }) => axis === state.axis) as Checked;
    const sentences = [text(`says.${chosen.verdict}`, this.#numbers(chosen)), this.#curveWords(shown, chosen.own)];
    this.#frame.tell(...sentences);
    this.#frame.say(sentences.join(" "));
  }

  /** Words about the whole curve: where it is lowest, or the plateau that a mistake leaves. */
  #curveWords({ forward, central }: Curves, own: number): string {
    const { text } = this.#frame;
    const [best, centralBest] = [bestOf(forward), bestOf(central)];
    if (!(centralBest.error <= 1e-7 * Math.max(1, Math.abs(own)))) {
      const between = central.filter((_, k) => (exponents[k] as number) <= -3 && (exponents[k] as number) >= -6);
      return text("says.plateau", { low: format(Math.min(...between)) });
    }
    return text("says.best", {
      forwardStep: format(best.step, 2),
      forward: format(best.error, 2),
      centralStep: format(centralBest.step, 2),
      central: format(centralBest.error, 2),
    });
  }

  #numbers({ axis, own, numerical, relativeError }: Checked) {
    return {
      axis,
      own: format(own, 8),
      numerical: format(numerical, 8),
      error: format(relativeError, 2),
      step: format(powerOfTen(this.#frame.state.step)),
    };
  }

  #table(results: readonly Checked[]): HTMLTableElement {
    const { text } = this.#frame;
    const columns = ["axis", "own", "numerical", "error", "verdict"].map((key) => ({
      head: text(`table.${key}`),
      isNumber: ["own", "numerical", "error"].includes(key),
    }));
    const rows = results.map((checked) => {
      const { axis, own, numerical, error } = this.#numbers(checked);
      return [`∂f/∂${axis}`, own, numerical, error, text(`verdict.${checked.verdict}`)];
    });
    return tableOf(text("table.caption", { step: format(powerOfTen(this.#frame.state.step)) }), columns, rows);
  }

  #drawErrors({ forward, central, slope, bend, rounding }: Curves): void {
    const { state, text } = this.#frame;
    const shown = (error: number): number => (Number.isFinite(error) ? clamp(error, range[0], range[1]) : Number.NaN);
    const curve = (errors: readonly number[], name: string, color: number): PlotMark[] => {
      const points = errors.map((error, k) => [powerOfTen(exponents[k] as number), shown(error)] as const);
      return [lineMark(points, { name, color }), dotsMark(points, { name, color, shape: color })];
    };
    // Guides end at the axis, so that their slopes stay to be seen.
    const guide = (error: (h: number) => number, name: string, color: number): PlotMark[] => {
      const points = exponents
        .map((exponent) => [10 ** exponent, error(10 ** exponent)] as const)
        .filter(([, value]) => value > range[0] && value < range[1]);
      return points.length > 1 ? [lineMark(points, { name, color })] : [];
    };
    const marks = [
      ...guide((h) => slope * h, text("curve.slope"), 7),
      ...guide((h) => bend * h * h, text("curve.bend"), 8),
      ...guide((h) => rounding / h, text("curve.rounding"), 9),
      ...curve(forward, text("curve.forward"), 0),
      ...curve(central, text("curve.central"), 1),
      ruleMark({ x: powerOfTen(state.step) }, "h"),
    ];
    const chart = plotChart(marks, {
      ...{ height: 340, xScale: "log", yScale: "log", xRange: [1e-16, 0.15], yRange: [range[0], range[1]] },
      xLabel: text("axis.step"),
      yLabel: text("axis.error"),
    });
    this.#chart.show(chart);
  }
}
