// The trainer: the methods that users call to train, evaluate and save a model.

import { type AnySamples, Dataset, datasetOf, type NamedArrays, namedArrays, type Samples } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import * as fields from "../engine/recordFields.js";
import { fileOfArrays, parseSafetensors } from "../files/safetensors.js";
import { type WeightsOption, wantsAverage } from "../optimizers/averages.js";
import { recordOf } from "../tensors/named.js";
import type { Cost } from "../tensors/trace.js";
import { type ArrayLike, type NDArray, toArray } from "../values/arrays.js";
import { shownAs } from "../values/lines.js";
import { checkNumber, checkOptions, wrongKind } from "../values/options.js";
import { checkCheckpoint, checkNames, checkpointOf, type RestoreOptions, type SaveOptions } from "./checkpoint.js";
import { chunkRows, type Evaluation, Evaluator } from "./evaluate.js";
import { Run } from "./fit.js";
import type { Batches, FitOptions, StreamOptions } from "./fitOptions.js";
import { TrainerLock } from "./lock.js";
import { TrainerMemory } from "./memory.js";
import { checkNamed, readNamed } from "./namedArrays.js";
import type { TrainerParts } from "./parts.js";
import { ModelPrograms } from "./programs.js";
import { lookUpNext, writeScheduled } from "./schedules.js";
import type { AnyTypes, RefreshOptions, StepCalls, StepResult, TrainerTypes } from "./types.js";

/** A trainer of any types. */
export type AnyTrainer = Trainer<
  Omit<AnyTypes, "outputs"> & { outputs: NDArray | { readonly [name: string]: NDArray } }
>;

/** Trains a model; made by `createTrainer`. */
export class Trainer<Types extends TrainerTypes = AnyTypes> {
  /** Engine that it belongs to. */
  readonly engine: Engine;
  /** Model, loss, optimizer and all other options, with their defaults. @internal */
  readonly options: TrainerParts;
  /** @internal */
  readonly memory: TrainerMemory;
  /** @internal */
  readonly programs: ModelPrograms;
  /** @internal */
  readonly lock = new TrainerLock();
  /** @internal */
  readonly evaluator: Evaluator;
  /** Batch of the last step that was given arrays. */
  #batch: Dataset | null = null;

  /** @internal */
  constructor(engine: Engine, options: TrainerParts, memory = new TrainerMemory(engine, options)) {
    this.engine = engine;
    this.options = options;
    this.memory = memory;
    try {
      checkNames(this.memory);
    } catch (error) {
      this.memory.free();
      throw error;
    }
    this.programs = new ModelPrograms(this.memory, options);
    this.evaluator = new Evaluator(this);
    shownAs(this, () => {
      const { model, loss, optimizer } = options;
      const status = this.lock.state === "freed" ? "freed" : `step ${this.steps}`;
      return `Trainer { ${model.name}; ${loss.name}; ${optimizer.name}; ${status} }`;
    });
  }

  /** Runs `body` with a data set of the samples, which is freed afterwards unless the caller made it. @internal */
  withData<T>(where: string, samples: AnySamples | Dataset, body: (data: Dataset) => T): T {
    this.programs.caller = where;
    if (samples instanceof Dataset) return samples.hold(this.engine, body);
    const data = datasetOf(where, this.engine, samples, this.options.loss.targets);
    try {
      return body(data);
    } finally {
      data.free();
    }
  }

