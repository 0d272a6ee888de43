// Context of a layer beside its parameters and its input: the training mode, running state, and random numbers.

import * as abi from "../../assembly/abi.js";
import { scheduleValues } from "../schedules/scheduled.js";
import { Tensor } from "../tensors/tensor.js";
import type { Trace } from "../tensors/trace.js";
import type { TensorTree } from "../tensors/trees.js";
import { checkShape, sameShape } from "../values/arrays.js";
import { ShapeError, TraceError } from "../values/errors.js";
import { checkFlag, checkNumber, checkOptions, has, shown, wrongKind } from "../values/options.js";
import {
  type DrawOptions,
  isLayer,
  isParameter,
  type Layer,
  type LayerContext,
  type Parameter,
  type Parameters,
  type ParameterTensors,
} from "./layer.js";

/** Declarations of all layers of a tree, by dotted name in declaration order, containers first. */
function layersOf(tree: Parameters, path = "", out = new Map<string, Parameters>()): Map<string, Parameters> {
  out.set(path, tree);
  for (const [key, value] of Object.entries(tree))
    if (!isParameter(value)) layersOf(value, path ? `${path}.${key}` : key, out);
  return out;
}

/** Application of a model in a trace, which the contexts of its layers share. @internal */
export class ModelScope {
  /** Observed outputs by dotted name of the layer, with "#2", "#3", ... for further applications of a layer. */
  readonly observed = new Map<string, Tensor>();
  readonly #indices: ReadonlyMap<string, number>;
  /** State declarations by dotted name. */
  readonly #trees: ReadonlyMap<string, Parameters>;
  readonly #draws = new Map<string, number>();
  /** Current state tensors by dotted name. */
  readonly #state: Map<string, Tensor>;

  constructor(
    readonly trace: Trace,
    readonly model: Layer,
    readonly training: boolean,
    /** Number of rows of this run. */
    readonly rows: number,
    readonly dtype: "f32" | "f64",
    state: ReadonlyMap<string, Tensor>,
    readonly refreshing = false,
    /** Largest value of a pixel. */
    readonly peak = 1,
    /** Purpose of the random streams, whether they are those of the rows' partners, and what precedes names of layers. */
    readonly draws = { purpose: abi.streamLayer, partners: false, part: "" },
  ) {
    this.#indices = new Map([...layersOf(model.parameters).keys()].map((path, k) => [path, k]));
    this.#trees = layersOf(model.state ?? {});
    this.#state = new Map(state);
  }

  /** Context of the model itself. */
  get context(): LayerContext {
    return new Context(this, "");
  }

  /** State after the layers applied so far. */
  next(name: string): Tensor {
    return this.#state.get(name) as Tensor;
  }

