// What models have learned: templates and decision regions.

import type { Engine } from "thalweg";
import { plotImages, plotPanels, plotRegions } from "thalweg/plot";
import { learnRegions, models, problems, samplesOf } from "../decisionRegions.js";
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
  const panels: string[] = [];
  for (const problem of Object.keys(problems))
    for (const model of Object.keys(models)) {
      const [trainer, accuracy] = await learnRegions(engine, problem, model);
      panels.push(
        plotRegions((points) => trainer.predict(points).data, {
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
