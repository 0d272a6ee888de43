/** Loss and accuracy against seconds of training, one line a method; the loss over the test digits as points on a thin line. */

import uPlot from "uplot";
import type { Curve, Curves } from "./curves.js";
import type { Learner } from "./learner.js";
import { METHODS, type Method } from "./methods.js";

const HEIGHT = 210;
const LEAST_LOSS = 1e-6;
const LOSS_MARKS = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const DASHES: Record<string, number[]> = { gd: [2, 4], sgd: [8, 4], momentum: [12, 3, 2, 3], adam: [] };

interface Chart {
  holder: HTMLElement;
  /** Curves drawn for each method: lines, or lines with a point for each epoch. */
  lines: { of: keyof Curves; points: boolean }[];
  /** Position of a value on the scale; default the value. */
  place?(y: number): number;
  value(y: number): string;
  range(least: number, most: number): [number, number];
  /** Positions of grid lines; default chosen by the chart. */
  marks?: number[];
}

const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The marks that the scale reaches. */
const within =
  (marks: number[]) =>
  (_plot: uPlot, _axis: number, least: number, most: number): number[] =>
    marks.filter((mark) => mark >= least && mark <= most);

function draw(chart: Chart): uPlot {
  const axis = { stroke: color("--soft"), grid: { stroke: color("--rule"), width: 1 }, ticks: { show: false } };
  return new uPlot(
    {
      width: chart.holder.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: (_, __, most) => [0, Math.max(most ?? 1, 1)] },
        y: { range: (_, least, most) => chart.range(least ?? 1, most ?? 0) },
      },
      axes: [
        { ...axis, size: 30, values: (_, splits) => splits.map((split) => `${split} s`) },
        {
          ...axis,
          size: 50,
          values: (_, splits) => splits.map((split) => chart.value(split)),
          ...(chart.marks ? { splits: within(chart.marks) } : {}),
        },
      ],
      series: [
        {},
        ...chart.lines.flatMap(({ of, points }) =>
          METHODS.map(({ id, name }) => ({
            label: `${name}, ${of}`,
            stroke: color(`--${id}`),
            width: of === "testLoss" ? 1 : 2,
            dash: DASHES[id] as number[],
            spanGaps: true,
            points: { show: points, size: 5, fill: color(`--${id}`) },
          })),
        ),
      ],
    },
    [[], ...chart.lines.flatMap(() => METHODS.map(() => []))],
    chart.holder,
  );
}

/** Draws both charts into their elements; call `update` of the result after changes. */
export function createCharts(learnerOf: (method: Method) => Learner | undefined): { update(): void } {
  const find = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
  const charts: Chart[] = [
    {
      holder: find("loss-chart"),
      // A logarithmic scale: equal distances are equal factors.
      lines: [
        { of: "loss", points: false },
        { of: "testLoss", points: true },
      ],
      place: (y) => Math.log10(Math.max(y, LEAST_LOSS)),
      value: (y) => `${Number((10 ** y).toPrecision(1))}`,
      range: (least, most) => [Math.min(least, -1) - 0.1, Math.max(most, 0.4) + 0.05],
      marks: LOSS_MARKS.map(Math.log10),
    },
    {
      holder: find("accuracy-chart"),
      lines: [{ of: "accuracy", points: true }],
      value: (y) => `${Math.round(100 * y)} %`,
      range: (least) => [Math.min(least, 0.8), 1],
    },
  ];
  let plots = charts.map(draw);
  const update = (): void => {
    for (const [k, plot] of plots.entries()) {
      const chart = charts[k] as Chart;
      const curves = chart.lines.flatMap(({ of }) =>
        METHODS.map((method): uPlot.AlignedData => {
          const [x, y]: Curve = learnerOf(method)?.curves[of] ?? [[], []];
          return [x, chart.place ? y.map(chart.place) : y];
        }),
      );
      plot.setData(uPlot.join(curves));
    }
  };
  const redraw = (): void => {
    for (const plot of plots) plot.destroy();
    plots = charts.map(draw);
    update();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  const observer = new ResizeObserver(() => {
    for (const [k, plot] of plots.entries())
      plot.setSize({ width: (charts[k] as Chart).holder.clientWidth, height: HEIGHT });
  });
  for (const { holder } of charts) observer.observe(holder);
  return { update };
}
