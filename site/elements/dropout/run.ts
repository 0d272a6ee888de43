// The computation: two networks are trained from the same start, one with dropout, then measured, and many masks are drawn.

import { type Engine, predictDraws } from "thalweg";
import type { State } from "./controls.ts";
import { evaluatedScale, randomMasks, scaled, withoutOne } from "./masks.ts";
import { column, type MaskedNetwork, type Network, networkOf, samples, updates, width } from "./network.ts";

/** Places at which curves are drawn, and those at which many masks are averaged. */
export const places = Array.from({ length: 121 }, (_, k) => -1 + k / 60);
export const fewPlaces = Array.from({ length: 41 }, (_, k) => -1 + k / 20);

const thin = 12;
const draws = 600;
const drawsAtOnce = 20;

export interface Measured {
  readonly training: number;
  readonly test: number;
  /** Rise of the training loss when one unit of the last hidden layer is taken out, sorted from the largest. */
  readonly rises: readonly number[];
}

export interface Result {
  /** State that was computed; the figure may be in a newer one. */
  readonly state: State;
  readonly inputs: readonly number[];
  readonly targets: readonly number[];
  update: number;
  /** Curves at `places`: evaluated without and with dropout; the scale of the misprint; single masks, one after the other. */
  plain: ArrayLike<number>;
  evaluated: ArrayLike<number>;
  misprinted: ArrayLike<number>;
  single: readonly ArrayLike<number>[];
  without: Measured;
  with: Measured;
  /** Masks drawn, and at `fewPlaces` their mean. */
  drawn: number;
  mean: Float64Array;
  /** Root mean square, over places, of the mean's distance to the evaluated network, and of the standard error of the mean. */
  distance: number;
  chance: number;
}

const rootMean = (values: Float64Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

/** Loss with each unit taken out, less the loss with all. */
function risesOf(nets: MaskedNetwork, network: Network, { inputs, targets }: Result, factor: number): number[] {
  const lossOf = (outputs: ArrayLike<number>, mask: number): number =>
    targets.reduce((sum, y, k) => sum + ((outputs[mask * inputs.length + k] as number) - y) ** 2, 0) / inputs.length;
  const all = lossOf(nets.outputs(network, inputs, scaled(factor)), 0);
  const outputs = nets.outputs(network, inputs, withoutOne(factor));
  return Array.from({ length: width }, (_, unit) => lossOf(outputs, unit) - all).sort((a, b) => b - a);
}

const cut = (values: ArrayLike<number>, size: number): ArrayLike<number>[] =>
  Array.from({ length: values.length / size }, (_, k) => Array.prototype.slice.call(values, k * size, (k + 1) * size));

/** Computes step by step; the result is brought up to date before each pause. */
export function* run(
  engine: Engine,
  nets: MaskedNetwork,
  state: State,
  take: (result: Result) => void,
): Generator<void, void> {
  const { inputs, targets, train, test } = samples(state);
  const plain = networkOf(engine, state, 0);
  const dropped = networkOf(engine, state, state.rate);
  const scale = evaluatedScale(state, state.rate);
  const result = { state, inputs, targets, update: 0, drawn: 0, single: [] } as unknown as Result;
  const measure = (): void => {
    result.plain = nets.outputs(plain, places, scaled(1));
    result.evaluated = nets.outputs(dropped, places, scaled(scale));
    result.misprinted = nets.outputs(dropped, places, scaled(state.rate));
    const measured = (network: Network, factor: number): Measured => ({
      training: network.evaluate(train).loss,
      test: network.evaluate(test).loss,
      rises: risesOf(nets, network, result, factor),
    });
    result.without = measured(plain, 1);
    result.with = measured(dropped, scale);
  };
  try {
    for (let update = 0; update < updates; update++) {
      plain.step(train);
      dropped.step(train);
      result.update = update + 1;
      if (update % 200 === 199 || update === 0) {
        measure();
        take(result);
      }
      yield;
    }
    result.single = cut(nets.outputs(dropped, places, randomMasks(state, thin, state.seed)), places.length);
    yield* average(dropped, result);
  } finally {
    plain.free();
    dropped.free();
  }
}

/** Averages the outputs with random masks, and compares the mean with the evaluated network. */
function* average(network: Network, result: Result): Generator<void, void> {
  const x = column(fewPlaces);
  const evaluated = network.predict(x).data;
  const [sums, squares] = [new Float64Array(fewPlaces.length), new Float64Array(fewPlaces.length)];
  result.mean = new Float64Array(fewPlaces.length);
  for (let first = 0; first < draws; first += drawsAtOnce) {
    const { data } = predictDraws(network, x, { draws: drawsAtOnce, first });
    for (let k = 0; k < data.length; k++) {
      const [place, value] = [k % x.length, data[k] as number];
      sums[place] = (sums[place] as number) + value;
      squares[place] = (squares[place] as number) + value * value;
    }
    const drawn = first + drawsAtOnce;
    result.mean = sums.map((sum) => sum / drawn);
    const errors = squares.map((sum, k) =>
      Math.sqrt(Math.max(0, sum / drawn - (result.mean[k] as number) ** 2) / drawn),
    );
    result.distance = rootMean(result.mean.map((mean, k) => mean - (evaluated[k] as number)));
    result.chance = rootMean(errors);
    result.drawn = drawn;
    yield;
  }
}
