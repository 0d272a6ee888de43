// Curves: losses, rates, activations and signals.

import { compile, type Engine } from "thalweg";
import {
  histogramChart,
  linesChart,
  type PlotChart,
  type PlotPoint,
  plotLines,
  plotPanels,
  scheduleChart,
} from "thalweg/plot";
import { bounds, gaps, rules as slopeRules } from "../acceleration.js";
import { activations, from, tabulate } from "../activations.js";
import { line } from "../course/line.js";
import { rules as rateRules, effectiveRates as ratesOf } from "../effectiveRates.js";
import { lossesWith, rates } from "../fourRates.js";
import { fitLine } from "../leastSquares.js";
import { f, from as lookedAtFrom, modelsAt } from "../localModels.js";
import { betas, walk } from "../overshoot.js";
import { schedules as courseSchedules } from "../schedules.js";
import { activationsOf, starts, variances } from "../signals.js";

const small = { width: 240, height: 230 };

/** Values at 0, 1, ... as points that begin at 1. */
const fromOne = (values: readonly number[]): PlotPoint[] => values.map((value, k) => [k + 1, value]);

export async function lossCurve(engine: Engine): Promise<string> {
  return plotLines(await lossesWith(engine, 0.03), {
    smoothing: 0.9,
    title: "Loss of every batch, and smoothed",
    description: "The loss of batches of 25 digits falls and scatters; its exponential average shows the course.",
    xLabel: "update",
    yLabel: "loss",
  });
}

export function leastSquares(engine: Engine): string {
  const { theta, updates } = fitLine(engine, 0.01);
  const [intercept = 0, slope = 0] = theta;
  const at = (x: number): PlotPoint => [x, intercept + slope * x];
  return plotLines(
    {
      [`y = ${intercept.toFixed(4)} + ${slope.toFixed(4)} x`]: [at(0), at(19)],
      points: line.x.map((x, k): PlotPoint => [x, line.y[k] ?? 0]),
    },
    {
      dots: ["points"],
      xRange: [0, 19],
      title: `A line through 18 points, after ${updates} updates`,
      description: "Eighteen points near a straight line, and the line that gradient descent has found through them.",
      xLabel: "x",
      yLabel: "y",
    },
  );
}

export async function fourRates(engine: Engine): Promise<string> {
  const panels: PlotChart[] = [];
  for (const rate of rates)
    panels.push(
      linesChart(await lossesWith(engine, rate), {
        ...small,
        smoothing: 0.9,
        yRange: [0, 5],
        title: `h = ${rate}`,
        xLabel: "update",
        yLabel: "loss",
      }),
    );
  return plotPanels(panels, {
    title: "Four learning rates on the same digits",
    description: "0.001 is slow, 0.01 better, 0.1 about right, and with 1 the loss does not settle.",
  });
}

export function schedules(engine: Engine): string {
  const panels = Object.entries(courseSchedules).map(([title, schedule]) =>
    scheduleChart(engine, schedule, { ...small, height: 170, count: 101, title, label: "h" }),
  );
  return plotPanels(panels, {
    title: "Learning-rate schedules",
    description: "Nine schedules over 100 updates, as the core computes them.",
  });
}

export function activationDerivatives(engine: Engine): string {
  const panels = Object.keys(activations).map((title) => {
    const { values, slopes } = tabulate(engine, title);
    // Every fourth point, and both sides of a jump.
    const jumps = (k: number): boolean => Math.abs((slopes[k] ?? 0) - (slopes[k - 1] ?? slopes[k] ?? 0)) > 0.09;
    const points = (list: number[]): PlotPoint[] =>
      list.flatMap((y, k): PlotPoint[] => (k % 4 === 0 || jumps(k) || jumps(k + 1) ? [[from + k / 40, y]] : []));
    return linesChart(
      { f: points(values), "f′": points(slopes) },
      { ...small, title, height: 190, yRange: [-2, 4.2], xLabel: "x" },
    );
  });
  return plotPanels(panels, {
    title: "Activations and their derivatives",
    description: "Twelve activations from −4 to 4 with their derivatives: that of the sigmoid is at most a quarter.",
  });
}

export function effectiveRates(engine: Engine): string {
  const panels = ["AdaGrad", "RMSprop"].map((title) => {
    const { steep, flat } = ratesOf(engine, rateRules[title] as (typeof rateRules)[string], 80);
    return linesChart(
      { steep: fromOne(steep), flat: fromOne(flat) },
      { ...small, title, yScale: "log", yRange: [0.0008, 0.2], xLabel: "update", yLabel: "h / (√s + ε)" },
    );
  });
  return plotPanels(panels, {
    title: "The rates that a steep and a flat direction really get",
    description:
      "AdaGrad's rates only fall; RMSprop's rise again when the gradients become small. Both slow the steep direction.",
  });
}

