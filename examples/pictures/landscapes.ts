// Level sets of losses of two numbers, and the ways that optimizers take over them.

import { compile, type Engine, type Optimizer, sgd } from "thalweg";
import { levelsChart, linesChart, type PlotChart, type PlotPoint, plotLevels, plotPanels } from "thalweg/plot";
import { pathOver } from "../batchSizes.js";
import { cures, walk } from "../cliff.js";
import { line } from "../course/line.js";
import { objectives, rules } from "../course/nineRules.js";
import { pathOf, startAt, updatesTo } from "../course/point.js";
import { firstSteps } from "../firstSteps.js";
import { losses as surfaceLosses } from "../lossSurface.js";
import { rules as saddleRules } from "../saddle.js";
import { twoFeatures } from "../standardized.js";
import { valley, rules as valleyRules } from "../zigZag.js";

/** Every few points of a path, its ends among them. */
const every = (stride: number, path: number[][]): number[][] =>
  path.filter((_, k) => k % stride === 0 || k === path.length - 1);

/** Nine rules on Beale's function, two or three a panel. */
export function beale(engine: Engine): string {
  const { f } = objectives.Beale as (typeof objectives)[string];
  using value = compile(engine, f);
  const panel = (rules: string[]): PlotChart =>
    levelsChart((x, y) => Math.log1p(value([x, y]) as number), {
      xRange: [-0.5, 4.2],
      yRange: [-3, 3],
      paths: Object.fromEntries(rules.map((rule) => [rule, every(4, firstSteps(engine, "Beale", rule, 400))])),
      marks: { "": [3, 0.5] },
      xLabel: "x",
      yLabel: "y",
      width: 240,
      height: 230,
    });
  const groups = [
    ["descent", "momentum"],
    ["Nesterov", "AdaGrad"],
    ["RMSprop", "Adam"],
    ["Adadelta", "AdaMax", "Nadam"],
  ];
  return plotPanels(groups.map(panel), {
    title: `Nine rules on Beale's function, 400 updates`,
    description:
      "Level sets of Beale's function with its minimum at (3, 0.5), and the paths of descent, momentum, Nesterov, AdaGrad, " +
      "RMSprop, Adam, Adadelta, AdaMax and Nadam over them.",
  });
}

/** Zig-zag in a narrow valley, and its cures. */
export function narrowValley(engine: Engine): string {
  const paths = Object.fromEntries(
    Object.entries(valleyRules).map(([name, rule]) => {
      const updates = Math.min(60, updatesTo(1e-6, valley(engine, rule)));
      return [name, pathOf(valley(engine, rule), updates)];
    }),
  );
  return plotLevels((x, y) => 50 * x * x + 0.5 * y * y, {
    xRange: [-4.4, 1.8],
    yRange: [-4, 11],
    paths,
    marks: { minimum: [0, 0] },
    title: "Sixty updates in a narrow valley",
    description: "Descent zig-zags between the walls of ½ (100 x² + y²); momentum, Nesterov and AdaGrad arrive.",
    xLabel: "x",
    yLabel: "y",
  });
}

/** Leaving a saddle. */
export function saddle(engine: Engine): string {
  const paths = Object.fromEntries(
    Object.entries(saddleRules).map(([name, rule]) => {
      const trainer = startAt(engine, (x) => x.square().multiply([1, -1]).sum(), [1, 1e-6], rule);
      const path = pathOf(trainer, 90);
      trainer.free();
      const end = path.findIndex(([, y = 0]) => Math.abs(y) > 1);
      return [`${name}, ${end} updates`, path.slice(0, end + 1)];
    }),
  );
  return plotLevels((x, y) => x * x - y * y, {
    xRange: [-1.2, 1.2],
    yRange: [-0.5, 1.6],
    paths,
    marks: { saddle: [0, 0] },
    title: "Leaving the saddle of x² − y²",
    description: "Descent runs into the saddle before it turns off; momentum and Adam leave it sooner.",
    xLabel: "x",
    yLabel: "y",
  });
}

/** A line by batch, mini-batches and single samples. */
export async function lineFit(engine: Engine): Promise<string> {
  const sizes = { "single samples": 1, "batches of 10": 10, "all 18": 18 };
  const paths: Record<string, number[][]> = {};
  for (const [name, size] of Object.entries(sizes)) paths[name] = (await pathOver(engine, size, 0.002, 400)).path;
  const loss = (a: number, b: number): number =>
    line.x.reduce((sum, x, k) => sum + (a + b * x - (line.y[k] ?? 0)) ** 2 / 36, 0);
  return plotLevels((a, b) => Math.log(loss(a, b)), {
    xRange: [-0.3, 1.15],
    yRange: [0.95, 1.65],
    paths,
    marks: { "least squares": [7 / 51, 477 / 323] },
    title: "A line fit with three batch sizes, 400 epochs",
    description:
      "Level sets of the squared error over intercept and slope. The batch path is smooth; that of single samples scatters " +
      "about the valley but gets furthest along it.",
    xLabel: "intercept θ₀",
    yLabel: "slope θ₁",
  });
}

/** The losses of two sigmoids in a row. */
export function twoSigmoids(engine: Engine): string {
  const panels = Object.entries(surfaceLosses).map(([name, f]) => {
    using value = compile(engine, f);
    return levelsChart((x, y) => value([x, y]) as number, {
      xRange: [-8, 8],
      yRange: [-8, 8],
      marks: { saddle: [0, 0] },
      title: name,
      xLabel: "w₁",
      yLabel: "w₂",
      width: 240,
      height: 240,
    });
  });
  return plotPanels(panels, {
    title: "Two sigmoids: the loss is not convex",
    description: "Level sets of squared error and cross-entropy over both weights, each with a saddle at (0, 0).",
  });
}

