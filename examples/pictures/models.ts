// What models have learned: templates, decision regions, the points of a generator.

import type { Engine } from "thalweg";
import { linesChart, type PlotChart, type PlotPoint, plotImages, plotPanels, regionsChart } from "thalweg/plot";
import { learnRegions, models, problems, samplesOf } from "../decisionRegions.js";
import { learnRing, quality, ring } from "../gan.js";
import { learnTemplates } from "../templates.js";

export async function templates(engine: Engine): Promise<string> {
  const { templates } = await learnTemplates(engine);
  return plotImages(templates, {
    shape: [28, 28],
    names: templates.map((_, digit) => String(digit)),
    title: "Templates of a linear classifier",
    description:
      "The ten columns of weights as images: blue where ink speaks for the digit, orange where it speaks against it.",
  });
}

export async function decisionRegions(engine: Engine): Promise<string> {
  const panels: PlotChart[] = [];
  for (const problem of Object.keys(problems))
    for (const model of Object.keys(models)) {
      const [trainer, accuracy] = await learnRegions(engine, problem, model);
      panels.push(
        regionsChart((points) => trainer.predict(points).data, {
          xRange: [-2.5, 2.5],
          yRange: [-2.5, 2.5],
          samples: samplesOf(engine, problem),
          lines: model === "linear",
          title: `${problem}: ${Math.round(100 * accuracy)} %`,
          width: 240,
          height: 250,
        }),
      );
      trainer.free();
    }
  return plotPanels(panels, {
    title: "Decision regions: linear, and one hidden layer",
    description:
      "A ring, three modes among points of another class, and three classes side by side: the lines of the linear model, " +
      "dashed, separate only the last; a network of one hidden layer separates them all.",
  });
}

export function gan(engine: Engine): string {
  const panels: PlotChart[] = [];
  const points = ring(engine, 40, 1);
  const wanted = Array.from({ length: 40 }, (_, k): PlotPoint => [points[2 * k] ?? 0, points[2 * k + 1] ?? 0]);
  learnRing(engine, 3000, (done, generator) => {
    if (done % 1500 !== 0) return;
    const made = quality(engine, generator).points.slice(0, 120) as unknown as PlotPoint[];
    panels.push(
      linesChart(
        { generated: made, real: wanted },
        {
          ...{ dots: ["generated", "real"], xRange: [-3, 3], yRange: [-3, 3] },
          ...{ title: `${done} updates`, width: 250, height: 270 },
        },
      ),
    );
  });
  return plotPanels(panels, {
    columns: 3,
    title: "A generator learns a ring of eight Gaussians",
    description:
      "Before training the generated points lie in one heap at the center; after 1,500 updates most and after 3,000 nearly all lie on the " +
      "eight Gaussians, with some between neighbors.",
  });
}
