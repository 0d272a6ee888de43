// Pictures of augmentation: its ops, and what networks learn with it.

import type { Engine } from "thalweg";
import {
  linesChart,
  type PlotChart,
  type PlotPoint,
  plotImages,
  plotLines,
  plotPanels,
  regionsChart,
} from "thalweg/plot";
import { changed, ops, originals, strip } from "../contactSheet.js";
import { learnClasses, variation } from "../hardClasses.js";
import { hardness, troubles } from "../hardImages.js";
import { learnMoons, moons, range, withDoubt } from "../mixUpRegions.js";
import { accuracies, learnDigits, type Shift } from "../shiftedDigits.js";

export function contactSheet(engine: Engine): string {
  const strips = [originals, ...Object.values(ops).map((op) => changed(engine, op))].map(strip);
  return plotImages(
    strips.map(({ data }) => data),
    {
      shape: strips[0]?.shape ?? [1, 1],
      columns: 3,
      names: ["as they are", ...Object.keys(ops)],
      width: 600,
      title: "Every op of an augmentation, on three pictures",
      description:
        "A horse, a ship and a car as they are, and after each op: moved, cut, mirrored, turned, in other colors, partly " +
        "covered, with noise, blurred, and mixed with each other.",
    },
  );
}

const percent = (share: number): number => 100 * share;

export async function shiftedDigits(engine: Engine): Promise<string> {
  const shifts = Array.from({ length: 15 }, (_, k): Shift => [k - 7, 0]);
  const curves: Record<string, PlotPoint[]> = {};
  for (const augmented of [false, true]) {
    const trainer = await learnDigits(engine, augmented);
    const read = accuracies(trainer, shifts, 2000);
    curves[augmented ? "with random shifts" : "without"] = read.map((share, k) => [
      shifts[k]?.[0] ?? 0,
      percent(share),
    ]);
    trainer.free();
  }
  return plotLines(curves, {
    yRange: [0, 100],
    title: "Digits that stand aside, read by a dense network",
    description:
      "Without augmentation accuracy falls from 94 percent to less than half three pixels aside; with random shifts of up to three " +
      "pixels it stays above 90 percent that far, and falls beyond.",
    xLabel: "pixels to the right",
    yLabel: "accuracy, %",
  });
}

const small = { width: 300, height: 190 };

export async function hardImages(engine: Engine): Promise<string> {
  const found = await hardness(engine, 1);
  const plain = await learnClasses(engine, false, 1);
  const distorted = await learnClasses(engine, true, 1);
  const [without, along] = [variation(plain), variation(distorted)];
  for (const trainer of [plain, distorted]) trainer.free();
  const panel = (title: string, xLabel: string, [plain, along]: readonly PlotPoint[][], least = 0, how = "augmented") =>
    linesChart(
      { "learned plain": plain ?? [], [how]: along ?? [] },
      { ...small, yRange: [least, 100], title, xLabel, yLabel: "%" },
    );
  const points = (groups: readonly (readonly [number, number])[]): PlotPoint[] =>
    groups.map(([apart, share]) => [apart, percent(share)]);
  const panels = Object.entries(troubles).map(([name, { amounts, unit }]) =>
    panel(
      name,
      unit,
      (found[name] ?? []).map((shares) => shares.map((share, k) => [amounts[k] ?? 0, percent(share)])),
    ),
  );
  const classes = [
    panel(
      "within a class",
      "distance to the mean of its class",
      [points(without.within), points(along.within)],
      60,
      "distorted",
    ),
    panel(
      "between classes",
      "distance of the two means",
      [points(without.between), points(along.between)],
      92,
      "distorted",
    ),
  ];
  // In the order of the course, context comes last.
  return plotPanels([...panels.slice(0, -1), ...classes, ...panels.slice(-1)], {
    title: "What makes images hard: accuracy by the amount of it",
    description:
      "A network that learned from plain digits reads the fewer, the more they are turned, darkened, covered, cluttered, sheared or put " +
      "before unusual backgrounds; one that saw the same at every update loses much less. Digits far from the mean of their class, and " +
      "pairs of classes with close means, are misread most.",
  });
}

export async function mixUpRegions(engine: Engine): Promise<string> {
  const panels: PlotChart[] = [];
  for (const mixed of [false, true]) {
    const trainer = await learnMoons(engine, mixed);
    panels.push(
      regionsChart((points) => withDoubt(trainer.predict(points).data), {
        ...{ xRange: range, yRange: range, samples: moons(engine, 200, 1) },
        ...{ title: mixed ? "with mixUp" : "without", width: 300, height: 310 },
      }),
    );
    trainer.free();
  }
  return plotPanels(panels, {
    title: "Where a network is sure of a moon, and where of neither",
    description:
      "Two regions have a probability above 90 percent of one class; the third, between them, is a thin band without mixUp and a wide " +
      "one with it, and both networks part the moons.",
  });
}
