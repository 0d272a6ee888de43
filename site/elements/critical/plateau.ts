// The plateau of a saturated sigmoid: the squared error has hardly a slope left, cross-entropy has one.

import { adam, type Optimizer, rmsprop, sgd, type Tensor } from "thalweg";
import { createSearch } from "thalweg/minimizers";
import { lineMark, type PlotChart, plotChart } from "thalweg/plot";
import { format } from "../kit/numbers.ts";
import { advanced } from "./advance.ts";
import { chartHeight, type Text, type Work } from "./shown.ts";

/** Most updates, and updates in a slice. */
export const limit = 20_000;
const slice = 500;

const losses = {
  squared: { f: (w: Tensor) => w.sigmoid().subtract(1).square().sum(), code: "w.sigmoid().subtract(1).square().sum()" },
  entropy: { f: (w: Tensor) => w.negate().softplus().sum(), code: "w.negate().softplus().sum()" },
};

interface Run {
  readonly name: string;
  /** Updates until the sigmoid is ½; −1 if it is not. */
  readonly crossed: number;
  readonly slope: number;
  /** Points up to there. */
  readonly x: Float64Array;
}

interface Way {
  readonly loss: keyof typeof losses;
  readonly make: () => Optimizer;
  readonly call: string;
}

export const ways: Readonly<Record<string, Way>> = {
  descent: { loss: "squared", make: () => sgd({ learningRate: 1 }), call: "sgd({ learningRate: 1 })" },
  momentum: {
    loss: "squared",
    make: () => sgd({ learningRate: 1, momentum: 0.9 }),
    call: "sgd({ learningRate: 1, momentum: 0.9 })",
  },
  adam: { loss: "squared", make: () => adam({ learningRate: 0.1 }), call: "adam({ learningRate: 0.1 })" },
  rmsprop: { loss: "squared", make: () => rmsprop({ learningRate: 0.1 }), call: "rmsprop({ learningRate: 0.1 })" },
  entropy: { loss: "entropy", make: () => sgd({ learningRate: 1 }), call: "sgd({ learningRate: 1 })" },
};

export const codeOf = (name: string): string => losses[(ways[name] as Way).loss].code;

/** Updates at which the curves have points: all of the first, then fewer and fewer. */
const isKept = (update: number): boolean => update < 20 || update % 10 ** Math.floor(Math.log10(update / 2)) === 0;

/** Curve of a loss, for the picture. */
function curveOf(loss: keyof typeof losses): readonly (readonly [number, number])[] {
  return Array.from({ length: 161 }, (_, k) => {
    const w = -14 + k / 8;
    const sigmoid = 1 / (1 + Math.exp(-w));
    return [w, loss === "squared" ? (sigmoid - 1) ** 2 : Math.log1p(Math.exp(-w))];
  });
}

/** Charts of both losses, and of w against the number of the update. */
function chartsOf(runs: readonly Run[], from: number, text: Text): PlotChart[] {
  const losses = [
    lineMark(curveOf("squared"), { name: text("loss.squared"), color: 0 }),
    lineMark(curveOf("entropy"), { name: text("loss.entropy"), color: 4 }),
  ];
  const progress = runs.map(({ name, x }, k) =>
    lineMark(
      Array.from(x, (w, update) => [update + 1, w] as const).filter(
        ([update]) => isKept(update) || update === x.length,
      ),
      { name: text(`way.${name}`), color: k },
    ),
  );
  return [
    plotChart(losses, {
      ...{ height: chartHeight, xRange: [-14, 6], yRange: [0, 4] },
      xLabel: "w",
      yLabel: text("axis.loss"),
    }),
    plotChart(progress, {
      ...{ height: chartHeight, xScale: "log", xRange: [1, limit], yRange: [Math.min(from, -2), 1] },
      xLabel: text("axis.number"),
      yLabel: "w",
    }),
  ];
}

export const plateauWork: Work = function* (engine, { from }, text) {
  const runs: Run[] = [];
  for (const [name, { loss, make }] of Object.entries(ways)) {
    const search = createSearch(engine, losses[loss].f, [from], make(), { maxIterations: limit, gradientTolerance: 0 });
    const { x, gradientNorm } = yield* advanced(search, slice, (all) => (all.at(-1) as number) >= 0);
    const crossed = x.findIndex((w) => w >= 0);
    runs.push({
      name,
      crossed,
      slope: gradientNorm[0] as number,
      x: crossed < 0 ? x : x.slice(0, crossed + 1),
    });
  }
  const words = (crossed: number): string => (crossed < 0 ? text("over", { limit }) : String(crossed));
  const [descent] = runs;
  return {
    charts: chartsOf(runs, from, text),
    table: {
      caption: text("plateau.caption"),
      columns: [
        { head: text("column.method") },
        { head: text("column.slope"), isNumber: true },
        { head: text("column.crossed"), isNumber: true },
      ],
      rows: runs.map(({ name, slope, crossed }) => [text(`way.${name}`), format(slope, 2), words(crossed)]),
    },
    sentences: [
      text("plateau.says", {
        from: format(from),
        slope: format(descent?.slope ?? 0, 2),
        updates: words(descent?.crossed ?? -1),
      }),
      text("plateau.others", {
        rmsprop: words(runs[3]?.crossed ?? -1),
        entropy: words(runs[4]?.crossed ?? -1),
      }),
    ],
  };
};
