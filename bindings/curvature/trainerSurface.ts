// The surface of a trainer's loss over a data set.

import * as abi from "../../assembly/abi.js";
import { argumentType, type ColumnShape, Dataset, datasetOf, type Samples, writeColumn } from "../data/dataset.js";
import { wholeOnly } from "../engine/featureSets.js";
import { ModelScope } from "../layers/context.js";
import type { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Trace, writeArray } from "../tensors/trace.js";
import { chunksOf } from "../training/evaluate.js";
import { arrangeTensors } from "../training/parameters.js";
import { meanOf, ownTensor } from "../training/purposes.js";
import { checkTrainer, type Trainer } from "../training/trainer.js";
import { bytesOf, elementCount, halvesOf, type NDArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkOptions } from "../values/options.js";
import { LossSurface, type SurfacePart, type SurfaceSource } from "./surface.js";

const where = "trainerSurface";

export interface TrainerSurfaceOptions {
  /** Type of the arithmetic; default "f64", whatever the trainer's. */
  readonly dtype?: "f32" | "f64";
}

/**
 * The surface of a trainer's loss over samples, at its weights of this moment: L(w) = the mean that `evaluate` answers,
 * with dropout off and running statistics held fixed, without penalties. The trainer itself is never changed; after
 * further training, `moveTo()` takes its new weights.
 *
 * @param samples  { inputs, targets } or a data set
 * @returns        value(), gradient(), hvp(v), hessian() over all parameters in declaration order; free it when done
 * @throws ShapeError  the data does not fit the model, or the model has no parameters
 * @throws RangeError  labels without an output
 * @example
 * const surface = trainerSurface(trainer, data);
 * surface.hessian().data; // [1, 1, 1, 2]
 * @see Pearlmutter, *Fast exact multiplication by the Hessian*, Neural Computation, 1994
 */
export const trainerSurface = /* @__PURE__ */ wholeOnly(function trainerSurface(
  trainer: Trainer,
  samples: Samples | Dataset,
  options: TrainerSurfaceOptions = {},
): LossSurface {
  checkTrainer(where, trainer);
  checkOptions(where, options, ["dtype"]);
  const dtype = checkChoice(where, "dtype", options.dtype ?? "f64", ["f32", "f64"]);
  const { engine, options: parts } = trainer;
  const values = { parameters: trainer.parameters(), state: Object.values(trainer.state()) };
  return trainer.lock.hold(() => {
    if (samples instanceof Dataset)
      return samples.hold(engine, (data) => surfaceOver(trainer, data, dtype, values, () => {}));
    const data = datasetOf(where, engine, samples, parts.loss.targets);
    try {
      return surfaceOver(trainer, data, dtype, values, () => data.free());
    } catch (error) {
      data.free();
      throw error;
    }
  });
});

/** Copies of the parameters and of the running state. */
interface Values {
  readonly parameters: Readonly<Record<string, NDArray>>;
  readonly state: readonly NDArray[];
}

/** Where the loss of a trainer over a data set reads: state, inputs and targets of a part, in this order. */
interface LossOver {
  readonly trainer: Trainer;
  readonly values: Values;
  readonly data: Dataset;
  readonly dtype: "f32" | "f64";
  readonly inputs: ColumnShape;
  readonly targets: ColumnShape;
  readonly targetType: "f32" | "f64" | "i32";
  readonly bytes: { readonly state: number; readonly inputs: number; readonly targets: number };
}

function surfaceOver(
  trainer: Trainer,
  data: Dataset,
  dtype: "f32" | "f64",
  values: Values,
  free: () => void,
): LossSurface {
  const [inputs, targets] = data.columns;
  if (!inputs || !targets) throw new ShapeError(`${where}: the data has no targets. Give { inputs, targets }.`);
  const { loss } = trainer.options;
  const weighted = isWeighted(trainer, data);
  const parts = partsOf(data.rows, weighted || loss.reduction === "sum", weighted ? 1 : data.rows);
  const rows = parts[0]?.rows ?? 0;
  const targetType = argumentType(targets, dtype, loss.targets === "classes");
  const bytes = {
    state: blockBytes(dtype, trainer.memory.stateLayout.elements),
    inputs: blockBytes(dtype, rows * elementCount(inputs.row)),
    targets: blockBytes(targetType, rows * elementCount(targets.row)),
  };
  const over: LossOver = { trainer, values, data, dtype, inputs, targets, targetType, bytes };
  const source = sourceOf(over, parts, free);
  if (!weighted) return new LossSurface(source);
  return new LossSurface({ ...source, parts: partsOf(data.rows, true, totalWeight(source, over)) });
}

