// Regularization and normalization: what is kept from being learned by heart, and what is kept in place.

import type { Engine } from "thalweg";
import {
  chartSvg,
  linesChart,
  type PlotChart,
  type PlotLinesOptions,
  type PlotPoint,
  plotPanels,
  ruleMark,
} from "thalweg/plot";
import { rates, seeds, trainWithDropout } from "../dropoutRates.js";
import { overfit } from "../earlyStopping.js";
import { type Look, lookInside, unit } from "../internalShift.js";
import { accuracyOn, type Change, changedDigits, learnDigits, renormalized } from "../shiftedInputs.js";
import { batches, law, scatter, sizes } from "../statisticsNoise.js";
import { fitWith, kinds } from "../sweep.js";

const small = { width: 300, height: 230 };

/** One column of a table with a row for each epoch. */
const overEpochs = <K extends string>(rows: readonly Record<K, number>[], column: K): PlotPoint[] =>
  rows.map((row, k) => [k + 1, row[column]]);

export async function earlyStopping(engine: Engine): Promise<string> {
  const { rows } = await overfit(engine, 30);
  const stopped = await overfit(engine, 30, 3);
  const chart = linesChart(
    {
      training: overEpochs(rows, "train"),
      validation: overEpochs(rows, "validation"),
      gap: overEpochs(rows, "gap"),
    },
    {
      title: "The gap between both losses opens",
      description:
        "Training loss falls to 0, validation loss is least after a few epochs, and their difference grows. With a patience of three " +
        "epochs training stops early, and goes back to the best weights.",
      xLabel: "epoch",
      yLabel: "loss",
    },
  );
  const best = ruleMark({ x: stopped.best?.epoch ?? 0 }, "best");
  const stop = ruleMark({ x: stopped.rows.length }, "stop with patience 3");
  return chartSvg({ ...chart, marks: [best, stop, ...chart.marks] });
}

export async function penaltySweep(engine: Engine): Promise<string> {
  const lambdas = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
  const panels: PlotChart[] = [];
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) {
    const fits: Awaited<ReturnType<typeof fitWith>>[] = [];
    for (const lambda of lambdas) fits.push(await fitWith(engine, kind, lambda));
    const curve = (key: "train" | "test" | "zeros"): PlotPoint[] => fits.map((fit, k) => [lambdas[k] ?? 0, fit[key]]);
    panels.push(
      linesChart(
        { "training loss": curve("train"), "test loss": curve("test"), "share of zeros": curve("zeros") },
        { width: 240, height: 250, xScale: "log", yRange: [0, 4], title: kind, xLabel: "λ" },
      ),
    );
  }
  return plotPanels(panels, {
    columns: 3,
    width: 600,
    title: "The penalty swept: 30 weights, 20 samples",
    description:
      "The training loss rises with λ, the test loss dips, and L1 and the elastic net make weights exactly 0.",
  });
}

export async function dropoutRates(engine: Engine): Promise<string> {
  type Row = Awaited<ReturnType<typeof trainWithDropout>>[number];
  const curves: Record<keyof Row, Record<string, PlotPoint[]>> = {
    training: {},
    validation: {},
    gap: {},
    accuracy: {},
  };
  const columns = Object.keys(curves) as (keyof Row)[];
  for (const rate of rates) {
    const runs: Row[][] = [];
    for (const seed of seeds) runs.push(await trainWithDropout(engine, rate, seed));
    for (const column of columns)
      curves[column][`p = ${rate}`] = overEpochs(runs[0] ?? [], column).map(([epoch], k) => [
        epoch,
        runs.reduce((sum, rows) => sum + (rows[k]?.[column] ?? 0) / runs.length, 0),
      ]);
  }
  const shown = {
    training: { title: "training loss", yRange: [0, 1] },
    validation: { title: "validation loss", yRange: [0.2, 0.8] },
    gap: { title: "gap", yRange: [0, 0.5] },
    accuracy: { title: "validation accuracy", yRange: [0.6, 0.9] },
  } as const;
  const panels = columns.map((column) => linesChart(curves[column], { ...small, ...shown[column], xLabel: "epoch" }));
  return plotPanels(panels, {
    title: "Dropout against overfitting",
    description:
      "The mean of three seeds for dropout with p = 0, 0.2, 0.5 and 0.8: the larger p, the slower the training loss falls and the " +
      "smaller the gap. Validation loss rises again without dropout and not with p = 0.5; with p = 0.8 it stays high.",
  });
}

