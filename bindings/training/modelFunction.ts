// Trained models as functions of tensors, for compile, grad and the other transforms.

import { ModelScope } from "../layers/context.js";
import { type Layer, type LayerContext, tensorFrom } from "../layers/layer.js";
import { type WeightsOption, wantsAverage } from "../optimizers/averages.js";
import { mapMembers, type NamedTensors } from "../tensors/named.js";
import { Sources } from "../tensors/sources.js";
import { Tensor } from "../tensors/tensor.js";
import { readArray, type Trace } from "../tensors/trace.js";
import { type ArrayLike, bytesOf, elementCount, sameShape } from "../values/arrays.js";
import { type DType, ShapeError, TraceError } from "../values/errors.js";
import { isRecord, nearest, wrongKind } from "../values/options.js";
import type { Arena } from "./namedArrays.js";
import { arrangeTensors } from "./parameters.js";
import { outputsFrom } from "./purposes.js";
import { writeLayerNumbers } from "./schedules.js";
import { momentsOf, standardized } from "./standardize.js";
import { type AnyTrainer, checkTrainer, type Trainer } from "./trainer.js";
import type { TrainerTypes } from "./types.js";

/** Tensors in the place of arrays: one, or several by name. */
export type TensorsOf<T> = T extends ArrayLike ? Tensor : { readonly [K in keyof T]: Tensor };

/**
 * A trained model as a function of tensors, made by `modelFunction`.
 *
 * @param input       x [batch, ...] as `predict` takes it, before standardization; several inputs by name
 * @param parameters  tensors by name, such as those of `trainer.parameters()`, that take the place of the trainer's
 * @returns           the output of the model [batch, ...]; several outputs by name
 */
export type ModelFunction<Input = Tensor, Output = Tensor> = (
  input: Input,
  parameters?: Readonly<Record<string, Tensor>>,
) => Output;

/**
 * A trained model as a function of tensors: y = f(x), for `compile`, `grad`, `hessian` and the other transforms. It computes
 * what `predict` does: layers as in evaluation, with the running state, and standardized inputs.
 *
 * It computes in the type of x, to which the weights are converted. For f32 the results have the bits of `predict`; for f64, the type
 * of plain numbers, they are those of a model in f64 with the same weights. Integers are treated as `predict` does.
 *
 * The weights are not copied: every call uses the current weights of the trainer, and throws TraceError after the trainer was
 * freed. Only `minimize`, and the model or loss of another trainer, read the weights once, when they trace it.
 *
 * @param trainer  the trainer of the model
 * @param options  weights "current" (default) or "average"
 * @returns        a function of x, and of parameters by which to differentiate
 * @throws TypeError   the first argument is not a trainer
 * @throws RangeError  an average that the trainer does not have
 * @example
 * const model = modelFunction(trainer);
 * const byInputs = grad(engine, (x) => model(x).sum());
 * byInputs([[1]]).shape; // [1, 1]
 * const byParameters = grad(engine, ({ parameters, x }) => model(x, parameters).sum());
 * byParameters({ parameters: trainer.parameters(), x: [[1]] }).x.shape; // [1, 1]
 */
export function modelFunction<Types extends TrainerTypes>(
  trainer: Trainer<Types>,
  options: WeightsOption = {},
): ModelFunction<TensorsOf<Types["inputs"]>, TensorsOf<Types["outputs"]>> {
  const where = "modelFunction";
  const own = checkTrainer(where, trainer);
  own.lock.check();
  const averaged = wantsAverage(where, options, own.options.average);
  return (input, parameters = {}) =>
    applyTrained(where, own, input as Tensor | NamedTensors, { averaged, parameters }) as TensorsOf<Types["outputs"]>;
}

/** Options of `applyTrained`. @internal */
export interface Application {
  /** True for the average of the weights. */
  readonly averaged: boolean;
  /** Tensors by name that take the place of weights. */
  readonly parameters?: Readonly<Record<string, Tensor>>;
  /** Returns the context of the model for what its scope is made of; default that of evaluation. */
  readonly contextOf?: (...shared: Shared) => LayerContext;
}

/** Trace, model, rows, type and running state of an application. @internal */
export type Shared = [
  trace: Trace,
  model: Layer,
  rows: number,
  dtype: "f32" | "f64",
  state: ReadonlyMap<string, Tensor>,
];

const evaluated = (...[trace, model, ...rest]: Shared): LayerContext =>
  new ModelScope(trace, model, false, ...rest).context;

