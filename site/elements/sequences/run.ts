// Trains the layers beside each other, and takes the gradients by time step on the way.

import {
  accuracy,
  adam,
  clipGlobalNorm,
  compile,
  createTrainer,
  DivergenceError,
  type Engine,
  grad,
  linear,
  modelFunction,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
} from "thalweg";
import { checkpoints, every, type State } from "./controls.ts";
import { batchOf, counts, kinds, learningRate, type Sequences, sequencesOf, symbols, units } from "./task.ts";

/** Results of a layer after a number of updates. */
export interface Checkpoint {
  /** Share of other sequences whose symbol is named. */
  readonly accuracy: number;
  /** Root mean square over the sequences of the norm of the derivative of the right symbol's score by the input of each step. */
  readonly norms: readonly number[];
}

export interface Learner {
  readonly kind: string;
  readonly checkpoints: Checkpoint[];
  /** Update at which the loss was no longer finite; −1 if it always was. */
  diverged: number;
}

/** Norms by step of gradients [rows, steps, features]. */
function normsOf(data: ArrayLike<number>, [rows, steps, width]: readonly number[]): number[] {
  const squares = new Array<number>(steps as number).fill(0);
  for (let k = 0; k < data.length; k++) {
    const step = Math.floor(k / (width as number)) % (steps as number);
    squares[step] = (squares[step] as number) + (data[k] as number) ** 2;
  }
  return squares.map((square) => Math.sqrt(square / (rows as number)));
}

/** Trains one layer; yields after each piece of work. */
function* learn(engine: Engine, learner: Learner, state: State, train: Sequences, test: Sequences) {
  const { layer } = kinds[learner.kind]!;
  const trainer = createTrainer(engine, {
    model: sequential([layer(state), linear(units, symbols)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate }),
    gradient: state.clip ? [clipGlobalNorm(1)] : [],
    metrics: [accuracy()],
    seed: state.seed,
  });
  const model = modelFunction(trainer);
  const slopes = compile(engine, ({ x, y }: { x: Tensor; y: Tensor }) =>
    grad(engine, (input) => (model(input) as Tensor).multiply(y.oneHot(symbols)).sum())(x),
  );
  try {
    for (let update = 0; ; update++) {
      if (update % every === 0) {
        const { accuracy: share } = trainer.evaluate(test);
        const { data, shape } = slopes({ x: test.inputs, y: test.targets }) as {
          data: ArrayLike<number>;
          shape: readonly number[];
        };
        learner.checkpoints.push({ accuracy: share as number, norms: normsOf(data, shape) });
        if (update === every * checkpoints) return;
        yield;
      }
      try {
        trainer.step(batchOf(train, update));
      } catch (error) {
        if (!(error instanceof DivergenceError)) throw error;
        learner.diverged = update + 1;
        return;
      }
      yield;
    }
  } finally {
    slopes.free();
    trainer.free();
  }
}

export const learnersOf = ({ kinds: chosen }: State): Learner[] =>
  chosen.map((kind) => ({ kind, checkpoints: [], diverged: -1 }));

/** Trains all layers, some updates of one after some of the other. */
export function* learnAll(engine: Engine, learners: readonly Learner[], state: State): Generator<void, void> {
  const train = sequencesOf(engine, counts.train, state.length, 100 * state.seed);
  const test = sequencesOf(engine, counts.test, state.length, 100 * state.seed + 10);
  const works = learners.map((learner) => learn(engine, learner, state, train, test));
  try {
    const running = new Set(works);
    while (running.size > 0)
      for (const [k, work] of works.entries()) {
        const known = learners[k]!.checkpoints.length;
        while (running.has(work) && learners[k]!.checkpoints.length === known) {
          if (work.next().done) running.delete(work);
          yield;
        }
      }
  } finally {
    for (const work of works) work.return();
  }
}
