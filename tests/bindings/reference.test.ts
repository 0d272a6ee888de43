// Whole training runs against runs recorded from PyTorch: digits with full-batch and mini-batch descent.

import { accuracy, createTrainer, linear, relu, sequential, sgd, softmaxCrossEntropy, type Trainer } from "thalweg";
import { afterEach, describe, expect, it } from "vitest";
import { asData, expectEpoch, expectRelative, fitRecorded, type RecordedRun, train } from "./digits.js";
import { engine, engineForEach, fixture } from "./engine.js";
import { expectClose, parkMiller } from "./numbers.js";

engineForEach();
afterEach(() => {
  expect(engine.bytesInUse).toBeLessThan(2 ** 26);
});

interface DigitsRun extends RecordedRun {
  readonly finalParamSums: Readonly<Record<"W1" | "b1" | "W2" | "b2", number>>;
  readonly optimizer: { readonly lr: number };
  readonly float32: Pick<RecordedRun, "history" | "firstStepLosses">;
}

describe("8x8 digits, 64-32-10", () => {
  const { runs } = fixture<{ runs: DigitsRun[] }>("digits_mlp_traces");
  const shape = [64];

  /** A trainer that starts where the recorded run did, and the rest of the run's random numbers. */
  function start(run: DigitsRun, dtype: "f32" | "f64"): { trainer: Trainer; draw: () => number } {
    const draw = parkMiller();
    const weights = (outputs: number, inputs: number) => {
      const bound = Math.sqrt(6 / inputs);
      const rows = Array.from({ length: outputs }, () =>
        Array.from({ length: inputs }, () => (2 * draw() - 1) * bound),
      );
      // Recorded as [out, in]; a layer here holds [in, out].
      return Array.from({ length: inputs }, (_, i) => rows.map((row) => row[i] as number));
    };
    const trainer = createTrainer(engine, {
      model: sequential([linear(64, 32), relu(), linear(32, 10)]),
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: run.optimizer.lr }),
      metrics: [accuracy()],
      dtype,
      microBatch: 2000,
    });
    trainer.setParameters({ "0.weight": weights(32, 64), "2.weight": weights(10, 32) });
    return { trainer, draw };
  }

  function expectSums(trainer: Trainer, run: DigitsRun): void {
    const parameters = trainer.parameters();
    for (const [ours, theirs] of [
      ["0.weight", "W1"],
      ["0.bias", "b1"],
      ["2.weight", "W2"],
      ["2.bias", "b2"],
    ] as const) {
      const sum = Array.from(parameters[ours]!.data).reduce((total, value) => total + value, 0);
      expectClose(sum, run.finalParamSums[theirs], 1e-10, `sum of ${theirs}`);
    }
  }

  const byBatch = (size: (batch: number) => boolean): DigitsRun => runs.find(({ batch }) => size(batch)) as DigitsRun;
  const full = byBatch((batch) => batch === train.length);
  const mini = byBatch((batch) => batch < train.length);

  it("holds one full-batch and one mini-batch run", () => expect(runs).toEqual([full, mini]));

  it("gradient descent by steps, in f64: every loss within 1e-10, every count", () => {
    const { trainer } = start(full, "f64");
    expectRelative(trainer.evaluate(asData(train, shape)).loss, full.initialTrainLoss, 1e-10, "initial loss");
    for (const [k, epoch] of full.history.entries()) {
      const { loss } = trainer.step(asData(train, shape));
      const expected = full.firstStepLosses[k];
      if (expected !== undefined) expectRelative(loss, expected, 1e-10, `loss of step ${k + 1}`);
      expectEpoch(trainer, shape, epoch, 1e-10, 0);
    }
    expectSums(trainer, full);
  });

  /** Runs the recorded epochs by fit over data put into the recorded order. */
  async function fitMini(dtype: "f32" | "f64", onEpoch: (trainer: Trainer, epoch: number) => void): Promise<number[]> {
    const { trainer, draw } = start(mini, dtype);
    const losses = await fitRecorded(trainer, shape, mini, draw, (epoch) => onEpoch(trainer, epoch));
    if (dtype === "f64") expectSums(trainer, mini);
    expect(trainer.steps).toBe(mini.epochs * Math.ceil(train.length / mini.batch));
    return losses;
  }

  it("mini-batch descent by fit, in f64: every loss within 1e-10, every count", async () => {
    const losses = await fitMini("f64", (trainer, k) => expectEpoch(trainer, shape, mini.history[k]!, 1e-10, 0));
    expect(losses.length).toBe(mini.epochs * Math.ceil(train.length / mini.batch));
    for (const [k, expected] of mini.firstStepLosses.entries())
      expectRelative(losses[k] as number, expected, 1e-10, `loss of step ${k + 1}`);
  });

  it("mini-batch descent in f32: losses within 1e-3 after 6 epochs, counts within 3", async () => {
    await fitMini("f32", (trainer, k) => {
      if (k === 5) expectEpoch(trainer, shape, mini.float32.history[5]!, 1e-3, 3);
    });
  });
});
