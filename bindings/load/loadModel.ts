// Loads a model from the file of a trainer: what predicts, and nothing that trains.

import { checkEngine, type Engine } from "../engine/engine.js";
import * as fields from "../engine/recordFields.js";
import { textsOf } from "../files/metadata.js";
import { damaged as damagedFile, type FileTensor, parseSafetensors } from "../files/safetensors.js";
import { isLayer, isParameter, type Layer, type Parameters } from "../layers/layer.js";
import type { WeightsOption } from "../optimizers/averages.js";
import { sgd } from "../optimizers/sgd.js";
import { asSchedule } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { blockBytes } from "../tensors/trace.js";
import type { ArraysFor, ResultTree } from "../tensors/trees.js";
import { arenaBytes } from "../training/layout.js";
import { TrainerMemory } from "../training/memory.js";
import { type Arena, checkNamed } from "../training/namedArrays.js";
import {
  type Layout,
  layOutParameters,
  layOutState,
  type StateLayout,
  type StoredArray,
} from "../training/parameters.js";
import type { TrainerParts } from "../training/parts.js";
import { checkStandardization, type StandardizeOption } from "../training/standardize.js";
import { Trainer } from "../training/trainer.js";
import { arrayTypes, sameShape } from "../values/arrays.js";
import { within } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions, isRecord, shown, wrongKind } from "../values/options.js";
import { layerFrom } from "./layerFrom.js";
import { LoadedModel } from "./loadedModel.js";

export type { LoadedModel } from "./loadedModel.js";

/** Options of `loadModel`. */
export interface LoadOptions<Input = Tensor, Output = Tensor> extends WeightsOption {
  /** Layers of your own, by the names that the file has for them; default none. */
  readonly layers?: { readonly [name: string]: Layer };
  /** The model, if the file has none or the model is made by `network`; default that of the file. */
  readonly model?: Layer<Input, Output>;
  /** Standardization of the inputs, for a file of an earlier version, which lacks it; default that of the file. */
  readonly standardize?: StandardizeOption<NoInfer<Input>>;
}

const where = "loadModel";
/** Most characters of a model in a file. */
const textLimit = 2 ** 20;

const damaged = (what: string): RangeError => damagedFile(where, what);

/** The model in a file, and what belongs to it. */
interface Described {
  readonly model: Layer;
  readonly dtype: "f32" | "f64";
  readonly standardize: StandardizeOption | undefined;
  readonly heads: readonly string[];
  /** Numbers of layers that followed schedules; null if the file is of an earlier version. */
  readonly numbers: readonly unknown[] | null;
}

/**
 * Loads a model from what `save` of a trainer returned, without the program that trained it: y = f(x). Its `predict` returns the same
 * bits as that of the trainer. It takes memory for the weights and the running state, and none for training.
 *
 * The file may come from anywhere: everything is checked before memory is taken, and nothing of it is run as a program. Layers of
 * your own and models of `network` contain functions, which files do not have: give them as options.
 *
 * @param engine   an engine with all ops of the model
 * @param bytes    what `save` returned, with any options, also with texts added by `withMetadata`
 * @param options  weights "current" (default) or "average"; layers; model; standardize
 * @throws TypeError    bytes is not a Uint8Array, or an option is of the wrong kind
 * @throws RangeError   the file is damaged, has no model or no average of the weights, or has a layer of your own that was not given
 * @throws MemoryError  not enough memory for the weights
 * @example
 * const model = loadModel(engine, trainer.save({ weightsOnly: true }));
 * model.predict([[1], [2]]).shape; // [2, 1]
 */
