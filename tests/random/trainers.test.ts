// Random trainers: see trainers.ts for what has to agree, recipes.ts for what is drawn, random.ts for the environment.

import * as thalweg from "thalweg";
import { describe, expect, it } from "vitest";
import * as layers from "../../bindings/layers/index.js";
import * as optimizers from "../../bindings/optimizers/index.js";
import * as schedules from "../../bindings/schedules/index.js";
import { drawnCases, Random } from "./random.js";
import * as recipes from "./recipes.js";
import { drawTrainer, mentioned } from "./trainers.js";

/** Functions of these modules that the package exports. */
const functions = (modules: object): string[] =>
  Object.entries(modules).flatMap(([name, value]) => (typeof value === "function" && name in thalweg ? [name] : []));

describe("what is exported is drawn", async () => {
  const modules: Record<string, readonly [exported: string[], drawn: readonly string[]]> = {
    optimizers: [
      functions(optimizers).filter((name) => name !== "muonFlops"),
      [...recipes.optimizers, ...recipes.wrapperNames],
    ],
    schedules: [functions(schedules).filter((name) => name !== "scheduleValues"), recipes.schedules],
    layers: [
      // Cells take records of states: they are steps for loops, which loops.test.ts draws.
      functions(layers).filter((name) => name !== "applyLayer" && !/^(rnn|gru|lstm)Cell$/.test(name)),
      [
        ...recipes.layers,
        ...recipes.pixelLayers,
        ...recipes.recurrentLayers,
        ...recipes.activations,
        "sequential",
        "embedding",
        "flatten",
      ],
    ],
    augmentation: [
      functions(await import("../../bindings/augmentation/index.js")),
      [...recipes.distortions, ...recipes.augmentations],
    ],
    losses: [
      functions({
        ...(await import("../../bindings/losses/classes.js")),
        ...(await import("../../bindings/losses/values.js")),
      }),
      recipes.losses,
    ],
    metrics: [
      functions(await import("../../bindings/losses/metrics.js")).filter((name) => name !== "confusionMatrix"),
      recipes.metrics,
    ],
    "gradient transforms": [
      functions(await import("../../bindings/optimizers/gradientTransforms.js")),
      recipes.transforms,
    ],
    penalties: [functions(await import("../../bindings/optimizers/penalties.js")), recipes.penalties],
    averages: [functions(await import("../../bindings/optimizers/averages.js")), ["ema", "swa"]],
    constraints: [functions(await import("../../bindings/optimizers/constraints.js")), ["maxNorm"]],
    initializers: [functions(await import("../../bindings/layers/initializers.js")), recipes.initializers],
  };

  it.each(Object.keys(modules))("%s", (name) => {
    const [exported, drawn] = modules[name]!;
    expect([...drawn].sort()).toEqual(exported.sort());
  });

  it("all of it, before long", () => {
    const seen = new Set(
      Array.from({ length: 1000 }, (_, k) => new recipes.Recipe(new Random(5, k))).flatMap(mentioned),
    );
    const wanted = Object.values(modules).flatMap(([exported]) => exported);
    expect(wanted.filter((name) => !seen.has(name))).toEqual([]);
  });
});

drawnCases("trainers", "trainers.test.ts", 60, drawTrainer);