function sourceOf(over: LossOver, parts: readonly SurfacePart[], free: () => void): SurfaceSource {
  const { trainer, data, dtype, bytes } = over;
  const { parameters } = over.values;
  return {
    where,
    engine: trainer.engine,
    leaves: Object.entries(parameters).map(([name, { shape, data: values }]) => ({ name, shape, dtype, data: values })),
    example: parameters,
    parts,
    argumentBytes: bytes.state + bytes.inputs + bytes.targets,
    columnCount: 2,
    order: data.order,
    random: [...halvesOf(trainer.options.seed), ...halvesOf(trainer.memory.steps)],
    emit(...call) {
      const { sum, tensor } = lossOf(over, ...call);
      return sum ?? tensor;
    },
    fill: writerOf(over),
    check: () => {
      data.check(trainer.engine);
    },
    current: () => trainer.parameters(),
    free,
  };
}

/** The mean of a part, or its numerator and denominator; state, inputs and targets lie from `offset` on. */
function lossOf(over: LossOver, trace: Trace, pieces: readonly Tensor[], count: number, offset: number) {
  const { trainer, data, dtype, inputs, targets, targetType, bytes } = over;
  const { model, loss } = trainer.options;
  const states = new Map(
    trainer.memory.stateLayout.entries.map((entry) => [
      entry.name,
      trace.leaf(abi.spaceArguments, offset + bytesOf(dtype, entry.offset), dtype, entry.shape),
    ]),
  );
  const scope = new ModelScope(trace, model, false, count, dtype, states);
  const at = offset + bytes.state;
  const x = trace.leaf(abi.spaceArguments, at, dtype, [count, ...inputs.row]);
  const y = trace.leaf(abi.spaceArguments, at + bytes.inputs, targetType, [count, ...targets.row]);
  const answer = model.apply(arrangeTensors(model.parameters, pieces), x, scope.context);
  const prediction = ownTensor(model.name, answer, dtype);
  trainer.programs.checkTargets(data, prediction.shape);
  return meanOf(loss.name, loss.apply(prediction, y), dtype);
}

/** Writes the state as it is now, and the column records. */
function writerOf({ trainer, values, data, dtype, targetType, bytes }: LossOver): SurfaceSource["fill"] {
  const { engine, memory, options } = trainer;
  return (block, columns, offset) => {
    for (const [k, entry] of memory.stateLayout.entries.entries())
      writeArray(engine, block + offset + bytesOf(dtype, entry.offset), dtype, values.state[k]?.data ?? []);
    for (const [k, column] of data.columns.entries()) {
      const source = { address: data.addresses[k] as number, type: column.type, rowElements: elementCount(column.row) };
      const at = offset + bytes.state + (k === 0 ? 0 : bytes.inputs);
      const target = { offset: at, type: k === 0 ? dtype : targetType };
      const standardize = k === 0 ? (options.standardize ?? null) : null;
      writeColumn(engine, columns + k * abi.columnBytes, source, target, standardize);
    }
  };
}

/** Whether the loss comes as a numerator and a denominator. */
function isWeighted(trainer: Trainer, data: Dataset): boolean {
  trainer.evaluator.prepare(data);
  return trainer.evaluator.runs(data)[0]?.program.results[0]?.weighted === true;
}

/** The denominator over all rows, in the type of the surface. */
function totalWeight(source: SurfaceSource, over: LossOver): number {
  const weights = new LossSurface({
    ...source,
    emit: (...call) =>
      lossOf(over, ...call)
        .tensor.slice(0, 1, 2)
        .reshape([]),
    free() {},
  });
  try {
    return weights.value();
  } finally {
    weights.free();
  }
}

/** Chunks of rows, weighted so that their sum is the mean: means by their rows, sums as they are, over a denominator. */
function partsOf(rows: number, summed: boolean, denominator: number): SurfacePart[] {
  return chunksOf(rows).map((chunk) => ({ ...chunk, weight: (summed ? 1 : chunk.rows) / denominator }));
}
