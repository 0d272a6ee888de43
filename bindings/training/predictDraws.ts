// Predictions with random layers drawing, as in training: Monte Carlo dropout.

import * as abi from "../../assembly/abi.js";
import { type ColumnData, columnsOf, type NamedArrays } from "../data/dataset.js";
import { ModelScope } from "../layers/context.js";
import {
  type DrawOptions,
  isParameter,
  type LayerContext,
  type Parameters,
  type ParameterTensors,
} from "../layers/layer.js";
import { type WeightsOption, wantsAverage } from "../optimizers/averages.js";
import { Compiled, type RandomStart } from "../tensors/compile.js";
import { membersOf, recordOf } from "../tensors/named.js";
import type { Tensor } from "../tensors/tensor.js";
import type { Leaf } from "../tensors/trees.js";
import { type ArrayLike, halvesOf } from "../values/arrays.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { collected, type NamedProgram } from "./collected.js";
import { applyTrained, type Shared } from "./modelFunction.js";
import { checkRows } from "./purposes.js";
import { type AnyTrainer, checkTrainer, type Trainer } from "./trainer.js";
import type { TrainerTypes } from "./types.js";

/** Options of `predictDraws`. */
export interface PredictDrawsOptions extends WeightsOption {
  /** Number of draws, an integer ≥ 1. */
  readonly draws: number;
  /** Number of the first draw, an integer ≥ 0; default 0. Draws of different numbers are independent. */
  readonly first?: number;
}

/**
 * Monte Carlo dropout: y[k] = f(x; m_k), predictions with the random numbers m_k of draw k, whose deviation over the draws shows how
 * uncertain the model is. Dropout and other random layers are applied as in training, layers with running state, such as batch
 * norm, as in evaluation. The trainer does not change.
 *
 * Every row has its own random numbers in every draw. They depend only on the seed of the trainer, the number of the draw and the
 * place of the row, not on steps or earlier calls: the same call returns the same numbers on every machine.
 *
 * @param trainer  the trainer of the model
 * @param inputs   x [samples, ...], as for `predict`
 * @param options  draws; first, default 0; weights "current" (default) or "average"
 * @returns        outputs [draws, samples, ...] as { data, shape }; several by name
 * @throws TypeError   the first argument is not a trainer
 * @throws RangeError  draws below 1, or an average that the trainer does not have
 * @throws ShapeError  the inputs do not fit the model
 * @example
 * predictDraws(trainer, [[1]], { draws: 20 }).shape; // [20, 1, 1]
 * @see Gal and Ghahramani, *Dropout as a Bayesian approximation*, ICML 2016
 */
export function predictDraws<Types extends TrainerTypes>(
  trainer: Trainer<Types>,
  inputs: Types["inputs"],
  options: PredictDrawsOptions,
): Types["outputs"] {
  const where = "predictDraws";
  const own = checkTrainer(where, trainer);
  own.lock.check();
  checkOptions(where, options, ["draws", "first", "weights"]);
  const { draws, first = 0, weights = "current" } = options;
  checkNumber(where, "draws", draws, { min: 1, below: 2 ** 31, integer: true });
  checkNumber(where, "first", first, { min: 0, below: 2 ** 52, integer: true });
  const averaged = wantsAverage(where, { weights }, own.options.average);
  const columns = columnsOf(where, { inputs: inputs as ArrayLike | NamedArrays }, undefined);
  const repetition = {
    runs: draws,
    start: (k: number, from: number): RandomStart => [...halvesOf(own.options.seed), ...halvesOf(first + k), from],
  };
  const trace = (leaves: readonly Leaf[]) => drawing(own, averaged, columns, leaves);
  return recordOf([...collected(where, own, columns, trace, repetition)]);
}

/** Traces the program of the rows of these leaves. */
function drawing(
  trainer: AnyTrainer,
  averaged: boolean,
  columns: readonly ColumnData[],
  leaves: readonly Leaf[],
): NamedProgram<string | null> {
  const { model } = trainer.options;
  const rows = leaves[0]?.shape[0] as number;
  const names: (string | null)[] = [];
  const compiled = new Compiled(trainer.engine, leaves, (tensors) => {
    const inputs = recordOf(columns.map(({ name }, k) => [name, tensors[k] as Tensor]));
    const output = applyTrained("predictDraws", trainer, inputs, { averaged, contextOf: drawingContext });
    return membersOf(output).map(([name, y]) => {
      names.push(name);
      return checkRows(model.name, name, y, rows);
    });
  });
  return { compiled, names };
}

const streams = { purpose: abi.streamPredict, partners: false, part: "" };

/** Context of a model whose layers without running state draw. */
function drawingContext(...[trace, model, rows, dtype, state]: Shared): LayerContext {
  const scope = new ModelScope(trace, model, true, rows, dtype, state, false, 1, streams);
  return new DrawingContext(scope.context, model.state ?? {});
}

class DrawingContext implements LayerContext {
  readonly training: boolean;
  /** Carried states are those of rows of training: their layers start from 0, as where statistics are computed anew. */
  readonly refreshing: boolean;
  readonly peak = 1;

  constructor(
    readonly own: LayerContext,
    readonly declared: Parameters,
  ) {
    // The state of a schedule is a number, such as the rate of dropout, and no statistics.
    const entries = Object.values(declared);
    this.training = !entries.some((entry) => isParameter(entry) && !entry.scheduled);
    this.refreshing = this.training && entries.some((entry) => !isParameter(entry));
  }

  get state(): ParameterTensors {
    return this.own.state;
  }
  update(values: Readonly<Record<string, Tensor>>): void {
    this.own.update(values);
  }
  uniform(shape: readonly number[], options?: DrawOptions): Tensor {
    return this.own.uniform(shape, options);
  }
  normal(shape: readonly number[], options?: DrawOptions): Tensor {
    return this.own.normal(shape, options);
  }
  bernoulli(probability: number, shape: readonly number[], options?: DrawOptions): Tensor {
    return this.own.bernoulli(probability, shape, options);
  }
  observe(output: Tensor): void {
    this.own.observe(output);
  }
  of(name: string): LayerContext {
    const nested = this.declared[name];
    return new DrawingContext(this.own.of(name), nested && !isParameter(nested) ? nested : {});
  }
  enter(): void {
    this.own.enter?.();
  }
}