export function momentumOvershoot(engine: Engine): string {
  const panels = betas.map((beta) =>
    linesChart(
      { momentum: walk(engine, beta, false, 80), Nesterov: walk(engine, beta, true, 80) },
      { ...small, title: `β = ${beta}`, yRange: [-1.05, 1.05], xLabel: "update", yLabel: "x" },
    ),
  );
  return plotPanels(panels, {
    columns: 3,
    width: 600,
    title: "Momentum overshoots, Nesterov less",
    description: "Descent on ½ x² from 1 with momentum 0.5, 0.9 and 0.99: the larger, the longer it oscillates.",
  });
}

export function localModels(engine: Engine): string {
  using value = compile(engine, f);
  const { linear, quadratic, descent, newton } = modelsAt(engine, lookedAtFrom);
  const grid = Array.from({ length: 101 }, (_, k) => 0.9 + (1.2 * k) / 100);
  const curve = (g: (x: number) => number): PlotPoint[] => grid.map((x) => [x, g(x)]);
  const at = (x: number): number => value([x]) as number;
  const drop = (x: number, model: (x: number) => number): PlotPoint[] => [
    [lookedAtFrom, at(lookedAtFrom)],
    [x, model(x)],
    [x, at(x)],
  ];
  return plotLines(
    {
      f: curve(at),
      "linear model": curve(linear),
      "quadratic model": curve(quadratic),
      "gradient step": drop(descent, linear).toSorted(([a], [b]) => a - b),
      "Newton step": drop(newton, quadratic).toSorted(([a], [b]) => a - b),
    },
    {
      xRange: [0.9, 2.1],
      yRange: [-1, 2.6],
      height: 400,
      title: "f at x = 1.8: two models and their steps",
      description:
        "f with its tangent and its parabola at 1.8. The gradient step goes down the tangent, Newton's step to the vertex of the parabola.",
      xLabel: "x",
      yLabel: "f(x)",
    },
  );
}

export function signalVariances(engine: Engine): string {
  const panels = ["tanh", "ReLU"].flatMap((activation) =>
    (["forward", "backward"] as const).map((way) => {
      const shown = Object.keys(starts).filter((start) => start !== "zero");
      const curves = shown.map((start) => [start, fromOne(variances(engine, start, activation)[way])]);
      return linesChart(Object.fromEntries(curves), {
        width: 240,
        height: 210,
        title: `${activation}, ${way}`,
        yScale: "log",
        yRange: [1e-12, 10],
        xLabel: "layer",
        yLabel: "variance",
      });
    }),
  );
  return plotPanels(panels, {
    title: "Activations and gradients through ten layers",
    description:
      "Variance per layer, forward and backward: small weights let the signal die, Xavier keeps it under tanh, He under ReLU. From weights of 0 it is 0.",
  });
}

export function activationHistograms(engine: Engine): string {
  const panels = ["N(0, 0.01²)", "Xavier", "He"].flatMap((start) =>
    [0, 9].map((layer) =>
      histogramChart(activationsOf(engine, start, "tanh")[layer] ?? [], {
        ...small,
        bins: 31,
        xRange: [-1, 1],
        yRange: [0, 0.3],
        title: `${start}, layer ${layer + 1}`,
        height: 190,
        yLabel: "share",
      }),
    ),
  );
  return plotPanels(panels, {
    title: "Activations of tanh in layers 1 and 10",
    description: "From N(0, 0.01²) all become 0, from Xavier they stay spread, from He they crowd at the ends.",
  });
}

export function acceleration(engine: Engine): string {
  const curves = Object.entries(slopeRules).flatMap(([name, rule]) => {
    const values = gaps(engine, rule, 300).slice(1);
    const bound = bounds[name] as (k: number) => number;
    return [
      [name, fromOne(values)],
      [`bound of ${name}`, values.map((_, k): PlotPoint => [k + 1, bound(k + 1)])],
    ];
  });
  return plotLines(Object.fromEntries(curves), {
    xScale: "log",
    yScale: "log",
    title: "Descent falls as 1/k, accelerated descent as 1/k²",
    description: "f − f* over the updates on logarithmic axes, with the bounds of both methods.",
    xLabel: "update",
    yLabel: "f − f*",
  });
}