export async function internalShift(engine: Engine): Promise<string> {
  const [without, normalized] = [await lookInside(engine, false, 1), await lookInside(engine, true, 1)];
  const options = { ...small, xLabel: "update" };
  const inputs = (looks: readonly Look[], title: string): PlotChart => {
    const percentile = (k: 0 | 1 | 2) => looks.map(({ update, units }): PlotPoint => [update, units[unit]?.[k] ?? 0]);
    const curves = { "85 %": percentile(2), median: percentile(1), "15 %": percentile(0) };
    return linesChart(curves, { ...options, yRange: [-3, 3], title, yLabel: "input of a unit" });
  };
  const both = (of: (look: Look) => number, own: PlotLinesOptions): PlotChart => {
    const curve = (looks: readonly Look[]) => looks.map((look): PlotPoint => [look.update, of(look)]);
    return linesChart({ without: curve(without), "with batch norm": curve(normalized) }, { ...options, ...own });
  };
  const panels = [
    inputs(without, "without batch norm"),
    inputs(normalized, "with batch norm"),
    both(({ moved }) => moved, {
      title: "movement of all units",
      yLabel: "change of median / spread",
      xRange: [0, 1000],
      yRange: [0.01, 10],
      yScale: "log",
    }),
    both(({ accuracy }) => accuracy, { title: "learning", yLabel: "accuracy on other digits", yRange: [0, 1] }),
  ];
  return plotPanels(panels, {
    title: "Internal covariate shift in the third hidden layer",
    description:
      "Percentiles of the inputs of a sigmoid over 1,000 updates: without batch norm they begin close together, move and spread; with " +
      "it they are spread from the start and stay in place. The medians of all units move by several spreads in the first 50 " +
      "updates without it, and hardly with it; accuracy rises sooner with it.",
  });
}

export function statisticsNoise(engine: Engine): string {
  const found = sizes.map((m) => scatter(engine, m));
  const curve = (of: (at: number) => number): PlotPoint[] => sizes.map((m, k) => [m, of(k)]);
  const expected = (which: "mean" | "variance") => curve((k) => law(sizes[k] ?? 1)[which]);
  const percentile = (share: number) => curve((k) => found[k]?.outputs[share * batches] ?? 0);
  const options = { ...small, xScale: "log", xRange: [1.5, 350], xLabel: "batch size m" } as const;
  const panels = [
    linesChart(
      {
        "1 / √m": expected("mean"),
        "√(2m − 2) / m": expected("variance"),
        mean: curve((k) => found[k]?.mean ?? 0),
        variance: curve((k) => found[k]?.variance ?? 0),
      },
      {
        ...options,
        dots: ["mean", "variance"],
        yScale: "log",
        yRange: [0.05, 1],
        title: "mean and variance",
        yLabel: "deviation",
      },
    ),
    linesChart(
      { "85 %": percentile(0.85), median: percentile(0.5), "15 %": percentile(0.15) },
      { ...options, yRange: [-1.1, 2], title: "output for x = 1", yLabel: "output" },
    ),
  ];
  return plotPanels(panels, {
    title: "The noise of batch statistics",
    description:
      "Mean and variance of m values from N(0, 1) scatter as 1 / √m and √(2m − 2) / m. What batch norm makes of the value 1 " +
      "among m − 1 others is −1 or 1 in batches of 2, and comes close to 1 in large ones.",
  });
}

export async function shiftedInputs(engine: Engine): Promise<string> {
  const [plain, normal] = [await learnDigits(engine, false, 1), await learnDigits(engine, true, 1)];
  const panel = (amounts: readonly number[], change: (amount: number) => Change, title: string, xLabel: string) => {
    const digits = amounts.map((amount) => changedDigits(engine, change(amount)));
    const curve = (of: (k: number) => number): PlotPoint[] => amounts.map((amount, k) => [amount, of(k)]);
    const at = (k: number) => digits[k] as (typeof digits)[number];
    return linesChart(
      {
        without: curve((k) => accuracyOn(plain, at(k))),
        "batch norm": curve((k) => accuracyOn(normal, at(k))),
        renormalized: curve((k) => renormalized(normal, at(k))),
      },
      { ...small, yRange: [0, 1], title, xLabel, yLabel: "accuracy" },
    );
  };
  const brighter = panel([0, 25, 50, 75, 100, 125, 150], (by) => (x) => x + by, "brighter", "added to each pixel");
  const noise =
    (deviation: number): Change =>
    (x, _, normal) =>
      x + deviation * normal;
  const noisier = panel([0, 25, 50, 75, 100, 125, 150], noise, "with noise", "deviation of the noise");
  plain.free();
  normal.free();
  return plotPanels([brighter, noisier], {
    title: "Covariate shift: digits unlike those trained on",
    description:
      "Accuracy on digits that are brighter than those trained on falls with and without batch norm; with batch statistics of the " +
      "bright digits it is as before. Noise is not undone that way.",
  });
}