  /** Runs `body` with programs that read the weights or their average, as the options have it. */
  #withWeights<T>(where: string, options: WeightsOption, body: () => T): T {
    this.memory.readsAverage = wantsAverage(where, options, this.options.average);
    try {
      return body();
    } finally {
      this.memory.readsAverage = false;
    }
  }

  /** Number of updates since the weights were initialized. */
  get steps(): number {
    if (this.lock.state === "freed") this.lock.check();
    return this.memory.steps;
  }

  /**
   * Learning rate of the next update: that of the first trained group, if groups differ. Setting a positive number changes
   * the rates of all groups in their initial proportion, from the next update on, also between the epochs and in
   * `onProgress` of a run. Checkpoints keep it. It cannot be set with a schedule, or for optimizers without a gradient.
   * @throws TypeError   not a number, or the rate has a schedule
   * @throws RangeError  not positive
   * @example
   * trainer.learningRate /= 10;
   * trainer.learningRate; // 0.01
   */
  get learningRate(): number {
    this.lock.check();
    const { engine, memory } = this;
    if (memory.rate > 0) return memory.rate;
    writeScheduled(this);
    return engine.get(memory.get(fields.trainerGroups), fields.groupLearningRate);
  }

  set learningRate(value: number) {
    this.lock.check();
    const { memory } = this;
    if (Number.isNaN(memory.rate))
      throw new TypeError("trainer: learningRate is a schedule, or missing. Create the trainer with a number.");
    memory.rate = checkNumber("trainer", "learningRate", value, { above: 0 });
    memory.writeRate();
  }

  /**
   * Reports the loss of an epoch, or another quantity, to `plateau` schedules. `fit` does so by itself; call it in loops over
   * `step`.
   * @param value  the loss of the validation samples, for example
   * @throws TypeError  not a number
   * @example
   * trainer.observe(trainer.evaluate(data).loss);
   */
  observe(value: number): void {
    this.lock.checkIdle();
    if (typeof value !== "number") throw wrongKind("observe", "the loss", "a number", value);
    this.engine.call((core) => core.observe(this.memory.record, value));
  }

  /**
   * Returns the cost of the training program for a batch of `rows` rows, without running it, with the augmentation of the data
   * or else of the last `fit` or `step`.
   * @param samples  { inputs, targets } or a data set
   * @param rows     rows of the batch, an integer ≥ 1
   */
  cost(samples: Samples<Types["inputs"], Types["targets"]> | Dataset, rows: number): Cost {
    return this.lock.change(() => {
      checkNumber("cost", "rows", rows, { min: 1, integer: true });
      return this.withData("cost", samples as AnySamples, (data) => {
        this.programs.reserveRuns(data, rows, data.augment ?? this.programs.trained);
        return this.programs.get("train", rows).program.cost;
      });
    });
  }

  /**
   * Updates the weights once: w ← rule(w, ∇L); with `accumulate` every k-th call does. Nothing changes if it throws. The memory
   * of a batch is kept for the next one. Beside a run of `fit` it is one more update between two of the run, whose counts of its
   * own updates and epochs do not change; not with a method, or in a worker, where it throws. `measuredStep` measures as well.
   *
   * @param batch  { inputs [batch, ...], targets } or a data set, all of whose rows are the batch
   * @throws ShapeError       the batch does not fit the model
   * @throws DivergenceError  the loss, the penalty or the gradient is not finite
   * @example
   * trainer.step(data).loss > 0; // true
   */
  step(batch: Samples<Types["inputs"], Types["targets"]> | Dataset): StepResult {
    return this.update("step", batch as AnySamples | Dataset);
  }

  /** A step; `around` is called when all is prepared for the update, and after it. @internal */
  update(where: string, batch: AnySamples | Dataset, around?: StepCalls): StepResult {
    return this.lock.update(() => {
      this.programs.caller = where;
      const { engine } = this;
      if (batch instanceof Dataset) return batch.hold(engine, (data) => this.#update(data, around));
      // The memory of the last batch serves the next one of the same form.
      this.#batch = datasetOf(where, engine, batch, this.options.loss.targets, this.#batch);
      return this.#update(this.#batch, around);
    });
  }

  #update(data: Dataset, around?: StepCalls): StepResult {
    const { engine, memory, programs } = this;
    programs.prepareStep(data);
    lookUpNext(this);
    around?.before(data);
    engine.checked((core) => core.step(memory.record, data.order, data.rows), memory);
    const loss = memory.get(fields.trainerStepLoss);
    const result: { -readonly [key in keyof StepResult]: StepResult[key] } = {
      loss,
      gradientNorm: memory.get(fields.trainerGradientNorm),
    };
    if (memory.layout.penalized) result.penalty = memory.get(fields.trainerPenalty);
    around?.after(data);
    return result;
  }

  /**
   * Trains on batches as they come, from an async generator for example: each is one update, as by `step`, in the order of
   * the source. The next batch is taken when the last one was trained on, and only one is in memory. A checkpoint contains the
   * place in the epoch: after `restore`, training on the batches that follow continues as if it had never stopped.
   * @param batches  iterable or async iterable of { inputs, targets, weights }, whose numbers of rows may differ
   * @param options  epochs or steps, stepsPerEpoch, validation, and more: see StreamOptions
   * @throws Error  in the run: the source failed; the message has the number of the batch, from 1 in this run
   * @example
   * async function* batches() {
   *   for (let k = 0; k < 10; k++) yield { inputs: [[k / 10]], targets: [[k]] };
   * }
   * await trainer.fit(batches(), { epochs: 1 });
   */
  fit(
    batches: Batches<Samples<Types["inputs"], Types["targets"]>>,
    options: StreamOptions<Samples<Types["inputs"], Types["targets"]>, Types["results"]>,
  ): Run<Types["results"]>;
  /**
   * Trains on a data set, many steps per WebAssembly call. It starts at once and returns a run, which is both an async
   * iterable of epochs and a promise of the history. Leaving the loop, or the signal, stops it after a whole step.
   * @param samples  { inputs, targets } or a data set
   * @param options  epochs or steps, batchSize, validation, and more: see FitOptions
   * @example
   * for await (const epoch of trainer.fit(data, { epochs: 5, batchSize: 64 })) console.log(epoch.loss);
   * const { best } = await trainer.fit(data, { epochs: 100, validation: data, earlyStopping: { patience: 3 } });
   */
  fit(
    samples: Samples<Types["inputs"], Types["targets"]> | Dataset,
    options: FitOptions<Samples<Types["inputs"], Types["targets"]>, Types["results"]>,
  ): Run<Types["results"]>;
  fit(given: unknown, options: unknown): Run<Types["results"]> {
    const run = this.lock.change(
      () => new Run<Types["results"]>(this, this.evaluator, given as AnySamples, options as FitOptions),
    );
    this.lock.state = (options as FitOptions).method ? "away" : "fitting";
    return run;
  }

  /**
   * Returns the loss, a mean over the samples whatever its reduction, the penalty and the metrics. Changes nothing.
   * @param samples  { inputs, targets } or a data set
   * @param options  weights: the "current" ones (default) or their "average"
   * @throws RangeError  the weights of all samples sum to 0
   */
  evaluate(
    samples: Samples<Types["inputs"], Types["targets"]> | Dataset,
    options: WeightsOption = {},
  ): Evaluation<Types["results"]> {
    return this.lock.read(() =>
      this.#withWeights("evaluate", options, () =>
        this.withData(
          "evaluate",
          samples as AnySamples,
          (data) => this.evaluator.evaluate(data) as Evaluation<Types["results"]>,
        ),
      ),
    );
  }

  /**
   * Returns the model's output for inputs [samples, ...] as { data, shape } with the same first axis; several outputs by
   * name. A row does not depend on the other rows.
   * @param inputs   [samples, ...], or several by name
   * @param options  weights: the "current" ones (default) or their "average"
   */
  predict(inputs: Types["inputs"], options: WeightsOption = {}): Types["outputs"] {
    return this.lock.read(() =>
      this.#withWeights("predict", options, () =>
        this.withData("predict", { inputs } as AnySamples, (data) => this.evaluator.predict(data)),
      ),
    );
  }

  /**
   * Returns label and probabilities of one sample, given without the batch axis, for a model whose outputs are logits: the softmax
   * of the outputs in f64, and the index of the largest output.
   * @param input  one sample [...], or several arrays by name
   * @throws ShapeError  the model has a single output
   */
  classify(input: Types["inputs"]): { label: number; probabilities: number[] } {
    const members = namedArrays("classify", input as ArrayLike | NamedArrays).map(([name, value]) => {
      const { data, shape } = toArray("classify", value);
      return [name, { data, shape: [1, ...shape] }] as const;
    });
    const samples = { inputs: recordOf(members) };
    return this.lock.read(() => this.withData("classify", samples, (data) => this.evaluator.classify(data)));
  }

  /** Returns copies of the parameters by name. @param options  weights: "current" (default) or their "average" */
  parameters(options: WeightsOption = {}): Record<string, NDArray> {
    return this.lock.read(() => {
      const averaged = wantsAverage("parameters", options, this.options.average);
      return readNamed(this.engine, this.memory.weights(averaged));
    });
  }

  /** Returns copies of the running state by name, such as the statistics of batch norm. */
  state(): Record<string, NDArray> {
    this.lock.check();
    return readNamed(this.engine, this.memory.state);
  }

  /**
   * Replaces parameters by name. All are checked before the first is written.
   * @param values  arrays of the shapes of the parameters, by name; others keep their numbers
   * @throws TypeError   not an object of arrays
   * @throws RangeError  an unknown name, or numbers that are not finite
   * @throws ShapeError  a wrong shape
   */
  setParameters(values: Readonly<Record<string, ArrayLike>>): void {
    this.lock.change(() => checkNamed(this.engine, "setParameters", this.memory.parameters, values)());
    this.memory.copyWeightsToWrappers();
  }

  /**
   * Replaces running state by name. All are checked before the first is written, but not what they mean to the layer: with
   * a variance below 0 the output of batch norm is NaN.
   * @param values  arrays of the shapes of the state, by name; other state keeps its numbers
   * @throws TypeError   not an object of arrays
   * @throws RangeError  an unknown name, or numbers that are not finite
   * @throws ShapeError  a wrong shape
   */
  setState(values: Readonly<Record<string, ArrayLike>>): void {
    this.lock.change(() => checkNamed(this.engine, "setState", this.memory.state, values)());
  }

  /**
   * Recomputes the running state, such as the statistics of batch norm, for the weights or for their average: its mean over
   * batches of the data in their order, weighted by rows, each computed as in training, but without augmentation. The former
   * state is replaced. PyTorch's `update_bn`.
   * @param samples  inputs [samples, ...], or a data set
   * @param options  weights "current" (default) or "average"; batchSize, an integer ≥ 1, default 256: the samples are split
   *                 into the smallest number of batches of at most this size, of nearly equal size
   * @throws RangeError  an average that the trainer does not have, batchSize below 1, or statistics that are not finite
   * @example
   * const averaged = createTrainer(engine, {
   *   model: sequential([batchNorm(1), linear(1, 1)]),
   *   loss: meanSquaredError(),
   *   optimizer: sgd({ learningRate: 0.1 }),
   *   average: swa({ unit: "step" }),
   * });
   * averaged.step(data);
   * averaged.refreshStatistics(data, { weights: "average" });
   * averaged.state()["0.mean"].data; // [0.5]
   * @see Izmailov et al., *Averaging weights leads to wider optima and better generalization*, UAI 2018, section 3.2
   */
  refreshStatistics(samples: Samples<Types["inputs"], Types["targets"]> | Dataset, options: RefreshOptions = {}): void {
    const where = "refreshStatistics";
    this.lock.change(() => {
      checkOptions(where, options, ["weights", "batchSize"]);
      const { weights = "current", batchSize = chunkRows } = options;
      checkNumber(where, "batchSize", batchSize, { min: 1, integer: true });
      this.#withWeights(where, { weights }, () =>
        this.withData(where, samples as AnySamples, (data) => this.evaluator.refreshState(where, data, batchSize)),
      );
    });
  }

  /**
   * Returns everything that determines the next step, and the model, as one safetensors file.
   * @param options  weightsOnly, and weights "current" or "average": see SaveOptions
   */
  save(options: SaveOptions = {}): Uint8Array {
    this.lock.check();
    return fileOfArrays("save", ...checkpointOf(this, options));
  }

  /**
   * Restores a saved state; training continues as if it had never stopped. Nothing changes if it throws.
   * @param bytes    what `save` of a trainer with the same options returned
   * @param options  only: parts of the state, for a trainer with other options: see RestoreOptions
   * @throws RangeError  the file is damaged, of another version, or of another model; the message names the parts that fit
   * @example
   * trainer.restore(trainer.save(), { only: ["weights", "state"] });
   */
  restore(bytes: Uint8Array, options: RestoreOptions = {}): void {
    this.lock.change(() => checkCheckpoint(this, parseSafetensors("restore", bytes), options)());
  }

  /** Frees all memory; further calls do nothing. */
  free(): void {
    if (this.lock.state === "freed") return;
    this.lock.checkIdle();
    this.#batch?.free();
    this.programs.free();
    this.memory.free();
    this.lock.state = "freed";
  }

  /** Calls `free`. */
  [Symbol.dispose](): void {
    this.free();
  }
}

/** Checks that the first argument is a trainer. @internal */
export function checkTrainer(where: string, trainer: unknown): AnyTrainer {
  if (trainer instanceof Trainer) return trainer;
  throw wrongKind(
    where,
    "the first argument",
    "a trainer",
    trainer,
    "createTrainer(engine, { model, loss, optimizer })",
  );
}
