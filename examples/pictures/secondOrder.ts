// Second order: steps that know the curvature, and what there is to see of the curvature itself.

import { compile, type Engine } from "thalweg";
import {
  chartSvg,
  histogramChart,
  levelsChart,
  linesChart,
  type PlotChart,
  type PlotPoint,
  planeChart,
  plotLevels,
  plotLines,
  plotPanels,
  ruleMark,
} from "thalweg/plot";
import { descend as descendAlways, formulas } from "../alwaysDown.js";
import { ellipse, methods as exactMethods, slowest } from "../conjugate.js";
import { methods as costly, measure } from "../costs.js";
import { search } from "../course/search.js";
import { alphas, angle, from as dampedFrom, descent, newtonStep, stepWith } from "../damping.js";
import { decay, fitDecay, measured } from "../decayFit.js";
import { descendWith, rates } from "../edgeOfStability.js";
import { methods as fullBatchMethods, lossesWith } from "../fullBatch.js";
import { functions, methods } from "../newton.js";
import { memories, runWith } from "../quasiNewton.js";
import { spectrum as spectrumOf } from "../spectrum.js";
import { linesThrough, planesThrough, trained } from "../weightSpace.js";

const small = { width: 240, height: 270 };

export function newtonSteps(engine: Engine): string {
  const panel = (name: keyof typeof functions, rules: (keyof typeof methods)[], title: string): PlotChart => {
    const { f, start } = functions[name];
    using value = compile(engine, f);
    const paths = rules.map((rule) => [
      rule.replace("free Newton", "free"),
      search(engine, f, start, methods[rule], { gradientTolerance: 1e-6 }).path,
    ]);
    return levelsChart((x, y) => value([x, y]) as number, {
      width: 240,
      height: 270,
      xRange: name === "bowl" ? [-2, 4] : [-1.4, 1.4],
      yRange: name === "bowl" ? [-2, 4] : [-0.6, 2],
      paths: Object.fromEntries(paths),
      marks: name === "bowl" ? { "": [1, 1] } : { saddle: [0, 0], "": [0, 1] },
      title,
    });
  };
  return plotPanels(
    [panel("bowl", ["Newton", "descent"], "A bowl"), panel("saddle", ["Newton", "saddle-free Newton"], "A saddle")],
    {
      title: "Newton jumps to the minimum, and to the saddle",
      description:
        "On a bowl Newton's method is at the minimum after one step, where descent zig-zags. At x² − y² + y⁴/2 it goes to the " +
        "saddle; with absolute curvatures it goes on to the minimum.",
    },
  );
}

export function dampedSteps(engine: Engine): string {
  const many = Array.from({ length: 61 }, (_, k) => 10 ** (k / 12 - 2));
  const [x0 = 0, y0 = 0] = dampedFrom;
  const to = ([x = 0, y = 0]: number[], share = 1): number[] => [x0 + share * x, y0 + share * y];
  const levels = levelsChart((x, y) => (x * x + 9 * y * y) / 2, {
    ...small,
    height: 280,
    xRange: [-0.3, 3.3],
    yRange: [-1, 1.3],
    paths: {
      Newton: [dampedFrom, to(newtonStep)],
      "−g / 9": [dampedFrom, to(descent, 1 / 9)],
      "α from ∞ to 0": [dampedFrom, ...many.toReversed().map((alpha) => to(stepWith(engine, alpha))), to(newtonStep)],
    },
    title: "Where the steps lead",
  });
  const angles = (other: number[]): PlotPoint[] => many.map((alpha) => [alpha, angle(stepWith(engine, alpha), other)]);
  const turned = linesChart(
    { "to Newton": angles(newtonStep), "to −g": angles(descent) },
    { ...small, height: 280, xScale: "log", title: "How far they turn", xLabel: "α", yLabel: "degrees" },
  );
  return plotPanels([levels, turned], {
    title: "Damping turns Newton's step into descent",
    description:
      "The end of −(H + αI)⁻¹g moves from Newton's step at α = 0 to the start, which it reaches along −g as α grows; " +
      `the angle to −g falls from 53° to ${angle(stepWith(engine, alphas.at(-1) ?? 0), descent).toFixed(1)}° at α = 1000.`,
  });
}

