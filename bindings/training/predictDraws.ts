// Predictions with random layers drawing, as in training: Monte Carlo dropout.

import * as abi from "../../assembly/abi.js";
import { ModelScope } from "../layers/context.js";
import {
  type DrawOptions,
  isParameter,
  type LayerContext,
  type Parameters,
  type ParameterTensors,
} from "../layers/layer.js";
import { type WeightsOption, wantsAverage } from "../optimizers/averages.js";
import { Compiled } from "../tensors/compile.js";
import type { Tensor } from "../tensors/tensor.js";
import type { Leaf } from "../tensors/trees.js";
import {
  type ArrayLike,
  arrayTypes,
  elementCount,
  halvesOf,
  type NDArray,
  type TypedArray,
  toArray,
} from "../values/arrays.js";
import { ShapeError, within } from "../values/errors.js";
import { arrayOf } from "../values/lines.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { chunksOf } from "./evaluate.js";
import { applyTrained, type Shared } from "./modelFunction.js";
import { checkTrainer, type Trainer } from "./trainer.js";

/** Options of `predictDraws`. */
export interface PredictDrawsOptions extends WeightsOption {
  /** Number of draws, an integer ≥ 1. */
  readonly draws: number;
  /** Number of the first draw, an integer ≥ 0; default 0. Draws of different numbers are independent. */
  readonly first?: number;
}

/**
 * Predictions with dropout and other random layers drawing as in training, of which the spread shows how uncertain the model is
 * (Monte Carlo dropout): y[k] = f(x; m_k) for draws k. Layers with running state, such as batch norm, are applied as in
 * evaluation. Changes nothing.
 *
 * Every row has numbers of its own in every draw. They depend on the seed of the trainer, the number of the draw and the place
 * of the row alone, not on steps or earlier calls: the same call returns the same numbers, on every machine.
 *
 * @param trainer  the trainer of the model
 * @param inputs   x [samples, ...], as for `predict`
 * @param options  draws; first, default 0; weights "current" (default) or "average"
 * @returns        outputs [draws, samples, ...] as { data, shape }
 * @throws TypeError   the first argument is not a trainer
 * @throws RangeError  draws below 1, or an average that the trainer does not have
 * @throws ShapeError  the inputs do not fit the model
 * @example
 * predictDraws(trainer, [[1]], { draws: 20 }).shape; // [20, 1, 1]
 * @see Gal and Ghahramani, *Dropout as a Bayesian approximation*, ICML 2016
 */
export function predictDraws(trainer: Trainer, inputs: ArrayLike, options: PredictDrawsOptions): NDArray {
  const where = "predictDraws";
  const { lock } = checkTrainer(where, trainer);
  lock.check();
  checkOptions(where, options, ["draws", "first", "weights"]);
  const { draws, first = 0, weights = "current" } = options;
  checkNumber(where, "draws", draws, { min: 1, below: 2 ** 31, integer: true });
  checkNumber(where, "first", first, { min: 0, below: 2 ** 52, integer: true });
  const averaged = wantsAverage(where, { weights }, trainer.options.average);
  // The data set checks the samples as those of predict.
  trainer.withData(where, { inputs }, () => {});
  const programs = new Map<number, Compiled>();
  try {
    return within(where, () => drawn(trainer, averaged, toArray(where, inputs), { first, draws }, programs));
  } finally {
    if (!trainer.engine.broken) for (const program of programs.values()) program.free();
  }
}

function drawn(
  trainer: Trainer,
  averaged: boolean,
  { data, shape }: ReturnType<typeof toArray>,
  { first, draws }: { readonly first: number; readonly draws: number },
  programs: Map<number, Compiled>,
): NDArray {
  const { dtype, seed } = trainer.options;
  const [samples = 0, ...row] = shape;
  const width = elementCount(row);
  let found: { readonly out: TypedArray; readonly own: readonly number[] } | undefined;
  for (const { from, rows } of chunksOf(samples)) {
    const leaf = { name: "", dtype, shape: [rows, ...row], data: data.slice(from * width, (from + rows) * width) };
    const program = programs.get(rows) ?? drawing(trainer, averaged, leaf);
    programs.set(rows, program);
    for (let k = 0; k < draws; k++) {
      const [y] = program.run([leaf], [...halvesOf(seed), ...halvesOf(first + k), from]) as [NDArray];
      const own = y.shape.slice(1);
      const size = elementCount(own);
      found ??= { out: new arrayTypes[dtype](draws * samples * size), own };
      found.out.set(y.data, (k * samples + from) * size);
    }
  }
  const { out, own } = found as NonNullable<typeof found>;
  return arrayOf(out, [draws, samples, ...own]);
}

/** Program of a number of rows. */
function drawing(trainer: Trainer, averaged: boolean, leaf: Leaf): Compiled {
  const { model } = trainer.options;
  return new Compiled(trainer.engine, [leaf], ([x]) => {
    const y = applyTrained("predictDraws", trainer, x as Tensor, { averaged, contextOf: drawingContext });
    if (y.shape[0] === leaf.shape[0]) return [y];
    throw new ShapeError(
      `${model.name}: must return one row per sample: got shape [${y.shape.join(", ")}] for ${leaf.shape[0]} samples. Keep ` +
        "the first axis.",
    );
  });
}

const streams = { purpose: abi.streamPredict, partners: false, part: "" };

/** Context of a model whose layers without running state draw. */
function drawingContext(...[trace, model, rows, dtype, state]: Shared): LayerContext {
  const scope = new ModelScope(trace, model, true, rows, dtype, state, false, 1, streams);
  return new DrawingContext(scope.context, model.state ?? {});
}

class DrawingContext implements LayerContext {
  readonly training: boolean;
  readonly refreshing = false;
  readonly peak = 1;

  constructor(
    readonly own: LayerContext,
    readonly declared: Parameters,
  ) {
    // The state of a schedule is a number, such as the rate of dropout, and no statistics.
    this.training = !Object.values(declared).some((entry) => isParameter(entry) && !entry.scheduled);
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
