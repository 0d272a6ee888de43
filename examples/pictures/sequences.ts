// Sequences: gradients through time, tasks of long-term memory, and optimizers on a text.

import type { Engine } from "thalweg";
import { linesChart, type PlotChart, type PlotPoint, plotLines, plotPanels } from "thalweg/plot";
import { learnToAdd, variance } from "../addingTask.js";
import { learnText, optimizers } from "../characterRnn.js";
import { learnToCopy, kinds as symbols } from "../copyTask.js";
import { memories } from "../course/memories.js";
import { explodingStep, gradientByStep } from "../longTerm.js";

const panel = { width: 300, height: 260, yScale: "log" } as const;
const kinds = Object.keys(memories) as (keyof typeof memories)[];

/** Values after epochs 1, 2, ... as points. */
const byEpoch = (values: readonly number[]): PlotPoint[] => values.map((value, k) => [k + 1, value]);

/** Curves of all kinds of memories, before them a level to compare them with. */
async function curvesOf(learn: (kind: keyof typeof memories) => Promise<number[]>, name: string, level: number) {
  const curves: Record<string, PlotPoint[]> = { [name]: [] };
  for (const kind of kinds) {
    const values = await learn(kind);
    curves[kind] = byEpoch(values);
    curves[name] = byEpoch(values.map(() => level));
  }
  return curves;
}

export function longTerm(engine: Engine): string {
  const curves = (
    [
      ["rnn", 1.25],
      ["rnn", 0.8],
      ["lstm", 0.99],
      ["lstm", 0.9],
    ] as const
  ).map(([kind, factor]) => {
    const norms = gradientByStep(engine, kind, factor).toReversed();
    return [`${kind} ${factor}`, norms.map((norm, back): PlotPoint => [back, norm])];
  });
  const updates = (clipped: boolean): PlotPoint[] =>
    Array.from({ length: 15 }, (_, k) => [2 + 2 * k, explodingStep(engine, clipped, 2 + 2 * k).update]);
  const panels: PlotChart[] = [
    linesChart(Object.fromEntries(curves), {
      ...panel,
      title: "Gradient by time step",
      xLabel: "steps back",
      yLabel: "norm",
    }),
    linesChart(
      { "not clipped": updates(false), "clipped to 1": updates(true) },
      { ...panel, title: "Update of a state that doubles", xLabel: "steps of the sequence", yLabel: "norm" },
    ),
  ];
  return plotPanels(panels, {
    title: "Gradients through time vanish or explode",
    description:
      "The gradient of the last state falls or grows by a factor with every step back, in an LSTM by its forget gate, which keeps " +
      "it at 0.99. Where the gradient explodes, clipping bounds the update.",
  });
}

export async function copyTask(engine: Engine): Promise<string> {
  return plotLines(await curvesOf((kind) => learnToCopy(engine, kind, 1), "chance", 1 / symbols), {
    yRange: [0, 1.02],
    title: "Three symbols recalled after 100 blanks",
    description:
      "An LSTM comes to recall all symbols in 20 epochs of 64 updates, a plain RNN stays at chance, and one that starts from an " +
      "orthogonal matrix recalls about three quarters. Seed 1.",
    xLabel: "epoch",
    yLabel: "share of symbols recalled",
  });
}

export async function addingTask(engine: Engine): Promise<string> {
  return plotLines(await curvesOf((kind) => learnToAdd(engine, kind, 1), "always 1", variance), {
    yScale: "log",
    title: "The sum of two of 100 numbers",
    description:
      "The mean squared error of an LSTM falls to 0.0004, that of plain RNNs stays at 1/6, that of always predicting 1. Seed 1.",
    xLabel: "epoch",
    yLabel: "mean squared error",
  });
}

export async function characterRnn(engine: Engine): Promise<string> {
  const curves: Record<string, PlotPoint[]> = {};
  for (const name of Object.keys(optimizers) as (keyof typeof optimizers)[]) {
    const { trainer, bits } = await learnText(engine, name);
    trainer.free();
    curves[name] = byEpoch(bits);
  }
  return plotLines(curves, {
    title: "A text learned character by character",
    description:
      "A recurrent network of 96 units learns 4,666 characters from the same start by three optimizers, each with its best rate: Adam is " +
      "the fastest; SGD is behind RMSprop at first, and level with it after 40 epochs.",
    xLabel: "epoch",
    yLabel: "bits per character",
  });
}
