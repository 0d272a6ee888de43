// Weights of other libraries as the parameters and the running state of a model.

import { numbersOf } from "../files/readSafetensors.js";
import { parseSafetensors } from "../files/safetensors.js";
import { declarations } from "../layers/context.js";
import { isLayer, type Layer } from "../layers/layer.js";
import { isTypedArray, type NDArray, type TypedArray, toArray } from "../values/arrays.js";
import {
  checkChoice,
  checkFlag,
  checkNumber,
  checkOptions,
  has,
  isRecord,
  nearest,
  wrongKind,
} from "../values/options.js";
import { checkGru, checkSettings, keras } from "./keras.js";
import { checkComplete, checkKinds, checkShapes, type Match, matchByName, matchByShape, renaming } from "./match.js";
import { pytorch, thalweg } from "./pytorch.js";
import type { Layout, Source } from "./source.js";
import type { KerasLayer, TfjsModel } from "./tfjs.js";
import { type Leaf, leavesOf, parametersIn } from "./walk.js";

const layouts = { pytorch, keras, thalweg };

/** Source of `loadWeights`: a safetensors file, the files into which a large one was split, or arrays by name. */
export type WeightsFile =
  | Uint8Array
  | readonly Uint8Array[]
  | TfjsModel
  | {
      /** Arrays by name. */
      readonly tensors: Readonly<Record<string, NDArray>>;
    };

/** Options of `loadWeights` and `readWeights`. */
export interface WeightsOptions {
  /**
   * Library whose layout the arrays have: "pytorch", also for files of Hugging Face; "keras", also for TensorFlow.js; "thalweg", this
   * one. It is never guessed, as a square weight fits transposed as well.
   */
  readonly layout: "pytorch" | "keras" | "thalweg";
  /**
   * Names of the file and those of the model in their place, `{ theirs: ours }`. A rule also holds for all names that begin with its
   * left side and a dot or a slash; `*` is any part of a name between two of these, the same on both sides. Default: the names of the file if they
   * are those of the model, else layers of the same kind and shapes in the order of the numbers in their names.
   */
  readonly names?: Readonly<Record<string, string>>;
  /**
   * Channels of the image that was flattened into the inputs of a layer, by the name of the layer, 1 for inputs that are no image.
   * Needed only where the model does not show it: after a flatten at its beginning, functions of `network`, and layers of your own.
   * Default: none.
   */
  readonly channels?: Readonly<Record<string, number>>;
  /** False ignores arrays of the file that no layer takes, and keeps parameters that the file lacks; default true, which throws. */
  readonly strict?: boolean;
}

/** Result of `loadWeights`. */
export interface LoadedWeights {
  /** For each parameter and running state, by its name in the model: the names of the arrays of the file that it was made of. */
  readonly used: Record<string, readonly string[]>;
  /** Names of arrays of the file that no layer takes. */
  readonly unused: string[];
  /** Names of parameters and running state that the file lacks; they keep their values. */
  readonly missing: string[];
}

/** Result of `readWeights`. */
export interface ReadWeights extends LoadedWeights {
  /** Arrays for `setParameters`. */
  readonly parameters: Record<string, NDArray>;
  /** Arrays for `setState`, such as the statistics of batch norm. */
  readonly state: Record<string, NDArray>;
}

/** An array of a file. */
interface Foreign {
  readonly shape: readonly number[];
  read(): TypedArray;
}

/** The arrays of what was given, by name; their numbers are read when they are needed. */
function arraysIn(where: string, file: WeightsFile, layout: Layout): Map<string, Foreign> {
  const given = file as { readonly tensors?: unknown };
  if (has(given, "tensors") && isRecord(given.tensors))
    return new Map(
      Object.entries(given.tensors as object).map(([name, value]) => {
        const { data, shape } = toArray(`${where}: "${name}"`, value);
        return [name, { shape, read: () => (isTypedArray(data) ? data : Float64Array.from(data)) as TypedArray }];
      }),
    );
  const files = Array.isArray(file) ? (file as readonly Uint8Array[]) : [file as Uint8Array];
  const arrays = new Map<string, Foreign>();
  for (const bytes of files) {
    const { tensors, metadata } = parseSafetensors(where, bytes);
    if (metadata.format === "thalweg" && layout !== thalweg)
      throw new RangeError(
        `${where}: a trainer of this library saved the file, which has another layout. Give layout: "thalweg", or use loadModel.`,
      );
    for (const [name, tensor] of tensors) {
      if (arrays.has(name)) throw new RangeError(`${where}: two files have "${name}". Give each file once.`);
      const read = () => {
        if (/^B?F\d+$/.test(tensor.dtype)) return numbersOf(where, name, tensor);
        throw new RangeError(
          `${where}: "${name}" has type ${tensor.dtype}, expected F32, F16, BF16 or F64. Save the weights as they were before ` +
            "they were quantized.",
        );
      };
      arrays.set(name, { shape: tensor.shape, read });
    }
  }
  return arrays;
}

