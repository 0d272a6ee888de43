// Trains a small deep network under schedules: the one composed, the same without warm-up, and its rate held constant.

import {
  accuracy,
  constantSchedule,
  createTrainer,
  type Dataset,
  DivergenceError,
  type Engine,
  heNormal,
  linear,
  relu,
  type Schedule,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { standardize } from "../digits.ts";
import { codeOf, composed, made, warmOf } from "./compose.ts";
import { type State, stepsOf } from "./controls.ts";

/** Steps between two pauses: a few milliseconds, and more in long runs, which would else wait for many frames. */
const sliceSteps = (steps: number): number => Math.max(60, Math.ceil(steps / 35));

export interface Plan {
  /** Name in the texts, and index of the color. */
  readonly name: "composed" | "cold" | "constant";
  readonly look: number;
  /** All that the run depends on, as text. */
  readonly key: string;
  readonly schedule: Schedule;
}

export interface Run {
  /** Loss of each batch before its update. */
  readonly losses: Float32Array;
  /** Updates that were made; fewer than planned after an overflow. */
  count: number;
  /** Share of the test digits that is read right at the end. */
  accuracy: number;
}

export interface Digits {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** Runs that a state needs. */
export function plansOf(state: State): Plan[] {
  const keyOf = (code: string): string => `${code} ${stepsOf(state)} ${state.momentum} ${state.seed}`;
  const whole = composed(state);
  const plans: Plan[] = [{ name: "composed", look: 0, key: keyOf(codeOf(whole)), schedule: made(whole) }];
  const cold = composed(state, false);
  if (warmOf(state) > 0) plans.push({ name: "cold", look: 1, key: keyOf(codeOf(cold)), schedule: made(cold) });
  const constant = keyOf(`constantSchedule(${state.rate})`);
  if (plans.every(({ key }) => key !== constant))
    plans.push({ name: "constant", look: 2, key: constant, schedule: constantSchedule(state.rate) });
  return plans;
}

/** Trains under a plan; `pause` is awaited between slices, and returns false if the run is not wanted any more. */
export async function train(
  engine: Engine,
  digits: Digits,
  { schedule }: Plan,
  state: State,
  pause: (share: number) => Promise<boolean>,
): Promise<Run | null> {
  const steps = stepsOf(state);
  const { momentum } = state;
  const run: Run = { losses: new Float32Array(steps), count: 0, accuracy: Number.NaN };
  const trainer = createTrainer(engine, {
    model: sequential([
      ...[linear(784, 32, { weight: heNormal }), relu()],
      ...[linear(32, 32, { weight: heNormal }), relu()],
      linear(32, 10),
    ]),
    loss: softmaxCrossEntropy(),
    optimizer: momentum > 0 ? sgd({ learningRate: schedule, momentum }) : sgd({ learningRate: schedule }),
    metrics: [accuracy()],
    standardize,
    seed: state.seed,
  });
  const onProgress = ({ losses }: { losses: ArrayLike<number> }): void => {
    run.losses.set(losses, run.count);
    run.count += losses.length;
  };
  try {
    while (trainer.steps < steps) {
      await trainer.fit(digits.train, {
        steps: Math.min(sliceSteps(steps), steps - trainer.steps),
        batchSize: 32,
        onProgress,
      });
      if (!(await pause(trainer.steps / steps))) return null;
    }
    run.accuracy = trainer.evaluate(digits.test).accuracy ?? Number.NaN;
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
  } finally {
    trainer.free();
  }
  return run;
}