  stateOf(path: string): ParameterTensors {
    const arrange = (tree: Parameters, at: string): ParameterTensors =>
      Object.fromEntries(
        Object.entries(tree).map(([key, value]) => {
          const name = at ? `${at}.${key}` : key;
          return [key, isParameter(value) ? this.next(name) : arrange(value, name)];
        }),
      ) as ParameterTensors;
    return arrange(this.#trees.get(path) ?? {}, path);
  }

  update(path: string, key: string, value: Tensor): void {
    const name = path ? `${path}.${key}` : key;
    const before = this.#state.get(name);
    if (!this.training)
      throw new TraceError(`context.update: "${name}" changes only in training. Check context.training first.`);
    if (!before)
      throw new RangeError(`context.update: no state "${name}". Declare it in the layer's state, in containers too.`);
    if (!(value instanceof Tensor)) throw wrongKind("context.update", `"${name}"`, "a tensor", value);
    if (!sameShape(value.shape, before.shape))
      throw new ShapeError(
        `context.update: "${name}" has the wrong shape: got [${value.shape.join(", ")}], expected [${before.shape.join(", ")}].`,
      );
    this.#state.set(name, value.cast(before.dtype));
  }

  observe(path: string, output: Tensor): void {
    if (!(output instanceof Tensor))
      throw new TypeError(`context.observe: expected a tensor, got ${shown(output)}. Give the output of the layer.`);
    if (output.shape[0] !== this.rows)
      throw new ShapeError(
        `context.observe: the first axis must be the ${this.rows} rows of the batch, got shape ` +
          `[${output.shape.join(", ")}]. Keep the first axis.`,
      );
    let name = path;
    for (let count = 2; this.observed.has(name); count++) name = `${path}#${count}`;
    this.observed.set(name, output);
  }

  draw(
    path: string,
    where: string,
    op: number,
    shape: readonly number[],
    options: DrawOptions,
    reals: number[],
  ): Tensor {
    checkShape(where, shape);
    checkOptions(where, options, ["perRow", "dtype"]);
    const { perRow = true, dtype = this.dtype } = options;
    checkFlag(where, "perRow", perRow);
    const size = shape.reduce((product, extent) => product * extent, 1);
    if (perRow && size % this.rows !== 0)
      throw new ShapeError(
        `${where}: the first axis must be the ${this.rows} rows of the batch, got shape [${shape.join(", ")}]. Give ` +
          "perRow: false for numbers that all rows share.",
      );
    const count = this.#draws.get(path) ?? 0;
    if (count > 255)
      throw new RangeError(`${where}: a layer draws more than 256 times in a step. Draw larger tensors.`);
    this.#draws.set(path, count + 1);
    // A layer that its container does not declare uses the streams of the container.
    const index = this.#indices.get(path) ?? 0;
    const { purpose, partners } = this.draws;
    const stream = purpose + count * abi.streamDraw + index;
    return this.trace.random(op, reals, stream, perRow ? size / Math.max(this.rows, 1) : 0, dtype, shape, partners);
  }
}

class Context implements LayerContext {
  constructor(
    readonly scope: ModelScope,
    readonly path: string,
  ) {
    this.enter();
  }

  enter(...applied: [layer?: object, name?: string, output?: unknown]): void {
    const { trace, draws } = this.scope;
    trace.engine.inspector?.entered([draws.part, this.path].filter(Boolean).join("."), ...applied);
  }