/** The description of the layers of their model, if there is one. */
function described(where: string, file: WeightsFile): Partial<TfjsModel> {
  if (!has(file, "tensors", "layers")) return {};
  const { layers } = file as TfjsModel;
  const isDescribed = (layer: unknown): boolean =>
    has(layer, "name", "kind", "config") && has((layer as KerasLayer).config);
  if (Array.isArray(layers) && layers.every(isDescribed)) return file as TfjsModel;
  throw wrongKind(where, "layers", "what readTfjs returned", layers);
}

/** True for a layer whose inputs have an order that depends on the layers before it. */
function isOrdered({ definition, layer }: Leaf): boolean {
  const kind = definition?.[0];
  if (kind !== "layerNorm" && kind !== "rmsNorm") return kind === "linear";
  return Object.values(layer.parameters).some(({ shape }) => (shape as readonly number[]).length > 1);
}

/** Returns the leaf with the order of its inputs. @throws RangeError  neither the options nor the model give it */
function withChannels(where: string, leaf: Leaf, channels: Readonly<Record<string, number>>): Leaf {
  const { path, layer, features, definition } = leaf;
  const kind = definition?.[0];
  if (leaf.isAdded)
    throw new RangeError(
      `${where}: the output of ${layer.name} "${path}" is added to a flattened image, whose numbers PyTorch orders otherwise. ` +
        "Put a linear layer between flatten and the residual block, or set its parameters by setParameters.",
    );
  const first = [...parametersIn(leaf).values()][0]?.shape ?? [];
  const whole = kind !== "linear" && first.length > 1;
  const inputs = first[whole ? first.length - 1 : 0] as number;
  const given = channels[path];
  if (given === undefined) {
    const known = features.order !== "unknown" && !(whole && features.order === "given");
    if (!known && isOrdered(leaf))
      throw new RangeError(
        `${where}: ${layer.name} "${path}" may stand behind a flattened image, whose numbers PyTorch orders otherwise. Give ` +
          `channels: { "${path}": … }, the channels of that image, or 1 if there is none.`,
      );
  } else {
    checkNumber(where, `channels of "${path}"`, given, { min: 1, integer: true });
    if (inputs % given !== 0)
      throw new RangeError(
        `${where}: channels of "${path}" must divide ${inputs}, got ${given}. Give those of the image in front of flatten.`,
      );
  }
  const known: Leaf = given === undefined ? leaf : { ...leaf, features: withOrder(given, whole) };
  if (known.features.order === "flat" && /^(group|instance)Norm$/.test(kind ?? "") && known.features.channels > 1)
    throw new RangeError(
      `${where}: ${layer.name} "${path}" has other groups in PyTorch behind a flattened image. Normalize before flatten.`,
    );
  return known;
}

function withOrder(channels: number, whole: boolean): Leaf["features"] {
  return channels === 1 ? { order: "same" } : { order: whole ? "image" : "flat", channels };
}

