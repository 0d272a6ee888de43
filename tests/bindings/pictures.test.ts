// The pictures of docs/pictures are those that the examples draw, byte for byte.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { pictures } from "../../examples/pictures/pictures.js";
import { build, testEngine } from "./engine.js";

const folder = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));

/** Those that train on digits or many times over: drawn again in the release build alone. */
const costly = [
  "decisionRegions",
  "earlyStopping",
  "explosion",
  "decays",
  "rateGrid",
  "trueRisk",
  "softmaxHinge",
  "smallBatches",
  "localOptima",
  "recipe",
  "fourRates",
  "lossCurve",
  "penaltySweep",
  "templates",
  "lineFit",
  "leastSquares",
  "acceleration",
  "edgeOfStability",
  "fullBatch",
  "memoryLengths",
  "spectrum",
  "weightSpace",
  "colorTemplates",
  "filters",
  "fractionalPooling",
  "gan",
  "gradientNorms",
  "skipConnections",
  "stochasticDepth",
  "hardImages",
  "mixUpRegions",
  "shiftedDigits",
  "dropoutRates",
  "internalShift",
  "shiftedInputs",
  "addingTask",
  "characterRnn",
  "copyTask",
];

describe("docs/pictures", () => {
  it("holds every picture and nothing else, in less than 1 MB", () => {
    const files = readdirSync(folder);
    expect(files.sort()).toEqual(
      Object.keys(pictures)
        .map((name) => `${name}.svg`)
        .sort(),
    );
    const bytes = files.reduce((sum, file) => sum + statSync(folder + file).size, 0);
    expect(bytes).toBeLessThan(1_000_000);
  });

  const drawn = Object.keys(pictures).filter((name) => build === "release" || !costly.includes(name));
  it.each(drawn)("%s.svg is what is drawn: else run npm run pictures", async (name) => {
    const svg = await pictures[name]!(await testEngine());
    expect(svg === readFileSync(`${folder}${name}.svg`, "utf8")).toBe(true);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg).toContain("<title>");
    expect(svg).toContain("<desc>");
  });
});