export function loadModel<Input = Tensor, Output = Tensor>(
  engine: Engine,
  bytes: Uint8Array,
  options: LoadOptions<Input, Output> = {},
): LoadedModel<ArraysFor<NoInfer<Input>>, ResultTree<NoInfer<Output>>> {
  checkEngine(where, engine);
  checkOptions(where, options, ["weights", "layers", "model", "standardize"]);
  const own = options as unknown as LoadOptions;
  const { weights = "current", layers = {}, model } = own;
  checkChoice(where, "weights", weights, ["current", "average"]);
  if (!isRecord(layers) || Array.isArray(layers)) throw wrongKind(where, "layers", "layers by name", layers);
  for (const [name, layer] of [...Object.entries(layers), ...(model ? [["model", model] as const] : [])])
    if (!isLayer(layer)) throw wrongKind(where, name, "a layer", layer, "linear(2, 1)");
  const file = parseSafetensors(where, bytes);
  const described = describedIn(file, { ...own, layers });
  const prefix = weights === "average" ? "average." : "";
  if (prefix && ![...file.tensors.keys()].some((name) => name.startsWith(prefix)))
    throw new RangeError(`${where}: the file has no average of the weights. Give weights: "current".`);
  const { dtype, heads } = described;
  const parts = partsOf(described);
  const layout = named(() => layOutParameters(parts.model, { ...parts, engine }, dtype));
  const stateLayout = named(() => layOutState(parts.model, dtype, layout.parameters.length));
  checkModel(file, parts, layout, stateLayout);
  const read = (start: string, arrays: readonly StoredArray[]) =>
    Object.fromEntries(arrays.map(({ name, shape }) => [name, arrayIn(file.tensors, start + name, shape, dtype)]));
  const values = read(prefix, layout.parameters);
  const state = read("state.", stateLayout.entries);
  const memory = memoryOf(engine, parts, layout, stateLayout);
  try {
    const write = (arena: Arena, from: ReturnType<typeof read>, start: string) =>
      checkNamed(engine, where, arena, from, start)();
    write(memory.parameters, values, prefix);
    write(memory.state, state, "state.");
    // Schedules of a model that was given for an earlier file are evaluated where training stopped.
    const step = Number(file.metadata.step);
    if (!described.numbers && Number.isSafeInteger(step)) memory.write({ [fields.trainerStep]: step });
    const trainer = new Trainer(engine, parts, memory);
    return new LoadedModel(trainer, heads, textsOf(file.metadata)) as never;
  } catch (error) {
    memory.free();
    throw error;
  }
}

type File = ReturnType<typeof parseSafetensors>;

/** Runs `body`, whose errors begin with the name of the function that creates trainers. */
function named<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replace(/^createTrainer/, where);
    throw error;
  }
}

/** Reads what the file says about its model, and makes the model. */
function describedIn({ tensors, metadata }: File, { model: given, layers = {}, standardize }: LoadOptions): Described {
  if (metadata.format !== "thalweg")
    throw new RangeError(
      `${where}: this is not a file of one trainer, as its save() writes. Weights of other programs go into a trainer by loadWeights.`,
    );
  const { architecture, model: text = "" } = metadata;
  if (architecture === undefined) {
    if (!given)
      throw new RangeError(
        `${where}: the file has weights but no model, as those of earlier versions. Give { model }, and standardize if the ` +
          "trainer had it.",
      );
    const dtype = text.startsWith("f64") ? "f64" : "f32";
    return { model: given as Layer, dtype, standardize: standardize as StandardizeOption, heads: [], numbers: null };
  }
  if (standardize !== undefined) throw new TypeError(`${where}: the file has its standardization. Leave it out.`);
  if (architecture.length > textLimit)
    throw damaged(`the model has ${architecture.length} characters, expected at most ${textLimit}`);
  let data: unknown;
  try {
    data = JSON.parse(architecture);
  } catch {
    throw damaged("the model is not JSON");
  }
  if (!isRecord(data) || Array.isArray(data)) throw damaged(`the model is ${shown(data)}, expected an object`);
  const { model, dtype, standardize: own, heads = [], numbers = [], ...more } = data as Record<string, unknown>;
  const [strange] = Object.keys(more);
  if (strange !== undefined) throw damaged(`the model has an unknown member ${shown(strange)}`);
  if (dtype !== "f32" && dtype !== "f64") throw damaged(`dtype is ${shown(dtype)}, expected "f32" or "f64"`);
  if (!Array.isArray(heads) || heads.some((head) => typeof head !== "string")) throw damaged("heads are not texts");
  if (!Array.isArray(numbers)) throw damaged(`numbers are ${shown(numbers)}, expected a list`);
  return {
    model: (given as Layer) ?? layerFrom(model, { where, layers, arrays: tensors.size }),
    dtype,
    standardize: own as StandardizeOption | undefined,
    heads,
    numbers,
  };
}

