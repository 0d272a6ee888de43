// What is learned from samples: their risk and the true one, losses, batches, widths, and a whole recipe.

import type { Engine } from "thalweg";
import {
  linesChart,
  type PlotChart,
  type PlotPoint,
  plotLines,
  plotPanels,
  regionsChart,
  ruleMark,
} from "thalweg/plot";
import { finalLosses, widths } from "../localOptima.js";
import { learn as learnRecipe, type Part, parts } from "../recipe.js";
import { sizes as batchSizes, learn as learnBatches, noise } from "../smallBatches.js";
import { learn as learnLoss, lossesOfCat, names } from "../softmaxHinge.js";
import { best, learn as learnSample, risks, sample, sizes } from "../trueRisk.js";

const small = { width: 300, height: 250 };

export async function trueRisk(engine: Engine): Promise<string> {
  const range = [-4, 4] as const;
  const [few, many] = [sample(engine, 30, 2), sample(engine, 400, 9)];
  const trainer = await learnSample(engine, few);
  const scatter = (title: string, samples: typeof few): PlotChart =>
    regionsChart((points) => trainer.predict(points).data, {
      ...{ xRange: [...range], yRange: [...range], samples },
      ...{ title, width: 300, height: 300 },
    });
  const panels = [scatter("a sample of 30", few), scatter("400 others of the distribution", many)];
  trainer.free();
  const found: Awaited<ReturnType<typeof risks>>[] = [];
  for (const size of sizes) found.push(await risks(engine, size));
  const curve = (of: (at: number) => number): PlotPoint[] => sizes.map((size, k) => [size, of(k)]);
  const chart = linesChart(
    { "true risk": curve((k) => found[k]?.risk ?? 0), "empirical risk": curve((k) => found[k]?.empirical ?? 0) },
    { width: 300, height: 300, xScale: "log", yRange: [0, 0.3], title: "share of errors", xLabel: "samples" },
  );
  const withBest = { ...chart, marks: [ruleMark({ y: best }, "the least possible"), ...chart.marks] };
  return plotPanels([...panels, withBest], {
    columns: 3,
    width: 800,
    title: "Empirical and true risk",
    description:
      "A network bends around thirty points of two normal classes and names all of them, but not four hundred others of the same " +
      "distribution. By the size of the sample its errors in the sample rise and its true errors fall, to the least possible.",
  });
}

export async function softmaxHinge(engine: Engine): Promise<string> {
  const scores = Array.from({ length: 57 }, (_, k) => k / 4 - 4);
  const curves = names.map((name): [string, PlotPoint[]] => [
    name,
    lossesOfCat(engine, name, scores).map((loss, k) => [scores[k] ?? 0, loss]),
  ]);
  const read: Record<string, PlotPoint[]> = {};
  for (const name of names)
    read[name] = (await learnLoss(engine, name, 20)).slice(1).map(({ others }, k) => [k + 1, 100 * others]);
  const cat = linesChart(Object.fromEntries(curves), {
    ...{ ...small, xRange: [-4, 10], yRange: [0, 20] },
    ...{ title: "loss of the cat", xLabel: "its score; the car has 5.1", yLabel: "loss" },
  });
  const accuracy = linesChart(read, {
    ...{ ...small, yRange: [70, 90], title: "trained by each of them" },
    ...{ xLabel: "epoch", yLabel: "other digits, %" },
  });
  return plotPanels([cat, accuracy], {
    title: "Softmax and hinge on the same scores",
    description:
      "By the score of the right class both losses fall along lines of slope −1 and −2 while it is far too small; the hinge is 0 from " +
      "6.1 on, softmax never. Linear classifiers trained by either read other digits about equally well.",
  });
}

export async function smallBatches(engine: Engine): Promise<string> {
  const accuracies: PlotPoint[] = [];
  for (const size of batchSizes)
    accuracies.push([size, 100 * Math.max(...(await learnBatches(engine, size)).accuracies)]);
  const scatter = batchSizes.map((size): PlotPoint => [size, noise(engine, size)]);
  const [[, first = 0] = []] = scatter;
  const law = batchSizes.map((size): PlotPoint => [size, first * Math.sqrt(2 / size)]);
  const options = { ...small, xScale: "log", xRange: [1.5, 350], xLabel: "batch size B" } as const;
  return plotPanels(
    [
      linesChart(
        { "best of three rates": accuracies },
        { ...options, yRange: [80, 88], title: "accuracy", yLabel: "other digits, %" },
      ),
      linesChart(
        { "1 / √B": law, "of the gradient": scatter },
        {
          ...options,
          dots: ["of the gradient"],
          yScale: "log",
          yRange: [1, 30],
          title: "noise",
          yLabel: "√ mean |g_B − g|²",
        },
      ),
    ],
    {
      title: "Batches of 2 to 256",
      description:
        "After ten epochs with the best of three rates, batches of at most 32 read the most other digits, and larger ones the fewer, the " +
        "larger they are; the noise of the gradient falls as 1 / √B.",
    },
  );
}

export async function localOptima(engine: Engine): Promise<string> {
  const points: PlotPoint[] = [];
  const range: Record<string, PlotPoint[]> = { largest: [], median: [], least: [] };
  for (const width of widths) {
    const found = await finalLosses(engine, width);
    points.push(...found.map((loss): PlotPoint => [width, loss]));
    for (const [name, at] of Object.entries({ least: 0, median: found.length >> 1, largest: found.length - 1 }))
      range[name]?.push([width, found[at] ?? 0]);
  }
  return plotLines(
    { "each start": points, ...range },
    {
      dots: ["each start"],
      height: 360,
      xScale: "log",
      xRange: [0.9, 36],
      yRange: [0, 0.8],
      title: "Where training ends, by width",
      description:
        "Final losses from twelve starts for networks of 1 to 32 hidden units: they lie apart for 1 to 8 units, and close together, " +
        "near 0, for 32.",
      xLabel: "hidden units",
      yLabel: "loss at the end",
    },
  );
}

export async function recipe(engine: Engine): Promise<string> {
  const shown: Record<string, readonly Part[]> = {
    "whole recipe": [],
    "without batch norm": ["batchNorm"],
    "without augmentation": ["augment"],
    "without Adam": ["Adam"],
    "nothing of it": parts,
  };
  const curves: Record<string, PlotPoint[]> = {};
  for (const [name, without] of Object.entries(shown))
    curves[name] = (await learnRecipe(engine, without)).validation.map((share, k) => [k + 1, 100 * share]);
  return plotLines(curves, {
    height: 360,
    yRange: [60, 95],
    title: "A recipe, and what it is without a part of it",
    description:
      "Validation accuracy by epoch: the whole recipe ends highest; without batch normalization, without augmentation or with nothing of " +
      "it some percent lower, with plain descent in place of Adam lowest.",
    xLabel: "epoch",
    yLabel: "accuracy, %",
  });
}
