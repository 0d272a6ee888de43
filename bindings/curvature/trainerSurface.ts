// Loss surfaces of trainers.

import * as abi from "../../assembly/abi.js";
import { type AnySamples, Dataset, datasetOf, type Role } from "../data/dataset.js";
import { doubleAt } from "../engine/addresses.js";
import { wholeOnly } from "../engine/featureSets.js";
import { ModelScope } from "../layers/context.js";
import { mapMembers, shapesOf } from "../tensors/named.js";
import type { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Trace, writeArray } from "../tensors/trace.js";
import { type Argument, layOutColumns, readColumns, writeColumns } from "../training/columns.js";
import { chunksOf } from "../training/evaluate.js";
import { lossOver } from "../training/lossOver.js";
import { arrangeTensors, stateTensors } from "../training/parameters.js";
import { ownOutputs, type ResultBlock } from "../training/purposes.js";
import { writeLayerNumbers } from "../training/schedules.js";
import { momentsOf, standardized } from "../training/standardize.js";
import { type AnyTrainer, checkTrainer } from "../training/trainer.js";
import { bytesOf, halvesOf, type NDArray, wholeLines } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkOptions } from "../values/options.js";
import { LossSurface, type SurfacePart, type SurfaceSource } from "./surface.js";

const where = "trainerSurface";

/** Options of `trainerSurface`. */
export interface TrainerSurfaceOptions {
  /** Type of the computation, independent of the trainer's: "f64" (default) or "f32". */
  readonly dtype?: "f32" | "f64";
}

/**
 * Surface of a trainer's loss over samples, at its current weights: L(w) = the mean loss of `evaluate`, with dropout off,
 * running statistics fixed, and without penalties. The trainer is not changed; after further training, call `moveTo()` to
 * move to the new weights.
 *
 * @param trainer  a trainer with its current weights
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
  trainer: AnyTrainer,
  samples: AnySamples | Dataset,
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
function layerNumbers(trainer: AnyTrainer): Float64Array {
  const { engine, memory } = trainer;
  writeLayerNumbers(trainer);
  const at = doubleAt(memory.layerNumbers);
  return engine.doubles.slice(at, at + memory.stateLayout.scheduled.length);
}

/** Data that the loss of a trainer reads: the state and the columns of a part, in this order. */
interface LossOver {
  readonly trainer: AnyTrainer;
  readonly data: Dataset;
  readonly dtype: "f32" | "f64";
  readonly columns: readonly Argument[];
}

function surfaceOver(
  trainer: AnyTrainer,
  data: Dataset,
  dtype: "f32" | "f64",
  { parameters, state, numbers }: Values,
  free: () => void,
): LossSurface {
  if (!data.columns.some(({ role }) => role === "targets"))
    throw new ShapeError(`${where}: the data has no targets. Give { inputs, targets }.`);
  const { engine, memory, options } = trainer;
  const { weighted, divided } = lossBlock(trainer, data);
  if (divided && chunksOf(data.rows).length > 1)
    throw new TypeError(
      `${where}: heads with weights divide by their sum in one run. Give a power of 2 of at most 256 samples.`,
    );
  const parts = partsOf(data.rows, weighted || options.loss.reduction === "sum", weighted ? 1 : data.rows);
  const rows = parts[0]?.rows ?? 0;
  const numbersAt = blockBytes(dtype, memory.stateLayout.elements);
  const stateBytes = numbersAt + wholeLines(numbers.byteLength);
  const { columns, end } = layOutColumns(data.columns, options, rows, stateBytes, dtype);
  const over: LossOver = { trainer, data, dtype, columns };
  const source: SurfaceSource = {
    where,
    engine,
    leaves: Object.entries(parameters).map(([name, { shape, data: values }]) => ({ name, shape, dtype, data: values })),
    example: parameters,
    parts,
    argumentBytes: end,
    columnCount: data.columns.length,
    order: data.order,
    random: [...halvesOf(options.seed), ...halvesOf(memory.steps)],
    emit(...call) {
      const { sum, tensor } = lossOf(over, ...call);
      return sum ?? tensor;
    },
    fill(block, records, offset) {
      for (const [k, entry] of memory.stateLayout.entries.entries())
        writeArray(engine, block + offset + bytesOf(dtype, entry.offset), dtype, state[k]?.data ?? []);
      engine.doubles.set(numbers, doubleAt(block + offset + numbersAt));
      const moved = columns.map((column) => ({ ...column, offset: offset + column.offset }));
      writeColumns(records, data, moved, options, dtype);
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
  const { trainer, data, dtype, columns } = over;
  const { options } = trainer;
  const { model, loss } = options;
  trace.float = dtype;
  const states = stateTensors(trace, abi.spaceArguments, offset, dtype, trainer.memory.stateLayout);
  const scope = new ModelScope(trace, model, false, count, dtype, states);
  const read = (role: Role): Tensor =>
    readColumns(columns, role, ({ offset: at, type, row }) =>
      trace.leaf(abi.spaceArguments, offset + at, type, [count, ...row]),
    ) as Tensor;
  const inputs = mapMembers(read("inputs"), (x, name) => standardized(x, momentsOf(options.standardize, name)));
  const output = model.apply(arrangeTensors(model.parameters, pieces), inputs as Tensor, scope.context);
  const prediction = ownOutputs(model.name, output, dtype);
  trainer.programs.checkTargets(data, shapesOf(prediction));
  const weights = read("weights") as Tensor | undefined;
  return (loss.over ?? lossOver)(loss, prediction as Tensor, read("targets"), weights, dtype, scope.context).value;
}

/** The loss among the results of an evaluation. */
function lossBlock(trainer: AnyTrainer, data: Dataset): ResultBlock {
  trainer.evaluator.prepare(data);
  return trainer.evaluator.runs(data)[0]?.program.results[0] as ResultBlock;
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
