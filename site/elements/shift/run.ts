// Two networks learn the same two rings from the same start, with and without batch normalization. Every few updates the inputs of the
// last hidden layer's activation are looked at, as in figure 1 of Ioffe and Szegedy, Batch normalization, ICML 2015.

import {
  accuracy,
  batchNorm,
  createTrainer,
  DivergenceError,
  type Engine,
  heNormal,
  type Initializer,
  type Layer,
  linear,
  normalInitializer,
  relu,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  tanh,
  xavierNormal,
} from "thalweg";
import { layerOutputs } from "thalweg/inspect";
import { uniformNumbers } from "../kit/noise.ts";
import { depth, every, looks, type State, width } from "./controls.ts";

const count = 200;
const batchSize = 50;
const layerOf: Record<string, () => Layer> = { tanh, sigmoid, relu };

/** Points of two rings around (1, −0.5), in thousandths; the class is the ring. */
export const points = (() => {
  const drawn = uniformNumbers(2 * count, 5);
  return Array.from({ length: count }, (_, k) => {
    const radius = (k % 2 === 0 ? 0.35 : 1) + 0.5 * ((drawn[2 * k] as number) - 0.5);
    const angle = 2 * Math.PI * (drawn[2 * k + 1] as number);
    return [1 + radius * Math.cos(angle), radius * Math.sin(angle) - 0.5].map((x) => Math.round(1000 * x) / 1000);
  });
})();
const classes = Int32Array.from({ length: count }, (_, k) => k % 2);
const all = { inputs: points, targets: classes };
const batches = Array.from({ length: count / batchSize }, (_, k) => ({
  inputs: points.slice(k * batchSize, (k + 1) * batchSize),
  targets: classes.slice(k * batchSize, (k + 1) * batchSize),
}));

const initializerOf = ({ start, activation }: State): Initializer =>
  start === "careless" ? normalInitializer(0.01) : activation === "relu" ? heNormal : xavierNormal;

function networkOf(engine: Engine, state: State, isNormalized: boolean) {
  const weight = initializerOf(state);
  const hidden = (inputs: number): Layer[] => [
    linear(inputs, width, { weight }),
    ...(isNormalized ? [batchNorm(width)] : []),
    (layerOf[state.activation] as () => Layer)(),
  ];
  const layers = Array.from({ length: depth }, (_, k) => hidden(k === 0 ? 2 : width)).flat();
  return createTrainer(engine, {
    model: sequential([...layers, linear(width, 2, { weight })]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 10 ** state.rate }),
    metrics: [accuracy()],
    seed: state.seed,
  });
}

type Network = ReturnType<typeof networkOf>;

/** The 15th, 50th and 85th percentile of what a unit's activation is given. */
export type Percentiles = readonly [low: number, median: number, high: number];

export interface Look {
  readonly update: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly units: readonly Percentiles[];
  /** Distance that the medians moved since the last look, in units of the spread then; mean over units. */
  readonly moved: number;
}

export interface Learner {
  readonly looks: Look[];
  diverged: boolean;
}

export interface Result {
  /** State that was computed; the figure may be in a newer one. */
  readonly state: State;
  readonly without: Learner;
  readonly with: Learner;
}

function percentiles(values: ArrayLike<number>, unit: number): Percentiles {
  const own = Float64Array.from({ length: count }, (_, k) => values[k * width + unit] as number).sort();
  const at = (share: number): number => own[Math.floor(share * count)] as number;
  return [at(0.15), at(0.5), at(0.85)];
}

/** Units whose inputs do not spread are dead, and left out; NaN if most are. */
function movement(before: readonly Percentiles[] | undefined, now: readonly Percentiles[]): number {
  const moves = (before ?? []).flatMap(([low, median, high], k) =>
    high - low < 1e-3 ? [] : [Math.abs((now[k] as Percentiles)[1] - median) / (high - low)],
  );
  return moves.length < width / 2 ? Number.NaN : moves.reduce((sum, move) => sum + move, 0) / moves.length;
}

function look(network: Network, { looks: found }: Learner, update: number, isNormalized: boolean): void {
  if (isNormalized) network.refreshStatistics(all);
  // The layers are linear, batch norm if there is one, and activation, `depth` times.
  const below = (isNormalized ? 3 : 2) * depth - 2;
  const { layers } = layerOutputs(network, points);
  const { data } = layers[String(below)] as { data: ArrayLike<number> };
  const units = Array.from({ length: width }, (_, unit) => percentiles(data, unit));
  const { loss, accuracy: share = Number.NaN } = network.evaluate(all);
  found.push({ update, loss, accuracy: share, units, moved: movement(found.at(-1)?.units, units) });
}

/** Trains both, and pauses after every look; the result grows. */
export function* run(engine: Engine, result: Result): Generator<void, void> {
  const networks = [false, true].map((isNormalized) => ({
    network: networkOf(engine, result.state, isNormalized),
    learner: isNormalized ? result.with : result.without,
    isNormalized,
  }));
  try {
    for (let k = 0; k <= looks; k++) {
      for (const { network, learner, isNormalized } of networks) {
        if (learner.diverged) continue;
        try {
          for (let update = (k - 1) * every; k > 0 && update < k * every; update++)
            network.step(batches[update % batches.length] as (typeof batches)[number]);
          look(network, learner, k * every, isNormalized);
        } catch (error) {
          if (!(error instanceof DivergenceError)) throw error;
          learner.diverged = true;
        }
      }
      yield;
    }
  } finally {
    for (const { network } of networks) network.free();
  }
}
