// Outputs of all layers for given inputs, and the probabilities of the classes.

import { type ColumnData, columnsOf, type NamedArrays } from "../data/dataset.js";
import { ModelScope } from "../layers/context.js";
import type { LayerContext } from "../layers/layer.js";
import { probabilityFunctions } from "../losses/probabilities.js";
import { type WeightsOption, wantsAverage } from "../optimizers/averages.js";
import { Compiled } from "../tensors/compile.js";
import { membersOf, recordOf } from "../tensors/named.js";
import { Tensor } from "../tensors/tensor.js";
import type { Leaf } from "../tensors/trees.js";
import { collected, type NamedProgram } from "../training/collected.js";
import { applyTrained, type Shared } from "../training/modelFunction.js";
import { checkRows } from "../training/purposes.js";
import { type AnyTrainer, checkTrainer, type Trainer } from "../training/trainer.js";
import type { TrainerTypes } from "../training/types.js";
import type { ArrayLike, NDArray } from "../values/arrays.js";
import { checkOptions } from "../values/options.js";

const where = "layerOutputs";

/** Outputs of a model and of its layers. */
export interface LayerOutputs<Outputs = NDArray | Record<string, NDArray>> {
  /**
   * Outputs of the layers [samples, ...] by dotted name, as in the names of parameters. The second output of a layer that is applied
   * twice has "#2" behind the name.
   */
  readonly layers: Readonly<Record<string, NDArray>>;
  /** Output of the model, as `predict` returns it. */
  readonly output: Outputs;
  /**
   * Probabilities of the output: softmax, sigmoid or exp, in f64, if the loss is `softmaxCrossEntropy`,
   * `binaryCrossEntropyWithLogits` or `negativeLogLikelihood` and the model has one output.
   */
  readonly probabilities?: NDArray;
}

/** A context that passes the outputs of nested layers to `seen`; all else is done by that of the model. */
function recording(own: LayerContext, path: string, seen: (name: string, output: unknown) => void): LayerContext {
  const below = (name: string | undefined): string => [path, name].filter(Boolean).join(".");
  return Object.assign(Object.create(own) as LayerContext, {
    of: (name: string) => recording(own.of(name), below(name), seen),
    enter: (layer?: object, name?: string, output?: unknown) => {
      own.enter?.(layer, name, output);
      seen(below(name), output);
    },
  });
}

/** Traces the program of the rows of these leaves; `names` are those of its results. */
function traced(
  trainer: AnyTrainer,
  averaged: boolean,
  columns: readonly ColumnData[],
  leaves: readonly Leaf[],
): NamedProgram<string> {
  const { model, loss } = trainer.options;
  const rows = leaves[0]?.shape[0] as number;
  const named = new Map<string, Tensor>();
  const seen = (path: string, output: unknown): void => {
    if (!(output instanceof Tensor) || output.shape[0] !== rows) return;
    let name = `layers.${path}`;
    for (let count = 2; named.has(name); count++) name = `layers.${path}#${count}`;
    named.set(name, output);
  };
  const contextOf = (...[trace, own, ...rest]: Shared): LayerContext =>
    recording(new ModelScope(trace, own, false, ...rest).context, "", seen);
  const compiled = new Compiled(trainer.engine, leaves, (tensors) => {
    const inputs = recordOf(columns.map(({ name }, k) => [name, tensors[k] as Tensor]));
    const members = membersOf(applyTrained(where, trainer, inputs, { averaged, contextOf }));
    for (const [name, y] of members) named.set(`output.${name ?? ""}`, checkRows(model.name, name, y, rows));
    const last = members.length === 1 ? probabilityFunctions[loss.name] : undefined;
    if (last) named.set("probabilities", (members[0] as [string | null, Tensor])[1].cast("f64")[last]());
    return [...named.values()];
  });
  return { compiled, names: [...named.keys()] };
}

/**
 * Outputs of all layers, of the model, and the probabilities of the classes, for given inputs, in one call: what hidden units see.
 * Layers are applied as in evaluation. The trainer does not change.
 *
 * @param trainer  the trainer of the model
 * @param inputs   x [samples, ...], as for `predict`
 * @param options  weights "current" (default) or "average"
 * @returns        { layers, output, probabilities }; layers whose output has no batch axis are left out
 * @throws TypeError   the first argument is not a trainer
 * @throws RangeError  an average that the trainer does not have
 * @throws ShapeError  the inputs do not fit the model
 * @example
 * layerOutputs(trainer, [[1], [2]]).layers["0"].shape; // [2, 1]
 */
export function layerOutputs<Types extends TrainerTypes>(
  trainer: Trainer<Types>,
  inputs: Types["inputs"],
  options: WeightsOption = {},
): LayerOutputs<Types["outputs"]> {
  const own = checkTrainer(where, trainer);
  own.lock.check();
  checkOptions(where, options, ["weights"]);
  const averaged = wantsAverage(where, options, own.options.average);
  const columns = columnsOf(where, { inputs: inputs as ArrayLike | NamedArrays }, undefined);
  const arrays = collected(where, own, columns, (leaves) => traced(own, averaged, columns, leaves));
  const under = (prefix: string): [string, NDArray][] =>
    [...arrays].flatMap(([name, array]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), array]] : []));
  const outputs = under("output.").map(([name, array]): [string | null, NDArray] => [name || null, array]);
  const probabilities = arrays.get("probabilities");
  return {
    layers: Object.fromEntries(under("layers.")),
    output: recordOf(outputs) as Types["outputs"],
    ...(probabilities ? { probabilities } : {}),
  };
}
