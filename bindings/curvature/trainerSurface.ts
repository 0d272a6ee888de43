// The surface of a trainer's loss over a data set.

import * as abi from "../../assembly/abi.js";
import { argumentType, Dataset, datasetOf, type Samples, writeColumn } from "../data/dataset.js";

import { doubleAt } from "../engine/addresses.js";
import { wholeOnly } from "../engine/featureSets.js";

import { ModelScope } from "../layers/context.js";
import type { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Trace, writeArray } from "../tensors/trace.js";
import { arrangeTensors, stateTensors } from "../training/parameters.js";
import { meanOf, ownTensor } from "../training/programs.js";
import { checkTrainer, eachChunk, type Trainer } from "../training/trainer.js";
import { bytesOf, elementCount, halvesOf, wholeLines } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkOptions } from "../values/options.js";
import { LossSurface, type SurfacePart, type SurfaceSource } from "./surface.js";

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
  const where = "trainerSurface";
  checkTrainer(where, trainer);
  checkOptions(where, options, ["dtype"]);
  const dtype = checkChoice(where, "dtype", options.dtype ?? "f64", ["f32", "f64"]);
  const { engine, memory } = trainer;
  const { model, loss, standardize, seed } = trainer.options;
  const parameters = trainer.parameters();
  const state = Object.values(trainer.state());
  trainer.followLayers();
  // What layers read of schedules lies behind the running state.
  const numbersAt = doubleAt(memory.get(abi.trainerState) + memory.get(abi.trainerStateBytes));
  const numbers = engine.doubles.slice(numbersAt, numbersAt + memory.stateLayout.followed.length);
  const over = (data: Dataset): LossSurface => {
    const [inputs, targets] = data.columns;
    if (!inputs || !targets) throw new ShapeError(`${where}: the data has no targets. Give { inputs, targets }.`);
    const weighted = isWeighted(trainer, data);
    const parts = partsOf(data.rows, weighted || loss.reduction === "sum", weighted ? 1 : data.rows);
    const rows = parts[0]?.rows ?? 0;
    const targetType = argumentType(targets, dtype, loss.targets === "classes");
    const bytes = {
      state: blockBytes(dtype, memory.stateLayout.elements) + wholeLines(numbers.byteLength),
      inputs: blockBytes(dtype, rows * elementCount(inputs.row)),
      targets: blockBytes(targetType, rows * elementCount(targets.row)),
    };
    const step = memory.real(abi.trainerStep);
    const lossOf = (trace: Trace, pieces: readonly Tensor[], count: number, offset: number) => {
      const states = stateTensors(trace, abi.spaceArguments, offset, dtype, memory.stateLayout);
      const scope = new ModelScope(trace, model, false, count, dtype, states);
      const at = offset + bytes.state;
      const x = trace.leaf(abi.spaceArguments, at, dtype, [count, ...inputs.row]);
      const y = trace.leaf(abi.spaceArguments, at + bytes.inputs, targetType, [count, ...targets.row]);
      const answer = model.apply(arrangeTensors(model.parameters, pieces), x, scope.context);
      const prediction = ownTensor(model.name, answer, dtype);
      trainer.programs.checkTargets(data, prediction.shape);
      return meanOf(loss.name, loss.apply(prediction, y), dtype);
    };
    const source: SurfaceSource = {
      where,
      engine,
      leaves: Object.entries(parameters).map(([name, { shape, data: values }]) => ({
        name,
        shape,
        dtype,
        data: values,
      })),
      example: parameters,
      parts,
      argumentBytes: bytes.state + bytes.inputs + bytes.targets,
      columnCount: 2,
      order: data.order,
      random: [...halvesOf(seed), ...halvesOf(step)],
      emit(...call) {
        const { sum, tensor } = lossOf(...call);
        return sum ?? tensor;
      },
      fill(block, columns, offset) {
        for (const [k, entry] of memory.stateLayout.entries.entries())
          writeArray(engine, block + offset + bytesOf(dtype, entry.offset), dtype, state[k]?.data ?? []);
        engine.doubles.set(numbers, doubleAt(block + offset + bytes.state - wholeLines(numbers.byteLength)));
        for (const [k, column] of data.columns.entries()) {
          const source = {
            address: data.addresses[k] as number,
            type: column.type,
            rowElements: elementCount(column.row),
          };
          const at = offset + bytes.state + (k === 0 ? 0 : bytes.inputs);
          const target = { offset: at, type: k === 0 ? dtype : targetType };
          writeColumn(engine, columns + k * abi.columnBytes, source, target, k === 0 ? (standardize ?? null) : null);
        }
      },
      check: () => {
        data.check(engine);
      },
      current: () => trainer.parameters(),
      free: () => {
        if (!(samples instanceof Dataset)) data.free();
      },
    };
    if (!weighted) return new LossSurface(source);
    return new LossSurface({ ...source, parts: partsOf(data.rows, true, totalWeight(source, lossOf)) });
  };
  return trainer.hold(() => {
    if (samples instanceof Dataset) return samples.hold(engine, over);
    const data = datasetOf(where, engine, samples, loss.targets);
    try {
      return over(data);
    } catch (error) {
      data.free();
      throw error;
    }
  });
});

/** Whether the loss comes as a numerator and a denominator. */
function isWeighted(trainer: Trainer, data: Dataset): boolean {
  trainer.disturbed = true;
  trainer.prepareEvaluation(data);
  return trainer.evaluations(data)[0]?.chunk.answers[0]?.weighted === true;
}

/** The denominator over all rows, in the type of the surface. */
function totalWeight(
  source: SurfaceSource,
  lossOf: (...call: Parameters<SurfaceSource["emit"]>) => ReturnType<typeof meanOf>,
): number {
  const weights = new LossSurface({
    ...source,
    emit: (...call) =>
      lossOf(...call)
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
  const parts: SurfacePart[] = [];
  eachChunk(rows, (from, count) => {
    parts.push({ from, rows: count, weight: (summed ? 1 : count) / denominator });
  });
  return parts;
}
