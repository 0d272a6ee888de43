// Models of TensorFlow.js: model.json with the names of its weights, and their numbers in binary files.

import { elementCount, isTypedArray, type NDArray, plainArray } from "../values/arrays.js";
import { has, isRecord, shown, wrongKind } from "../values/options.js";

/** A layer of a Keras model, from the description in its file. */
export interface KerasLayer {
  /** Name, with which the names of its weights begin. */
  readonly name: string;
  /** Class, such as "Dense". */
  readonly kind: string;
  /** Its settings. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Contents of the files of a TensorFlow.js model. */
export interface TfjsModel {
  /** Arrays by name, in the order of the file. */
  readonly tensors: Record<string, NDArray>;
  /** Its layers, nested ones included; empty for a graph model. */
  readonly layers: readonly KerasLayer[];
  /** True if the layers follow one another. */
  readonly sequential: boolean;
}

const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

function damaged(where: string, what: string): RangeError {
  return new RangeError(`${where}: ${what}. Use model.json and all the files that it names, in its order.`);
}

/** Lists the layers of a description, nested models and wrapped layers included. */
function layersIn(value: unknown): KerasLayer[] {
  if (!has(value)) return [];
  const { class_name: kind, config } = value as { class_name?: unknown; config?: unknown };
  if (typeof kind !== "string" || !has(config)) return [];
  const { layers, layer, name, ...settings } = config as Record<string, unknown>;
  const inner = Array.isArray(layers) ? layers : [layer];
  return [
    ...(typeof name === "string" && !Array.isArray(layers) ? [{ name, kind, config: settings }] : []),
    ...inner.flatMap(layersIn),
  ];
}

/** Description of a weight in the manifest. */
interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: keyof typeof arrayTypes;
}

function entriesOf(where: string, manifest: unknown): Entry[] {
  if (!Array.isArray(manifest)) throw damaged(where, "weightsManifest is missing");
  return manifest.flatMap((group: { weights?: unknown }) => {
    if (!has(group) || !Array.isArray(group.weights)) throw damaged(where, "weightsManifest is described wrongly");
    return group.weights.map((entry: Partial<Entry> & { quantization?: unknown }) => {
      const { name, shape, dtype, quantization } = has(entry) ? entry : {};
      if (typeof name !== "string" || !Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0))
        throw damaged(where, `a weight is described wrongly: ${shown(name)}`);
      if (quantization !== undefined)
        throw new RangeError(`${where}: "${name}" is quantized. Convert the model without quantization.`);
      if (!Object.hasOwn(arrayTypes, dtype ?? ""))
        throw new RangeError(
          `${where}: "${name}" has type ${shown(dtype)}, expected one of ${Object.keys(arrayTypes).join(", ")}. Convert the model ` +
            "with other types.",
        );
      return { name, shape, dtype: dtype as Entry["dtype"] };
    });
  });
}

/**
 * Reads a model of TensorFlow.js: `model.json` and the binary files with its weights. `loadWeights` takes the result, with
 * `layout: "keras"`.
 *
 * @param model   what `model.json` contains: its text, or what JSON.parse made of it
 * @param shards  bytes of the files that `weightsManifest` names in `paths`, in this order
 * @returns       arrays by name, and a description of the layers
 * @throws TypeError   an argument is of another kind
 * @throws RangeError  a weight is quantized or of another type than float32, int32 or bool, or the files have other sizes
 * @example
 * const json = {
 *   modelTopology: null,
 *   weightsManifest: [{ paths: ["a.bin"], weights: [{ name: "dense/kernel", shape: [2, 1], dtype: "float32" }] }],
 * };
 * const bytes = new Uint8Array(Float32Array.of(1, 2).buffer);
 * readTfjs(json, [bytes]).tensors["dense/kernel"].shape; // [2, 1]
 */
export function readTfjs(model: string | object, shards: readonly Uint8Array[]): TfjsModel {
  const where = "readTfjs";
  const json = (typeof model === "string" ? parsed(where, model) : model) as {
    weightsManifest?: unknown;
    modelTopology?: { class_name?: unknown; model_config?: unknown } | null;
  };
  if (!isRecord(json)) throw wrongKind(where, "the model", "the contents of model.json", model);
  if (!Array.isArray(shards) || !shards.every((shard) => isTypedArray(shard)))
    throw wrongKind(where, "the files", "an array of Uint8Arrays", shards, "[new Uint8Array(buffer)]");
  const entries = entriesOf(where, json.weightsManifest);
  const names = new Set<string>();
  for (const { name } of entries) {
    if (names.has(name)) throw damaged(where, `weightsManifest has "${name}" twice`);
    names.add(name);
  }
  const bytes = new Uint8Array(shards.reduce((total, shard) => total + shard.byteLength, 0));
  let end = 0;
  for (const shard of shards) {
    bytes.set(plainArray(shard), end);
    end += shard.length;
  }
  const wanted = entries.reduce(
    (total, { shape, dtype }) => total + elementCount(shape) * arrayTypes[dtype].BYTES_PER_ELEMENT,
    0,
  );
  if (wanted !== bytes.length) throw damaged(where, `the files have ${bytes.length} bytes, expected ${wanted}`);
  let at = 0;
  const tensors = entries.map(({ name, shape, dtype }): [string, NDArray] => {
    const from = at;
    at += elementCount(shape) * arrayTypes[dtype].BYTES_PER_ELEMENT;
    return [name, { data: new arrayTypes[dtype](bytes.slice(from, at).buffer), shape }];
  });
  const topology = has(json.modelTopology) ? json.modelTopology : null;
  const description = topology && has(topology.model_config) ? (topology.model_config as typeof topology) : topology;
  return {
    tensors: Object.fromEntries(tensors),
    layers: layersIn(description),
    sequential: description?.class_name === "Sequential",
  };
}

function parsed(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(where, "the text is not JSON");
  }
}
