// Convolutional networks and deep ones: filters, templates in color, pooling, skipped blocks, gradients.

import type { Engine } from "thalweg";
import {
  linesChart,
  type PlotChart,
  type PlotPoint,
  planeChart,
  plotImages,
  plotLines,
  plotPanels,
} from "thalweg/plot";
import { names as classes, learnColors, plainPicture, side, twoHeads } from "../colorTemplates.js";
import { exampleDigit, learnFilters, mapsOf, side as window } from "../filters.js";
import { seeds, trainWith, ways } from "../fractionalPooling.js";
import { gradientNorms as normsOf, scales } from "../gradientNorms.js";
import { planeOf } from "../skipConnections.js";
import { blocks, trainDeep } from "../stochasticDepth.js";

const small = { width: 240, height: 270 };

export async function filters(engine: Engine): Promise<string> {
  const { start, learned, bias } = await learnFilters(engine);
  const row = (images: readonly number[][], extent: number, title: string): string =>
    plotImages(images, { shape: [extent, extent], columns: images.length, width: 600, title });
  return plotPanels(
    [
      row(start, window, "Eight filters at the start"),
      row(learned, window, "The filters after five epochs"),
      row(mapsOf(engine, learned, bias, exampleDigit()), 28, "What they make of a 5"),
    ],
    {
      columns: 1,
      title: "First filters of a convolutional network",
      description:
        "Eight filters of 7 by 7 weights are noise at the start and smooth strokes and edges after training on 1,000 digits; their " +
        "maps of a 5 are bright where it has such strokes.",
    },
  );
}

export async function colorTemplates(engine: Engine): Promise<string> {
  const { templates } = await learnColors(engine);
  const shown = [...classes.map((name) => plainPicture(name)), plainPicture("horse", 1), ...templates, twoHeads()];
  return plotImages(shown, {
    shape: [side, side, 3],
    columns: classes.length + 1,
    names: [...classes, "horse", ...classes, "two heads"],
    width: 600,
    title: "Pictures, and the templates of a linear classifier for them",
    description:
      "Above a picture of each class, of horses two; below the weights of each class as a picture. That of the horse has a head on " +
      "either side, and a horse with two heads fits it better than any other.",
  });
}

export async function fractionalPooling(engine: Engine): Promise<string> {
  const curves: Record<string, PlotPoint[]> = {};
  for (const way of Object.keys(ways)) {
    const runs = [];
    for (const seed of seeds) runs.push((await trainWith(engine, way, seed)).losses);
    curves[way] = meanOf(runs).map((loss, k): PlotPoint => [5 * (k + 1), loss]);
  }
  return plotLines(curves, {
    yRange: [0.25, 0.85],
    title: "Loss on 1,000 other digits, for three ways to pool",
    description:
      "The mean of three seeds: windows drawn anew start slowly and end below max pooling, which has fewer pixels; windows of the " +
      "same number that stay are better from the start.",
    xLabel: "epoch",
    yLabel: "loss",
  });
}

export async function stochasticDepth(engine: Engine): Promise<string> {
  const curves: Record<"training" | "test", Record<string, number[]>> = { training: {}, test: {} };
  for (const stochastic of [false, true]) {
    const runs = [];
    for (const seed of [1, 2, 3]) runs.push((await trainDeep(engine, stochastic, seed)).losses);
    for (const which of ["training", "test"] as const)
      curves[which][stochastic ? "at random" : `all ${blocks}`] = meanOf(runs.map((run) => run.map((at) => at[which])));
  }
  const panel = (which: "training" | "test", title: string, scale: "log" | "linear"): PlotChart =>
    linesChart(
      Object.fromEntries(
        Object.entries(curves[which]).map(([name, list]) => [name, list.map((y, k): PlotPoint => [k + 1, y])]),
      ),
      { ...small, yScale: scale, title, height: 240, xLabel: "epoch", yLabel: "loss" },
    );
  return plotPanels([panel("training", "500 digits learned", "log"), panel("test", "1,000 others", "linear")], {
    title: "Stochastic depth: blocks left out at random",
    description:
      "The mean of three seeds: if blocks are left out at random, the loss on the digits learned falls more slowly, and that on " +
      "others stays lower.",
  });
}

export async function skipConnections(engine: Engine): Promise<string> {
  const panels: PlotChart[] = [];
  for (const skips of [false, true])
    panels.push(
      planeChart(await planeOf(engine, skips), {
        ...small,
        levels: [0.3, 1, Math.log(10), 5, 10, 20, 50, 100],
        marks: { "": [0, 0] },
        title: skips ? "with skips" : "without skips",
      }),
    );
  return plotPanels(panels, {
    title: "The loss around a network of 16 convolutions",
    description:
      "Level sets of the loss in a plane of filter-normalized random directions: without skip connections the valley around the trained " +
      "weights is narrow and its walls are uneven; with them it is wider and rounder.",
  });
}

export async function gradientNorms(engine: Engine): Promise<string> {
  const panels: PlotChart[] = [];
  for (const normalized of [false, true]) {
    const curves: Record<string, PlotPoint[]> = {};
    for (const scale of scales)
      curves[`${scale} · He`] = (await normsOf(engine, normalized, scale)).map((norm, k): PlotPoint => [k + 1, norm]);
    panels.push(
      linesChart(curves, {
        ...small,
        height: 230,
        yScale: "log",
        yRange: [1e-3, 1e4],
        title: normalized ? "with batch norm" : "without batch norm",
        xLabel: "convolution",
        yLabel: "|gradient|",
      }),
    );
  }
  return plotPanels(panels, {
    title: "Gradients of eight convolutions at the start",
    description:
      "Norms of the gradients for three sizes of the initial weights: without batch norm they range from a thousandth to a thousand; " +
      "with it all are about 1, and weights twice as large have half the gradient.",
  });
}

/** Mean of lists, number by number. */
const meanOf = (lists: readonly (readonly number[])[]): number[] =>
  (lists[0] ?? []).map((_, k) => lists.reduce((sum, list) => sum + (list[k] ?? 0) / lists.length, 0));