export function conjugateSteps(engine: Engine): string {
  const paths = Object.entries(exactMethods).map(([name, method]) => [
    name,
    search(engine, ellipse, slowest, method).path,
  ]);
  return plotLevels((x, y) => (x * x + 10 * y * y) / 2, {
    xRange: [-2.5, 11],
    yRange: [-1.6, 1.6],
    height: 360,
    paths: Object.fromEntries(paths),
    marks: { "": [0, 0] },
    title: "Two steps of conjugate gradients, and descent",
    description:
      "On ½ (x² + 10 y²) descent with exact steps zig-zags; conjugate gradients are at the minimum after two.",
    xLabel: "x",
    yLabel: "y",
  });
}

export function alwaysDown(engine: Engine): string {
  const cosines = Object.keys(formulas).map((formula): [string, PlotPoint[]] => {
    const found = descendAlways(engine, formula, 0.01, 300).cosines;
    return [formula, found.map((cosine, k) => [k, cosine])];
  });
  const chart = linesChart(Object.fromEntries(cosines), {
    height: 360,
    xRange: [0, 300],
    yRange: [-1, 1],
    title: "Directions after steps of 0.01: do they go down?",
    description:
      "The cosine between gradient and direction on the Rosenbrock function: by the formula of Fletcher and Reeves it becomes positive, " +
      "and the direction rises; by the improved formula it never does.",
    xLabel: "iteration",
    yLabel: "cosine of g and d",
  });
  return chartSvg({ ...chart, marks: [ruleMark({ y: 0 }, "level"), ...chart.marks] });
}

export function memoryLengths(engine: Engine): string {
  const curves = [...memories, undefined].map((m) => {
    const { path } = runWith(engine, m);
    const far = path.map((x, k): PlotPoint => [k, Math.sqrt(x.reduce((sum, at) => sum + (at - 1) ** 2, 0))]);
    return [m === undefined ? "BFGS" : `m = ${m}`, far.filter((_, k) => k % 4 === 0)];
  });
  return plotLines(Object.fromEntries(curves), {
    yScale: "log",
    yRange: [1e-6, 30],
    height: 360,
    title: "L-BFGS with m pairs, and BFGS",
    description:
      "Distance from the minimum of the Rosenbrock function of 100 numbers: one or two pairs are slower, five do better than all.",
    xLabel: "iteration",
    yLabel: "|x − x*|",
  });
}

export function memoryUse(engine: Engine): string {
  const sizes = [128, 256, 512, 1024, 2048];
  const curves = Object.entries(costly).map(([name, { method }]) => {
    const shown = name === "Newton" ? sizes.slice(0, 3) : name === "BFGS" ? sizes : sizes.map((n) => 128 * n);
    return [name, shown.map((n): PlotPoint => [n, measure(engine, method, n).bytes / 1024])];
  });
  return plotLines(Object.fromEntries(curves), {
    xScale: "log",
    yScale: "log",
    height: 360,
    title: "Memory that a method takes for n numbers",
    description:
      "Kilobytes in use on logarithmic axes: BFGS and Newton grow as n², Adam as n, L-BFGS as n times its ten pairs.",
    xLabel: "n",
    yLabel: "kB",
  });
}

export function fullBatch(engine: Engine): string {
  const curves = Object.entries(fullBatchMethods).map(([name, method]) => {
    let least = Number.POSITIVE_INFINITY;
    return [name, lossesWith(engine, method, 60).map((loss): number => (least = Math.min(least, loss)))];
  });
  return plotLines(Object.fromEntries(curves), {
    yScale: "log",
    yRange: [1e-6, 5],
    height: 360,
    title: "Full batches of digits: L-BFGS against Adam",
    description:
      "The least loss so far by evaluations of loss and gradient: L-BFGS is far below Adam and descent after forty.",
    xLabel: "evaluation",
    yLabel: "loss",
  });
}

