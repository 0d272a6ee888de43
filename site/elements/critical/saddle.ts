// The saddle x² − y²: from beside the ridge methods first go to the saddle point, and leave it when their distance from the ridge
// has grown.

import { adam, type Engine, gradientNoise, type Optimizer, sgd } from "thalweg";
import { createSearch, saddle } from "thalweg/minimizers";
import { lineMark, plotChart } from "thalweg/plot";
import { latticeOf } from "../kit/lattice.ts";
import { format } from "../kit/numbers.ts";
import { advanced } from "./advance.ts";
import type { State } from "./controls.ts";
import { chartHeight, type Work } from "./shown.ts";

/** Most updates. */
const limit = 4000;
const side = 61;

interface Rule {
  readonly make: (rate: number) => Optimizer;
  readonly call: string;
  readonly isNoisy?: boolean;
}

export const rules: Readonly<Record<string, Rule>> = {
  descent: { make: (learningRate) => sgd({ learningRate }), call: "sgd({ learningRate })" },
  momentum: {
    make: (learningRate) => sgd({ learningRate, momentum: 0.9 }),
    call: "sgd({ learningRate, momentum: 0.9 })",
  },
  adam: { make: (learningRate) => adam({ learningRate }), call: "adam({ learningRate })" },
  noise: { make: (learningRate) => sgd({ learningRate }), call: "sgd({ learningRate })", isNoisy: true },
};

/** Variance of the noise of a rule. */
export const scaleOf = ({ noise }: Pick<State, "noise">): number => Number((10 ** (2 * noise)).toPrecision(6));

/** Run of a rule until |y| > 1, as its points up to there and all y. */
function* runOf(engine: Engine, name: string, state: State) {
  const { make, isNoisy } = rules[name] as Rule;
  const noise = isNoisy ? { gradient: [gradientNoise({ scale: scaleOf(state), decay: 0 })], seed: state.seed } : {};
  const start = { x: 1, y: Number((10 ** state.offset).toPrecision(6)) };
  const search = createSearch(engine, saddle.f, start, make(state.rate), {
    maxIterations: limit,
    gradientTolerance: 0,
    ...noise,
  });
  const isAway = (x: Float64Array): boolean => Math.abs(x.at(-1) as number) > 1;
  const { x: points } = yield* advanced(search, 10, isAway);
  const y = points.filter((_, k) => k % 2 === 1);
  const left = y.findIndex((value) => Math.abs(value) > 1);
  return { name, left, points: left < 0 ? points : points.slice(0, 2 * (left + 1)), y };
}

export const saddleWork: Work = function* (engine, state, text) {
  const runs = [];
  for (const name of Object.keys(rules)) runs.push(yield* runOf(engine, name, state));
  const longest = Math.max(...runs.map(({ points }) => points.length / 2 - 1));
  const marks = runs.map(({ name, points, y }, k) =>
    lineMark(
      Array.from(
        { length: points.length / 2 },
        (_, step) => [step, Math.max(Math.abs(y[step] as number), 1e-16)] as const,
      ),
      { name: text(`rule.${name}`), color: k },
    ),
  );
  const words = (left: number): string => (left < 0 ? text("over", { limit }) : String(left));
  const [descent] = runs;
  const factor = 1 + 2 * state.rate;
  const closed = Math.floor((-state.offset * Math.LN10) / Math.log(factor)) + 1;
  return {
    charts: [
      plotChart(marks, {
        ...{
          height: chartHeight,
          yScale: "log",
          xRange: [0, longest],
          yRange: [Math.min(10 ** state.offset, 0.1) / 2, 2],
        },
        xLabel: text("axis.update"),
        yLabel: "|y|",
      }),
    ],
    surface: {
      lattice: latticeOf(engine, { f: saddle.f, xRange: [-1.5, 1.5], yRange: [-1.5, 1.5] }, side),
      trails: runs.map(({ points }, look) => ({ points, dimensions: 2, look })),
    },
    table: {
      caption: text("saddle.caption"),
      columns: [{ head: text("column.method") }, { head: text("column.left"), isNumber: true }],
      rows: runs.map(({ name, left }) => [text(`rule.${name}`), words(left)]),
    },
    sentences: [
      text("saddle.says", { offset: format(10 ** state.offset), updates: words(descent?.left ?? -1) }),
      text("saddle.factor", { factor: format(factor), closed }),
    ],
  };
};