  get training(): boolean {
    return this.scope.training;
  }
  get refreshing(): boolean {
    return this.scope.refreshing;
  }
  get peak(): number {
    return this.scope.peak;
  }
  get state(): ParameterTensors {
    return this.scope.stateOf(this.path);
  }
  update(values: Readonly<Record<string, Tensor>>): void {
    for (const [key, value] of Object.entries(values)) this.scope.update(this.path, key, value);
  }
  uniform(shape: readonly number[], options: DrawOptions = {}): Tensor {
    return this.scope.draw(this.path, "context.uniform", abi.opUniform, shape, options, []);
  }
  normal(shape: readonly number[], options: DrawOptions = {}): Tensor {
    return this.scope.draw(this.path, "context.normal", abi.opNormal, shape, options, []);
  }
  bernoulli(probability: number, shape: readonly number[], options: DrawOptions = {}): Tensor {
    const where = "context.bernoulli";
    checkNumber(where, "probability", probability, { min: 0, max: 1 });
    return this.scope.draw(this.path, where, abi.opBernoulli, shape, options, [probability]);
  }
  observe(output: Tensor): void {
    this.scope.observe(this.path, output);
  }
  of(name: string): LayerContext {
    return new Context(this.scope, this.path ? `${this.path}.${name}` : name);
  }
}

/** Returns the context of a layer that needs one, or throws. @internal */
export function needContext(where: string, context: LayerContext | undefined): LayerContext {
  if (context !== undefined) return context;
  throw new TypeError(
    `${where}: got no context. A container calls layer.apply(parameters, input, context.of(name)); outside a model use ` +
      "applyLayer.",
  );
}

/** Options of `applyLayer`. */
export interface ApplyOptions {
  /** True applies the layer as in training: dropout drops, batch norm uses the batch; default false. */
  readonly training?: boolean;
  /** Running state by dotted name, required if the layer declares any. */
  readonly state?: Readonly<Record<string, Tensor>>;
}

/**
 * Applies a layer inside a traced function, without a trainer: y = f(parameters, x). Random numbers are those of seed 0
 * and step 0, and schedules have their values of step 0.
 *
 * @param layer       a layer or a model
 * @param parameters  its parameters as tensors, arranged as it declares them, or by dotted name as those of a trainer
 * @param input       x [batch, ...]
 * @param options     training, state
 * @returns           the output, and the running state after the step, by dotted name
 * @throws TypeError   an argument is of the wrong kind
 * @throws RangeError  a parameter or state that the layer declares is missing
 * @example
 * const double = compile(engine, (x) => applyLayer(residual(relu()), {}, x).output);
 * double([[1, -2]]); // { data: [2, -2], shape: [1, 2] }
 */
export function applyLayer(
  layer: Layer,
  parameters: { readonly [name: string]: TensorTree },
  input: Tensor,
  options: ApplyOptions = {},
): { output: Tensor; state: Record<string, Tensor> } {
  const where = "applyLayer";
  if (!isLayer(layer)) throw new TypeError(`${where}: expected a layer, got ${shown(layer)}. Try linear(2, 1).`);
  if (!(input instanceof Tensor)) throw new TypeError(`${where}: expected a tensor, got ${shown(input)}.`);
  checkOptions(where, options, ["training", "state"]);
  const { training = false, state = {} } = options;
  checkFlag(where, "training", training);
  const declared = declarations(layer.state ?? {});
  const { trace } = input;
  const given = new Map<string, Tensor>();
  for (const [name, { scheduled }] of declared) {
    const value =
      state[name] ??
      (scheduled && trace.fill(scheduleValues(trace.engine, scheduled.schedule, 1)[0] as number, [], "f64"));
    if (!(value instanceof Tensor))
      throw new RangeError(`${where}: state "${name}" is missing. Give state: { "${name}": … } as a tensor.`);
    given.set(name, value);
  }
  const dtype = input.dtype === "f64" ? "f64" : "f32";
  const scope = new ModelScope(trace, layer, training, input.shape[0] ?? 1, dtype, given);
  const output = layer.apply(arranged(layer.parameters, parameters), input, scope.context);
  return { output, state: Object.fromEntries(declared.map(([name]) => [name, scope.next(name)])) };
}

/** Arranges parameters as a layer declares them, from nested ones or from all by dotted name. */
function arranged(tree: Parameters, given: { readonly [name: string]: TensorTree }): ParameterTensors {
  if (!has(given)) throw wrongKind("applyLayer", "parameters", "an object of tensors", given);
  const arrange = (tree: Parameters, nested: { readonly [name: string]: unknown }, prefix: string): ParameterTensors =>
    Object.fromEntries(
      Object.entries(tree).map(([key, value]) => {
        const name = prefix + key;
        const own = nested[key];
        if (!isParameter(value)) return [key, arrange(value, has(own) ? (own as typeof nested) : {}, `${name}.`)];
        const tensor = own ?? given[name];
        if (tensor instanceof Tensor) return [key, tensor];
        throw new RangeError(`applyLayer: parameter "${name}" is missing. Give it as a tensor, under this name.`);
      }),
    ) as ParameterTensors;
  return arrange(tree, given, "");
}

/** Declarations in a tree of parameters or state, by dotted name behind a prefix. @internal */
export function declarations(tree: Parameters, prefix = ""): [name: string, Parameter][] {
  return Object.entries(tree).flatMap(([key, value]): [string, Parameter][] => {
    const name = prefix ? `${prefix}.${key}` : key;
    return isParameter(value) ? [[name, value]] : declarations(value, name);
  });
}