export async function weightSpace(engine: Engine): Promise<string> {
  const { surface, way } = await trained(engine);
  const { lines } = linesThrough(surface);
  const { random, steepest, trajectory, path } = planesThrough(surface, way);
  surface.free();
  const size = { width: 240, height: 270 };
  return plotPanels(
    [
      linesChart(lines, { ...size, title: "Along lines", xLabel: "t", yLabel: "loss" }),
      planeChart(trajectory, { ...size, paths: { SGD: path }, title: "Where SGD moved" }),
      planeChart(random, { ...size, marks: { "": [0, 0] }, title: "Random directions" }),
      planeChart(steepest, { ...size, marks: { "": [0, 0] }, title: "Largest curvatures" }),
    ],
    {
      title: "A loss over the space of 82 weights",
      description:
        "Around the trained weights: the loss along the directions of largest and least curvature and a random one; its level " +
        "sets in the plane in which SGD moved, with its path, in a plane of random directions as long as the weights, and in that of the two " +
        "largest curvatures.",
    },
  );
}

export function edgeOfStability(engine: Engine): string {
  const curves = rates.map((rate) => {
    const rows = descendWith(engine, rate, 4000, 40);
    return [`h = ${rate}`, rows.map(({ update, sharpness }): PlotPoint => [update, (sharpness * rate) / 2])];
  });
  const chart = linesChart(Object.fromEntries(curves), {
    title: "The largest curvature rises to 2 / h",
    description:
      "Full-batch descent with three rates: with 0.1 and 0.2 the largest curvature comes to 2/h and stays about there; with " +
      "0.05 it does not get so far.",
    yRange: [0, 1.2],
    xLabel: "update",
    yLabel: "λ h / 2",
  });
  return chartSvg({ ...chart, marks: [ruleMark({ y: 1 }, "limit"), ...chart.marks] });
}

export async function spectrum(engine: Engine): Promise<string> {
  const { surface } = await trained(engine);
  const { eigenvalues, density } = spectrumOf(engine, surface);
  surface.free();
  const curve = Array.from(density.x, (x, k): PlotPoint => [x, density.density[k] ?? 0]);
  return plotPanels(
    [
      histogramChart(eigenvalues, {
        ...small,
        bins: 30,
        title: "All 82, counted",
        xLabel: "curvature",
        yLabel: "share",
      }),
      linesChart(curve, {
        ...small,
        yScale: "log",
        yRange: [1e-3, 50],
        title: "Estimated by products",
        xLabel: "curvature",
        yLabel: "density",
      }),
    ],
    {
      title: "Curvatures of a trained network",
      description: "Most of the Hessian's eigenvalues lie near 0, a few are large, some are slightly negative.",
    },
  );
}

export async function decayFit(engine: Engine): Promise<string> {
  const data = measured(engine, 1);
  const { parameters, standardErrors } = await fitDecay(engine, data);
  const figures = (["a", "k", "c"] as const).map(
    (name) => `${name} = ${parameters[name].toFixed(2)} ± ${standardErrors[name].toFixed(2)}`,
  );
  const moments = Array.from({ length: 101 }, (_, k) => k / 20);
  return plotLines(
    {
      "a exp(−k t) + c": moments.map((t): PlotPoint => [t, decay(t, parameters)]),
      measured: data.x.map((t, i): PlotPoint => [t, data.y[i] ?? 0]),
    },
    {
      dots: ["measured"],
      xRange: [-0.15, 5.15],
      title: figures.join(", "),
      description: "Thirty measurements of an exponential decay with noise, and the curve fitted to them.",
      xLabel: "t",
      yLabel: "y",
    },
  );
}