/** Four rates on x₁² + 10 x₂². */
export function fourDescents(engine: Engine): string {
  const panels = [0.01, 0.05, 0.095, 0.101].map((rate) => {
    const trainer = startAt(
      engine,
      (x) => x.square().multiply([1, 10]).sum(),
      [-2, 1],
      sgd({ learningRate: rate }) as Optimizer,
    );
    const path = pathOf(trainer, 24);
    trainer.free();
    return levelsChart((x, y) => x * x + 10 * y * y, {
      xRange: [-2.4, 1],
      yRange: [-1.6, 1.6],
      paths: { descent: path },
      title: `h = ${rate}`,
      width: 240,
      height: 200,
    });
  });
  return plotPanels(panels, {
    title: "Four rates on x² + 10 y²: the limit is 0.1",
    description: "24 updates each: 0.01 creeps, 0.05 goes straight, 0.095 zig-zags, 0.101 leaves the picture.",
  });
}

/** Level sets before and after standardizing, with the way of descent at the best rate. */
export function standardized(engine: Engine): string {
  const panels = [false, true].map((cured) => {
    const { loss, start, condition, best } = twoFeatures(engine, 5, cured);
    using value = compile(engine, loss);
    const trainer = start();
    const path = pathOf(trainer, 60);
    trainer.free();
    return levelsChart((u, v) => value([u, v]) as number, {
      xRange: [-1, 3],
      yRange: [-2, 2],
      paths: { descent: path },
      marks: { "": best },
      title: cured ? `standardized: κ = ${condition.toFixed(2)}` : `as they are: κ = ${condition.toFixed(1)}`,
      xLabel: "w₁",
      yLabel: "w₂",
      width: 300,
      height: 300,
    });
  });
  return plotPanels(panels, {
    title: "Standardized features round the valley",
    description:
      "Level sets of a squared error with a feature of 0 .. 1 and one of 0 .. 5: as they are, long ellipses in which descent zig-zags; " +
      "with deviation 1, circles, through which it goes straight to the minimum.",
  });
}

/** The ways of nine rules on the bowl of three numbers, from two sides, and its values. */
export function threeNumbers(engine: Engine): string {
  const ways = Object.keys(rules).map((rule) => ({ rule, path: firstSteps(engine, "bowl", rule, 300) }));
  const shown = ["descent", "momentum", "AdaGrad", "Adam"];
  const side = (axis: 0 | 2, scale: number, xLabel: string, title: string): PlotChart =>
    levelsChart((u, y) => scale * u * u + 0.1 * y * y, {
      xRange: [-2.3, 2.3],
      yRange: [-2.3, 2.3],
      paths: Object.fromEntries(
        ways
          .filter(({ rule }) => shown.includes(rule))
          .map(({ rule, path }) => [
            rule,
            every(
              3,
              path.map((point) => [point[axis] ?? 0, point[1] ?? 0]),
            ),
          ]),
      ),
      marks: { "": [0, 0] },
      title,
      xLabel,
      yLabel: "y",
      width: 300,
      height: 300,
    });
  const value = ([x = 0, y = 0, z = 0]: number[]): number => x * x + 0.1 * y * y + 2 * z * z;
  const falls = (names: readonly string[], title: string): PlotChart =>
    linesChart(
      Object.fromEntries(
        ways
          .filter(({ rule }) => names.includes(rule))
          .map(({ rule, path }) => [
            rule,
            path.map((point, k): PlotPoint => [k, value(point)]).filter(([k]) => k % 3 === 0),
          ]),
      ),
      { width: 300, height: 260, yScale: "log", yRange: [1e-6, 10], xLabel: "update", yLabel: "f", title },
    );
  const others = Object.keys(rules).filter((rule) => !shown.includes(rule));
  return plotPanels(
    [
      side(0, 1, "x", "seen along z"),
      side(2, 2, "z", "seen along x"),
      falls(shown, "values"),
      falls(others, "values of the others"),
    ],
    {
      title: "Nine rules on x² + 0.1 y² + 2 z², 300 updates",
      description:
        "The ways of four rules from (−2, −2, −2), seen along z and along x, and the values of all nine by the update: those with a " +
        "rate of its own for each number go straight to the minimum, descent goes down the steep z first.",
    },
  );
}

/** The edge of a cliff: where the first update leads, clipped and not. */
export function cliff(engine: Engine): string {
  const panel = (cure: keyof typeof cures, title: string): PlotChart => {
    const points = walk(engine, cures[cure] as (typeof cures)[string]).path;
    return levelsChart((w, b) => Math.log10(1e-4 + (w ** 50 + b - 1) ** 2), {
      xRange: [0.9, 1.17],
      yRange: [-0.4, 0.6],
      paths: { descent: every(10, points) },
      title,
      xLabel: "w",
      yLabel: "b",
      width: 300,
      height: 300,
    });
  };
  return plotPanels([panel("none", "as it is"), panel("norm", "clipped to a norm of 1")], {
    title: "The cliff of w⁵⁰, from w = 1.15",
    description:
      "Logarithmic level sets of (w⁵⁰ + b − 1)²: the first gradient throws w out of the picture to the left; clipped, 751 updates walk " +
      "down into the valley.",
  });
}