/** Applies the model of a trainer to its inputs, with the weights that the trainer has at each run. @internal */
export function applyTrained(
  where: string,
  trainer: AnyTrainer,
  input: Tensor | NamedTensors,
  { averaged, parameters = {}, contextOf = evaluated }: Application,
): Tensor | NamedTensors {
  const { options, engine } = trainer;
  const { model, standardize } = options;
  const inputs = checkInputs(where, input);
  const { trace, shape } = inputs[0] as Tensor;
  if (trace.engine !== engine)
    throw new TraceError(`${where}: the trainer belongs to another engine. Compile the function with its engine.`);
  const dtype = (inputs.find((x) => x.dtype !== "i32")?.dtype ?? options.dtype) as "f32" | "f64";
  const { weights, state } = readTrained(where, trainer, trace, averaged, dtype);
  const given = replacing(where, trainer, parameters);
  const tensors = weights.map((weight, k) => given.get(k) ?? weight);
  const context = contextOf(trace, model, shape[0] ?? 1, dtype, state);
  const { float } = trace;
  trace.float = dtype;
  try {
    const x = mapMembers(input, (x, name) => {
      const moments = momentsOf(standardize, name);
      return moments ? standardized(x.dtype === "i32" ? x.cast(dtype) : x, moments, true) : x;
    });
    const output: unknown = model.apply(arrangeTensors(model.parameters, tensors), x as Tensor, context);
    return outputsFrom(model.name, output, tensorFrom);
  } finally {
    trace.float = float;
  }
}

/** Checks that the input is a tensor, or tensors by name; returns them. */
function checkInputs(where: string, input: unknown): Tensor[] {
  if (input instanceof Tensor) return [input];
  const members = isRecord(input) && !Array.isArray(input) ? Object.entries(input) : [];
  if (members.length === 0) throw wrongKind(where, "the input", "a tensor of a traced function", input);
  for (const [name, x] of members)
    if (!(x instanceof Tensor)) throw wrongKind(where, `input "${name}"`, "a tensor of a traced function", x);
  return members.map(([, x]) => x as Tensor);
}

/** Given tensors by the index of the parameter whose place they take. */
function replacing(
  where: string,
  { memory }: AnyTrainer,
  given: Readonly<Record<string, unknown>>,
): Map<number, Tensor> {
  if (!isRecord(given) || given instanceof Tensor) throw wrongKind(where, "parameters", "an object of tensors", given);
  const { parameters } = memory.layout;
  return new Map(
    Object.entries(given).map(([name, tensor]) => {
      const stored = parameters.find((parameter) => parameter.name === name);
      if (!stored) {
        const names = parameters.map((parameter) => parameter.name);
        const close = nearest(name, names);
        throw new RangeError(
          `${where}: no parameter "${name}", expected ${names.join(", ")}.${close ? ` Did you mean "${close}"?` : ""}`,
        );
      }
      if (!(tensor instanceof Tensor)) throw wrongKind(where, `"${name}"`, "a tensor", tensor);
      if (!sameShape(tensor.shape, stored.shape))
        throw new ShapeError(
          `${where}: "${name}" has the wrong shape: got [${tensor.shape.join(", ")}], expected ` +
            `[${stored.shape.join(", ")}]. Reshape it.`,
        );
      return [stored.index, tensor];
    }),
  );
}

/**
 * Weights in declaration order and running state of a trainer as tensors, floats in a type. A program that binds its sources
 * reads them where they lie; into others they are copied.
 */
function readTrained(where: string, trainer: AnyTrainer, trace: Trace, averaged: boolean, dtype: DType) {
  const { engine, memory, lock, options } = trainer;
  const base = (): number => {
    lock.check();
    writeLayerNumbers(trainer);
    if (options.average) void memory.average; // the getter makes it equal to the weights until any were averaged
    return memory.record;
  };
  const start = base();
  const space = Sources.of(trace)?.spaceOf(where, trainer, base);
  const tensorAt = (address: number, type: "f32" | "f64", shape: readonly number[]): Tensor => {
    if (space !== undefined) return trace.leaf(space, address - start, type, shape);
    return trace.constant({ data: readArray(engine, address, type, elementCount(shape)), shape }, type);
  };
  const read = ({ address, dtype: own, arrays }: Arena) =>
    arrays.map(({ name, offset, shape }) => {
      const tensor = tensorAt(address + bytesOf(own, offset), own, shape).cast(dtype);
      return [name, tensor] as const;
    });
  const { scheduled } = memory.stateLayout;
  const numbers = scheduled.map(({ name }, k) => [name, tensorAt(memory.layerNumbers + 8 * k, "f64", [])] as const);
  return {
    weights: read(memory.weights(averaged)).map(([, tensor]) => tensor),
    state: new Map([...read(memory.state), ...numbers]),
  };
}
