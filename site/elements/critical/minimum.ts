// A local minimum: a hundred points descend with noise, as small batches have it, under three schedules. The lower well is on
// the left.

import { cosineDecay, gradientNoise, type Schedule, sgd, type Tensor, warmRestarts } from "thalweg";
import { createSearch } from "thalweg/minimizers";
import { lineMark, type PlotChart, plotChart, ruleMark } from "thalweg/plot";
import { format } from "../kit/numbers.ts";
import { advanced } from "./advance.ts";
import type { State } from "./controls.ts";
import { chartHeight, type Text, type Work } from "./shown.ts";

export const points = 100;
export const start = 1.5;
/** Updates in a cycle. */
export const cycle = 200;
/** Top of the hill between the wells: the root of 4 x³ − 4 x + 0.3 near 0. */
const hill = 0.0754;

/** (x² − 1)² + 0.3 x, summed over the points. */
const f = (x: Tensor): Tensor => x.square().subtract(1).square().add(x.multiply(0.3)).sum();

interface Run {
  readonly name: string;
  /** Number of points in the lower well after an update. */
  lower(update: number): number;
  /** Updates made: fewer if a number was not finite. */
  readonly made: number;
}

interface Way {
  make(state: State): Schedule;
  call(state: State): string;
}

export const schedules: Readonly<Record<string, Way>> = {
  once: {
    make: ({ peak }) => cosineDecay({ initial: peak, length: cycle }),
    call: ({ peak }) => `cosineDecay({ initial: ${peak}, length: ${cycle} })`,
  },
  restarts: {
    make: ({ peak }) => warmRestarts({ maximum: peak, length: cycle }),
    call: ({ peak }) => `warmRestarts({ maximum: ${peak}, length: ${cycle} })`,
  },
  long: {
    make: ({ peak, cycles }) => cosineDecay({ initial: peak, length: cycle * cycles }),
    call: ({ peak, cycles }) => `cosineDecay({ initial: ${peak}, length: ${cycle * cycles} })`,
  },
};

/** Charts of the function, and of the points in the lower well against the update. */
function chartsOf(runs: readonly Run[], updates: number, text: Text): PlotChart[] {
  const marks = runs.map(({ name, lower, made }, k) =>
    lineMark(
      Array.from({ length: Math.floor(made / 10) + 1 }, (_, step) => [10 * step, lower(10 * step)] as const),
      { name: text(`schedule.${name}`), color: k },
    ),
  );
  const curve = Array.from({ length: 141 }, (_, k): [number, number] => {
    const x = -1.75 + k / 40;
    return [x, (x * x - 1) ** 2 + 0.3 * x];
  });
  return [
    plotChart([lineMark(curve, { name: "f(x)", color: 5 }), ruleMark({ x: start }, text("start"))], {
      ...{ height: chartHeight, xLabel: "x", yLabel: "f", xRange: [-1.75, 1.75], yRange: [-0.5, 2.5] },
    }),
    plotChart(marks, {
      ...{ height: chartHeight, xRange: [0, updates], yRange: [0, points] },
      xLabel: text("axis.update"),
      yLabel: text("axis.share"),
    }),
  ];
}

export const minimumWork: Work = function* (engine, state, text) {
  const { deviation, cycles, seed } = state;
  const updates = cycle * cycles;
  const from = new Float64Array(points).fill(start);
  const runs: Run[] = [];
  for (const [name, { make }] of Object.entries(schedules)) {
    const noise = { gradient: [gradientNoise({ scale: Math.max(deviation ** 2, 1e-12), decay: 0 })], seed };
    const search = createSearch(engine, f, from, sgd({ learningRate: make(state) }), {
      maxIterations: updates,
      gradientTolerance: 0,
      ...noise,
    });
    const { x, points: count } = yield* advanced(search, cycle);
    const lower = (update: number): number => {
      let count = 0;
      for (let k = 0; k < points; k++) if ((x[update * points + k] as number) < hill) count++;
      return count;
    };
    runs.push({ name, lower, made: count - 1 });
  }
  const at = (run: Run, update: number): string => String(run.lower(Math.min(update, run.made)));
  const [once, restarts, long] = runs as [Run, Run, Run];
  const shown = [...new Set([1, 2, cycles])];
  return {
    charts: chartsOf(runs, updates, text),
    table: {
      caption: text("minimum.caption", { points }),
      columns: [
        { head: text("column.schedule") },
        ...shown.map((k) => ({ head: text("column.after", { updates: k * cycle }), isNumber: true })),
      ],
      rows: runs.map((run) => [text(`schedule.${run.name}`), ...shown.map((k) => at(run, k * cycle))]),
    },
    sentences: [
      text("minimum.says", { points, deviation: format(deviation), once: at(once, updates), cycle }),
      text("minimum.restarts", { cycles: cycles - 1, restarts: at(restarts, updates), long: at(long, updates) }),
    ],
  };
};
