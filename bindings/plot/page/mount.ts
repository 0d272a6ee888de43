// A chart in a page: drawn at the width of its element, read by pointer and keyboard, with a key that switches series.

import type { PageElement } from "../../engine/globals.js";
import { checkFlag, checkOptions, shown } from "../../values/options.js";
import { checkChart } from "../chart.js";
import type { PlotChart } from "../data.js";
import { checkTexts } from "../sheet.js";
import { type ChartTexts, englishTexts, MountedView } from "./mounted.js";

/** Options of a mounted chart. */
export interface MountChartOptions {
  /** True for controls below the chart: smoothing, logarithmic axis, time, table; default true. */
  readonly controls?: boolean;
  /** True begins with the axis of time, for series with `times`; default false. */
  readonly time?: boolean;
  /** Words of the controls, for other languages; default English. */
  readonly texts?: Partial<ChartTexts>;
}

/** Chart in a page. */
export interface MountedChart {
  /** Draws another chart in its place, with the next frame. @param chart  chart; what the reader chose stays */
  update(chart: PlotChart): void;
  /** Removes it from the page. */
  free(): void;
}

/**
 * Mounts a chart into an element of a page, in place of what is in it. The chart has the width of the element, and is drawn anew when
 * that changes. Pointer and arrow keys move a cursor that shows the values there; Shift moves farther, Home and End go to the ends. The
 * key switches series, and controls set the smoothing, make the vertical axis logarithmic, exchange steps and time for series with
 * `times`, and download the points as CSV. Screen readers get the values at the cursor and the chart in words.
 *
 * Colors follow the color-scheme of the page, and can be set by the custom properties --plot-paper, --plot-ink, --plot-muted,
 * --plot-rule and --plot-0 to --plot-6. Styles are constructed sheets in a shadow root, so that a policy against inline styles allows
 * them.
 *
 * @param element  an element of the page
 * @param chart    a chart made by plotChart, linesChart, ...
 * @param options  controls, time, texts
 * @throws TypeError   element is no element of a page, chart is none, or an option is of a wrong kind
 * @throws RangeError  labels leave no room in the height of the chart
 * @example
 * const show = (element) => mountChart(element, linesChart({ loss: [2.3, 1.1, 0.6] }, { xLabel: "epoch" }));
 */
export function mountChart(element: PageElement, chart: PlotChart, options: MountChartOptions = {}): MountedChart {
  const where = "mountChart";
  const host = checkElement(where, element);
  checkChart(where, chart);
  checkOptions(where, options, ["controls", "time", "texts"]);
  const controls = checkFlag(where, "controls", options.controls ?? true);
  const time = checkFlag(where, "time", options.time ?? false);
  const texts = options.texts ?? {};
  checkOptions(`${where}: texts`, texts, Object.keys(englishTexts));
  checkTexts(`${where}: texts`, Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)));
  const view = new MountedView(host, chart, controls, time, { ...englishTexts, ...texts });
  return {
    update: (next) => view.update(checkChart("update", next)),
    free: () => view.free(),
  };
}

/** Checks that a value is an element of a page. */
export function checkElement(where: string, element: unknown): HTMLElement {
  const { ownerDocument, attachShadow } = (element ?? {}) as Partial<HTMLElement>;
  if (ownerDocument && typeof attachShadow === "function") return element as HTMLElement;
  throw new TypeError(
    `${where}: expected an element of a page, got ${shown(element)}. Try document.querySelector("#chart").`,
  );
}