/** Modules of a layout for all layers of a model; layers of the user's own have none. */
function sourcesOf(
  where: string,
  model: Layer,
  layout: Layout,
  channels: Readonly<Record<string, number>>,
  strict: boolean,
): Source[] {
  if (!isRecord(channels)) throw wrongKind(where, "channels", "an object { layer: channels }", channels);
  const leaves = leavesOf(model);
  const paths = leaves.map(({ path }) => path);
  for (const path of Object.keys(channels))
    if (!paths.includes(path)) {
      const near = nearest(path, paths);
      throw new RangeError(
        `${where}: channels: no layer "${path}". ${near ? `Did you mean "${near}"?` : "Check the name."}`,
      );
    }
  return leaves.flatMap((leaf) => {
    const sources = layout.sources(layout === pytorch ? withChannels(where, leaf, channels) : leaf);
    if (sources.length === 0 && strict && parametersIn(leaf).size > 0)
      throw new RangeError(
        `${where}: how another library keeps ${leaf.layer.name} "${leaf.path}" cannot be known. Give strict: false, and set its ` +
          "parameters by setParameters.",
      );
    return sources;
  });
}

/** Matches the arrays of a file and the modules of a model, and checks what was matched. */
function matched(
  where: string,
  sources: readonly Source[],
  arrays: ReadonlyMap<string, Foreign>,
  layout: Layout,
  { names, strict, ordered }: { names: WeightsOptions["names"]; strict: boolean; ordered: boolean },
): Match {
  const byName = matchByName(where, sources, arrays, renaming(where, names));
  const count = [...byName.matched.values()].reduce((total, keys) => total + keys.size, 0);
  const whole = byName.missing.length + byName.unused.length === 0;
  const tryShapes = !whole && names === undefined && layout !== thalweg && (strict || count === 0);
  const match = tryShapes ? matchByShape(where, sources, arrays, ordered) : byName;
  if (strict && match.missing.length > 0) {
    // A name that is right, or else the kind, says for which layer an array of another shape is meant.
    checkShapes(where, byName, arrays, layout);
    if (match !== byName && count === 0) checkKinds(where, sources, match, arrays, layout);
  }
  if (strict) checkComplete(where, match.missing.length > 0 ? byName : match, arrays);
  checkShapes(where, match, arrays, layout);
  return match;
}

/** Checks the settings of the layers that a description of their model has. */
function checkDescribed(where: string, { matched: found }: Match, layers: readonly KerasLayer[]): void {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  for (const [source, names] of found)
    for (const name of names.values()) {
      const parts = name.split("/").slice(0, -1).reverse();
      // In both directions the names of the same layer begin with these words.
      const layer = parts.flatMap((part) => byName.get(part.replace(/^(for|back)ward_/, "")) ?? [])[0];
      if (layer) checkSettings(where, source, layer);
    }
}

/** Reads weights for the function `where`. @internal */
export function weightsFor(where: string, model: Layer, file: WeightsFile, options: WeightsOptions): ReadWeights {
  if (!isLayer(model)) throw wrongKind(where, "the model", "a layer", model, "sequential([linear(2, 1)])");
  checkOptions(where, options, ["layout", "names", "channels", "strict"]);
  const { names, channels = {}, strict = true } = options;
  checkFlag(where, "strict", strict);
  const layout = layouts[checkChoice(where, "layout", options.layout, ["pytorch", "keras", "thalweg"])];
  const { layers = [], sequential: ordered = false } = described(where, file);
  const sources = sourcesOf(where, model, layout, channels, strict);
  checkGru(where, sources, layers);
  const arrays = arraysIn(where, file, layout);
  if (layout.dropped) for (const name of arrays.keys()) if (layout.dropped.test(name)) arrays.delete(name);
  const match = matched(where, sources, arrays, layout, { names, strict, ordered });
  checkDescribed(where, match, layers);
  const result: ReadWeights = { parameters: {}, state: {}, used: {}, unused: match.unused, missing: [] };
  for (const source of sources) {
    const theirs = match.matched.get(source) ?? new Map<string, string>();
    const read = (key: string): TypedArray => (arrays.get(theirs.get(key) as string) as Foreign).read();
    for (const { kind, name, shape, from, make } of source.arrays) {
      if (!from.every((key) => theirs.has(key))) continue;
      result[kind][name] = { data: make(read), shape };
      result.used[name] = from.map((key) => theirs.get(key) as string);
    }
  }
  const wanted = [
    ...declarations(model.parameters).map(([name]) => name),
    ...sources.flatMap((source) => source.arrays.map(({ name }) => name)),
  ];
  result.missing.push(...new Set(wanted.filter((name) => !Object.hasOwn(result.used, name))));
  return result;
}
