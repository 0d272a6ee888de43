// A dashboard: the runs of a page, their curves and controls.

import type { PageElement } from "../engine/globals.js";
import { chartCsv } from "../plot/csv.js";
import { matrixChart } from "../plot/matrix.js";
import { checkElement } from "../plot/page/mount.js";
import { checkTexts } from "../plot/sheet.js";
import type { NDArray } from "../values/arrays.js";
import { checkFlag, checkOptions, has, shown } from "../values/options.js";
import { BoardView } from "./board.js";
import { lossChart, metricChart, metricsOf, type NamedCurves } from "./charts.js";
import { DashboardRun } from "./run.js";
import { type DashboardTexts, englishDashboard } from "./texts.js";

/** Options of a dashboard. */
export interface DashboardOptions {
  /** True draws curves over seconds of training at first, false over updates; default false. */
  readonly time?: boolean;
  /** Called when a run begins, pauses, resumes or ends; default none. */
  readonly onState?: (run: DashboardRun) => void;
  /** Words, for other languages; default English. */
  readonly texts?: Partial<DashboardTexts>;
}

/** Options of a confusion matrix. */
export interface ShowConfusionOptions {
  /** Names of the classes; default 0, 1, .... */
  readonly names?: readonly string[];
}

/** Confusion matrix: an array as `confusionMatrix` returns it, or rows of numbers. */
export type ConfusionCounts = Pick<NDArray, "data" | "shape"> | readonly (readonly number[])[];

/** Rows of a matrix. */
function rowsOf(where: string, matrix: ConfusionCounts): readonly (readonly number[])[] {
  if (Array.isArray(matrix)) return matrix;
  const { data, shape } = (has(matrix) ? matrix : {}) as Partial<NDArray>;
  const [rows = 0, columns = 0] = shape ?? [];
  if (data === undefined || shape?.length !== 2 || data.length !== rows * columns)
    throw new TypeError(`${where}: matrix must be [classes, classes], got ${shown(matrix)}. Try confusionMatrix.`);
  return Array.from({ length: rows }, (_, k) => Array.from(data.slice(k * columns, (k + 1) * columns)));
}

/** Dashboard in a page; made by `createDashboard`. */
export class Dashboard {
  readonly #view: BoardView;
  readonly #runs = new Map<string, DashboardRun>();
  readonly #texts: DashboardTexts;
  #shown: ReadonlySet<string> | null = null;

  /** @internal */
  constructor(host: HTMLElement, options: DashboardOptions) {
    this.#texts = { ...englishDashboard, ...options.texts };
    this.#view = new BoardView(host, this.#texts, options.time ?? false, {
      curves: () => this.#curves(),
      csv: () => this.csv(),
    });
    this.#onState = options.onState;
  }

  readonly #onState: ((run: DashboardRun) => void) | undefined;

  /**
   * Run of a name: the one that is there, or a new one, which has the next color.
   *
   * @param name  name in the keys of the charts
   * @throws TypeError  name is not a string, or empty
   */
  run(name: string): DashboardRun {
    if (typeof name !== "string" || name === "")
      throw new TypeError(`run: expected the name of a run, got ${shown(name)}. Try dashboard.run("adam").`);
    const known =
      this.#runs.get(name) ??
      new DashboardRun(name, {
        curves: () => this.#view.redraw(),
        status: (run) => this.#view.follow(run),
        weights: (run, parameters) => this.#view.weights(run, parameters),
        state: (run) => {
          this.#view.follow(run);
          this.#onState?.(run);
        },
      });
    this.#runs.set(name, known);
    return known;
  }

  /**
   * Draws the curves of some runs alone; their colors are those of their places among these.
   *
   * @param names  names of runs; null for all
   * @throws TypeError  names are no list of strings
   */
  show(names: readonly string[] | null): void {
    if (names !== null && (!Array.isArray(names) || names.some((name) => typeof name !== "string")))
      throw new TypeError(`show: names must be a list of names of runs or null, got ${shown(names)}.`);
    this.#shown = names && new Set(names);
    this.#view.redraw();
  }

  #curves(): NamedCurves[] {
    const some = [...this.#runs.values()].filter(({ name }) => this.#shown?.has(name) ?? true);
    const all = some.map((run, color) => ({ name: run.name, color, curves: run.curves }));
    return all.filter(({ curves }) => curves.loss.steps.length > 0 || Object.keys(curves.validation).length > 0);
  }

  /**
   * Shows a confusion matrix.
   *
   * @param matrix   what `confusionMatrix` returned, or rows of numbers; row i is of the samples of class i
   * @param options  names
   * @throws TypeError   matrix is neither
   * @throws RangeError  rows differ in length, or there are not as many names as classes
   */
  showConfusion(matrix: ConfusionCounts, options: ShowConfusionOptions = {}): void {
    const where = "showConfusion";
    checkOptions(where, options, ["names"]);
    const rows = rowsOf(where, matrix);
    const { confusion, predicted, actual } = this.#texts;
    const chart = matrixChart(rows, {
      title: confusion,
      xLabel: predicted,
      yLabel: actual,
      height: 340,
      ...(options.names ? { names: options.names } : {}),
    });
    this.#view.confusion(chart);
  }

  /** Curves of all runs as comma-separated values: first the losses, then each metric, with an empty line between them. */
  csv(): string {
    const runs = this.#curves();
    const charts = [
      lossChart(runs, this.#texts),
      ...metricsOf(runs).map((name) => metricChart(name, runs, this.#texts)),
    ];
    return charts.map((chart) => `${chart.title}\r\n${chartCsv(chart)}`).join("\r\n");
  }

  /** Removes the dashboard from the page; runs go on. */
  free(): void {
    this.#view.free();
  }
}

/**
 * Dashboard of training runs in an element of a page, in place of what is in it: losses and metrics of several runs while they train,
 * norms of gradients if they are measured, histograms of the weights, a confusion matrix, and progress with buttons to pause, stop and
 * export. Everything can be used by keyboard and is said to screen readers; colors are those of `mountChart`.
 *
 * @param element  an element of the page
 * @param options  time, onState, texts
 * @throws TypeError  element is no element of a page, or an option is of a wrong kind
 * @example
 * const watch = async (element) => {
 *   const dashboard = createDashboard(element);
 *   await dashboard.run("sgd").fit(trainer, data, { epochs: 20, validation: data });
 * };
 */
export function createDashboard(element: PageElement, options: DashboardOptions = {}): Dashboard {
  const where = "createDashboard";
  const host = checkElement(where, element);
  checkOptions(where, options, ["time", "onState", "texts"]);
  const { time = false, onState, texts = {} } = options;
  checkFlag(where, "time", time);
  if (onState !== undefined && typeof onState !== "function")
    throw new TypeError(`${where}: onState must be a function, got ${shown(onState)}.`);
  checkOptions(`${where}: texts`, texts, Object.keys(englishDashboard));
  checkTexts(`${where}: texts`, Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)));
  return new Dashboard(host, options);
}
