// Loss surfaces of trainers.

import * as abi from "../../assembly/abi.js";
import { argumentType, Dataset, datasetOf, type Samples, writeColumn } from "../data/dataset.js";
import { doubleAt } from "../engine/addresses.js";
import { wholeOnly } from "../engine/featureSets.js";
import * as fields from "../engine/recordFields.js";
import { ModelScope } from "../layers/context.js";
import type { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Trace, writeArray } from "../tensors/trace.js";
import { chunksOf } from "../training/evaluate.js";
import { arrangeTensors, stateTensors } from "../training/parameters.js";
import { lossOver, ownTensor } from "../training/purposes.js";
import { writeLayerNumbers } from "../training/schedules.js";
import { gathered, standardized } from "../training/standardize.js";
import { checkTrainer, type Trainer } from "../training/trainer.js";
import { bytesOf, elementCount, halvesOf, type NDArray, wholeLines } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkOptions } from "../values/options.js";
import { LossSurface, type SurfacePart, type SurfaceSource } from "./surface.js";

const where = "trainerSurface";

export interface TrainerSurfaceOptions {
  /** Type of the computation, independent of the trainer's: "f64" (default) or "f32". */
  readonly dtype?: "f32" | "f64";
}

/**
 * Surface of a trainer's loss over samples, at its current weights: L(w) = the mean loss of `evaluate`, with dropout off,
 * running statistics fixed, and without penalties. The trainer is not changed; after further training, call `moveTo()` to
 * move to the new weights.
 *
 * @param samples  { inputs, targets } or a data set
 * @param options  dtype
 * @returns        a surface with value(), gradient(), hvp(v), hessian() and moveTo(w) over all parameters in declaration
 *                 order; call free() when done
 * @throws TypeError   the first argument is not a trainer
 * @throws ShapeError  the data does not fit the model, or the model has no parameters
 * @throws RangeError  a label is not below the number of outputs
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
  const values = {
    parameters: trainer.parameters(),
    state: Object.values(trainer.state()),
    numbers: layerNumbers(trainer),
  };
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
  /** Scheduled numbers of layers. */
  readonly numbers: Float64Array;
}

/** Scheduled numbers of layers, stored behind the running state. */
function layerNumbers(trainer: Trainer): Float64Array {
  const { engine, memory } = trainer;
  writeLayerNumbers(trainer);
  const at = doubleAt(memory.get(fields.trainerState) + memory.get(fields.trainerStateBytes));
  return engine.doubles.slice(at, at + memory.stateLayout.scheduled.length);
}

/** Data that the loss of a trainer reads: state, inputs, targets and weights of a part, in this order. */
interface LossOver {
  readonly trainer: Trainer;
  readonly data: Dataset;
  readonly dtype: "f32" | "f64";
  readonly targetType: "f32" | "f64" | "i32";
  /** Bytes of the state, of these and the inputs, and of these and the targets. */
  readonly ends: readonly [state: number, inputs: number, targets: number];
}

function surfaceOver(
  trainer: Trainer,
  data: Dataset,
  dtype: "f32" | "f64",
  { parameters, state, numbers }: Values,
  free: () => void,
): LossSurface {
  const [inputs, targets, weights] = data.columns;
  if (!inputs || !targets) throw new ShapeError(`${where}: the data has no targets. Give { inputs, targets }.`);
  const { engine, memory, options } = trainer;
  const weighted = isWeighted(trainer, data);
  const parts = partsOf(data.rows, weighted || options.loss.reduction === "sum", weighted ? 1 : data.rows);
  const rows = parts[0]?.rows ?? 0;
  const targetType = argumentType(targets, dtype, options.loss.targets === "classes");
  const numbersAt = blockBytes(dtype, memory.stateLayout.elements);
  const stateBytes = numbersAt + wholeLines(numbers.byteLength);
  const targetOffset = stateBytes + blockBytes(dtype, rows * elementCount(inputs.row));
  const weightOffset = targetOffset + blockBytes(targetType, rows * elementCount(targets.row));
  const over: LossOver = { trainer, data, dtype, targetType, ends: [stateBytes, targetOffset, weightOffset] };
  const source: SurfaceSource = {
    where,
    engine,
    leaves: Object.entries(parameters).map(([name, { shape, data: values }]) => ({ name, shape, dtype, data: values })),
    example: parameters,
    parts,
    argumentBytes: weightOffset + (weights ? blockBytes(dtype, rows * elementCount(weights.row)) : 0),
    columnCount: data.columns.length,
    order: data.order,
    random: [...halvesOf(options.seed), ...halvesOf(memory.steps)],
    emit(...call) {
      const { sum, tensor } = lossOf(over, ...call);
      return sum ?? tensor;
    },
    fill(block, columns, offset) {
      for (const [k, entry] of memory.stateLayout.entries.entries())
        writeArray(engine, block + offset + bytesOf(dtype, entry.offset), dtype, state[k]?.data ?? []);
      engine.doubles.set(numbers, doubleAt(block + offset + numbersAt));
      for (const [k, { type, row }] of data.columns.entries()) {
        const source = { address: data.addresses[k] as number, type, rowElements: elementCount(row) };
        const target = { offset: offset + (over.ends[k] as number), type: k === 1 ? targetType : dtype };
        const standardize = k === 0 ? gathered(options.standardize) : null;
        writeColumn(engine, columns + k * abi.columnBytes, source, target, standardize);
      }
    },
    check: () => {
      data.check(engine);
    },
    current: () => trainer.parameters(),
    free,
  };
  if (!weighted) return new LossSurface(source);
  return new LossSurface({ ...source, parts: partsOf(data.rows, true, totalWeight(source, over)) });
}

/** The mean of a part, or its numerator and denominator; its arguments start at `offset`. */
function lossOf(over: LossOver, trace: Trace, pieces: readonly Tensor[], count: number, offset: number) {
  const { trainer, data, dtype, targetType, ends } = over;
  const { options } = trainer;
  const { model, loss } = options;
  const states = stateTensors(trace, abi.spaceArguments, offset, dtype, trainer.memory.stateLayout);
  const scope = new ModelScope(trace, model, false, count, dtype, states);
  const [x, y, weights] = data.columns.map(({ row }, k) =>
    trace.leaf(abi.spaceArguments, offset + (ends[k] as number), k === 1 ? targetType : dtype, [count, ...row]),
  ) as [Tensor, Tensor, Tensor?];
  const inputs = standardized(x, options.standardize);
  const output = model.apply(arrangeTensors(model.parameters, pieces), inputs, scope.context);
  const prediction = ownTensor(model.name, output, dtype);
  trainer.programs.checkTargets(data, prediction.shape);
  return lossOver(loss, prediction, y, weights, dtype).value;
}

/** True if the loss is a weighted mean. */
function isWeighted(trainer: Trainer, data: Dataset): boolean {
  trainer.evaluator.prepare(data);
  return trainer.evaluator.runs(data)[0]?.program.results[0]?.weighted === true;
}

/** Denominator of the weighted mean over all rows, in the type of the surface. */
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

/**
 * Chunks of rows with weights by which their values sum to the mean: means are multiplied by their rows, sums are not.
 */
function partsOf(rows: number, summed: boolean, denominator: number): SurfacePart[] {
  return chunksOf(rows).map((chunk) => ({ ...chunk, weight: (summed ? 1 : chunk.rows) / denominator }));
}
