// Learning rates: too high at the start, fallen too early, falling by a schedule, rising again.

import { compile, type Engine } from "thalweg";
import {
  type AxisRange,
  chartSvg,
  linesChart,
  type PlotChart,
  type PlotLinesOptions,
  type PlotPoint,
  plotPanels,
  ruleMark,
} from "thalweg/plot";
import { epochs, lossesUnder, schedules } from "../decays.js";
import { curvatures, learn as learnWarmed, ways } from "../explosion.js";
import { rules as gridRules, learn as learnWith, rates } from "../rateGrid.js";
import { f, held, schedules as restarting, starts, updates, walk } from "../restarts.js";
import { distances, lasting, rules } from "../stalling.js";

const small = { width: 300, height: 240 };

/** Values at 0, 1, ... as points. */
const fromZero = (values: readonly number[]): PlotPoint[] => values.map((value, k) => [k, value]);

export async function explosion(engine: Engine): Promise<string> {
  const losses: Record<string, PlotPoint[]> = {};
  for (const [name, learningRate] of Object.entries(ways)) {
    const run = await learnWarmed(engine, learningRate, 1);
    losses[name] = fromZero(run.losses.filter(Number.isFinite));
  }
  const rows = await curvatures(engine, 1);
  const curve = (of: (row: (typeof rows)[number]) => number): PlotPoint[] =>
    rows.filter(({ update }) => update > 0).map((row) => [row.update, of(row)]);
  const log = { ...small, yScale: "log", xLabel: "update" } as const;
  const panels = [
    linesChart(losses, { ...log, xRange: [0, 400], yRange: [1e-4, 1e4], title: "loss of each batch", yLabel: "loss" }),
    linesChart(
      { curvature: curve(({ curvature }) => curvature), "2 / h": curve(({ limit }) => limit) },
      { ...log, xRange: [0, 200], yRange: [0.5, 200], title: "while the rate rises", yLabel: "largest curvature" },
    ),
  ];
  return plotPanels(panels, {
    title: "A high first rate explodes, a warmed-up one does not",
    description:
      "With the rate 0.3 from the first update on the loss is infinite after about ten; warmed up over 200 updates it falls below " +
      "0.001. While the rate rises, the largest curvature falls about as 2 / h does, and then below it.",
  });
}

export function stalling(engine: Engine): string {
  const at = Array.from({ length: 41 }, (_, k) => Math.round(10 ** (k / 11.5)));
  const panel = (problem: "convex" | "wall", title: string, yRange: AxisRange): PlotChart => {
    const curves = Object.keys(rules).map((rule): [string, PlotPoint[]] => {
      const away = distances(engine, problem, rule, 0.1, 3000);
      return [rule, at.map((t) => [t, lasting(away, t)])];
    });
    const options: PlotLinesOptions = { ...small, xScale: "log", yScale: "log", xLabel: "update" };
    return linesChart(Object.fromEntries(curves), { ...options, yRange, title, yLabel: "|x − x*|" });
  };
  return plotPanels(
    [panel("convex", "a convex function", [1e-3, 2]), panel("wall", "a valley behind a wall", [0.01, 10])],
    {
      title: "AdaGrad settles, or stalls; RMSprop forgets",
      description:
        "On a convex function with a kink AdaGrad's distance falls as 1 / √t, while RMSprop goes on jumping. Behind a steep wall " +
        "AdaGrad is still far from the valley after 3,000 updates; RMSprop is there after 200.",
    },
  );
}

export async function decays(engine: Engine): Promise<string> {
  const curves: Record<string, PlotPoint[]> = {};
  for (const [name, schedule] of Object.entries(schedules))
    curves[name] = fromZero(await lossesUnder(engine, schedule));
  const chart = linesChart(curves, {
    height: 360,
    yScale: "log",
    xRange: [0, epochs],
    yRange: [0.05, 4],
    title: "Training loss under three schedules",
    description:
      "Under a constant rate the loss stays up and scatters. Where a step decay divides the rate by ten, after 6 epochs, it drops at " +
      "once, and falls little from then on; under a cosine it falls to the end, and lowest.",
    xLabel: "epoch",
    yLabel: "loss",
  });
  const drops = [epochs / 3, (2 * epochs) / 3].map((x, k) => ruleMark({ x }, k === 0 ? "h / 10" : "h / 100"));
  return chartSvg({ ...chart, marks: [...drops, ...chart.marks] });
}

export async function rateGrid(engine: Engine): Promise<string> {
  const panels: PlotChart[] = [];
  for (const rule of Object.keys(gridRules)) {
    const curves: Record<string, PlotPoint[]> = {};
    for (const rate of rates) curves[`h = ${rate}`] = fromZero((await learnWith(engine, rule, rate, 10)).losses);
    const options: PlotLinesOptions = { width: 240, height: 250, yScale: "log", yRange: [0.03, 4] };
    panels.push(linesChart(curves, { ...options, title: rule, xLabel: "epoch", yLabel: "loss" }));
  }
  return plotPanels(panels, {
    columns: 3,
    width: 600,
    title: "Rates of 0.01, 0.003 and 0.001",
    description:
      "The loss of digits over ten epochs under descent, momentum and Adam: of the three rates the largest is best for each rule.",
  });
}

export function restarts(engine: Engine): string {
  using value = compile(engine, f);
  const curve = Array.from({ length: 141 }, (_, k): PlotPoint => [k / 14 - 5, value([k / 14 - 5]) as number]);
  const surface = linesChart(curve, {
    ...small,
    yRange: [0, 2.5],
    title: "the function",
    xLabel: "x",
    yLabel: "f(x)",
  });
  const shares = Object.entries(restarting).map(([name, schedule]): [string, PlotPoint[]] => {
    const path = walk(engine, schedule);
    return [name, path.map((points, t) => [t, 100 * held(points)])];
  });
  const inNarrow = linesChart(Object.fromEntries(shares), {
    ...small,
    xRange: [0, updates],
    yRange: [0, 100],
    title: "in the narrow minimum",
    xLabel: "update",
    yLabel: `share of ${starts.length} starts, %`,
  });
  return plotPanels([surface, inNarrow], {
    title: "Restarts leave a narrow minimum",
    description:
      "A wide valley around −3 and a narrow minimum near 1. Descent from the right under a cosine ends in the narrow minimum from " +
      "half of the starts; with five cycles restarts empty it again, and one in a hundred stays.",
  });
}