/** Declarations without what trains: how rows are updated, and schedules, in whose place their numbers stand. */
function atRest(tree: Parameters, numbers: readonly unknown[] | null, next = { at: 0 }): Parameters {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => {
      // The layout of the parameters rejects what is neither, with a sentence.
      if (!isRecord(value) || (Array.isArray(value.shape) && !isParameter(value))) return [key, value];
      if (!isParameter(value)) return [key, atRest(value, numbers, next)];
      const { rows, scheduled, ...rest } = value;
      if (!scheduled || !numbers) return [key, scheduled ? { ...rest, scheduled } : rest];
      const { option, bounds } = scheduled;
      const number = checkNumber(where, `the number of ${option}`, numbers[next.at++], bounds);
      return [key, { ...rest, scheduled: { ...scheduled, schedule: asSchedule(where, option, number) } }];
    }),
  );
}

/** The parts of a trainer that predicts. */
function partsOf({ model, dtype, standardize, numbers }: Described): TrainerParts {
  const given = isLayer(model) && model.state;
  const still: Layer = {
    ...model,
    parameters: named(() => atRest(model.parameters, null)),
    ...(given ? { state: atRest(given, numbers) } : {}),
    apply: (...all) => model.apply(...all),
  };
  return {
    model: still,
    loss: { name: "none", targets: "values", apply: (prediction) => prediction },
    optimizer: sgd({ learningRate: 1 }),
    groups: [],
    gradient: [],
    metrics: [],
    seed: 0,
    dtype,
    microBatch: 1,
    ...(standardize === undefined ? {} : { standardize: checkStandardization(where, standardize) }),
  };
}

/** Checks that the arrays in the file are those of the model. */
function checkModel(
  { tensors, metadata }: File,
  { model, dtype }: TrainerParts,
  layout: Layout,
  state: StateLayout,
): void {
  const { model: text = "" } = metadata;
  const listed = (arrays: readonly StoredArray[]) => arrays.map(({ name, shape }) => `${name}[${shape}]`).join(" ");
  const start = `${dtype}; ${model.name}; `;
  const end = [listed(layout.parameters), listed(state.entries)].filter(Boolean).join("; ");
  if (!text.startsWith(start) || !text.endsWith(end))
    throw new RangeError(
      `${where}: the file is of another model: got ${shown(text)}, expected ${shown(`${start}…; ${end}`)}. Give the model that ` +
        "was saved.",
    );
  for (const [prefix, arrays] of [["", layout.parameters] as const, ["state.", state.entries] as const])
    for (const { name, shape } of arrays) arrayOf(tensors, prefix + name, shape, dtype);
}

/** The tensor of an array, whose type and shape are checked. */
function arrayOf(
  tensors: ReadonlyMap<string, FileTensor>,
  name: string,
  shape: readonly number[],
  dtype: "f32" | "f64",
): FileTensor {
  const tensor = tensors.get(name);
  if (!tensor) throw damaged(`tensor "${name}" is missing`);
  if (tensor.dtype !== dtype.toUpperCase()) throw damaged(`tensor "${name}" is ${tensor.dtype}, expected ${dtype}`);
  if (!sameShape(tensor.shape, shape))
    throw damaged(`tensor "${name}" has shape [${tensor.shape.join(", ")}], and the model [${shape.join(", ")}]`);
  return tensor;
}

/** The numbers of an array. */
function arrayIn(tensors: File["tensors"], name: string, shape: readonly number[], dtype: "f32" | "f64") {
  const { bytes } = arrayOf(tensors, name, shape, dtype);
  return { data: new arrayTypes[dtype](bytes.slice().buffer), shape };
}

/** Memory for the weights and the running state: with no element to train, there are no gradients and no moments. */
function memoryOf(engine: Engine, parts: TrainerParts, layout: Layout, state: StateLayout): TrainerMemory {
  const weights = arenaBytes(layout);
  const bytes = weights + blockBytes(state.dtype, state.elements) + 8 * state.scheduled.length;
  const parameters = within(where, () => engine.allocate(bytes));
  try {
    engine.bytes.fill(0, parameters, parameters + bytes);
    const memory = new TrainerMemory(engine, parts, {
      layout: { ...layout, elements: 0, groups: [] },
      blocks: { parameters, state: parameters + weights },
    });
    (memory.regions as Set<number>).add(parameters);
    return memory;
  } catch (error) {
    engine.release(parameters);
    throw error;
  }
}
