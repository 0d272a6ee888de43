// Makes layers again from the data in a file: calls of the library's functions of layers, and of nothing else. The file may come
// from anywhere.

import {
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  atan,
  avgPool1d,
  avgPool2d,
  batchNorm,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  depthwiseConv2d,
  dropout,
  dropout1d,
  dropout2d,
  elu,
  embedding,
  flatten,
  fractionalMaxPool2d,
  gaussianNoise,
  gelu,
  globalAvgPool2d,
  globalMaxPool2d,
  groupNorm,
  gru,
  gruCell,
  hardswish,
  instanceNorm,
  type Layer,
  layerNorm,
  leakyRelu,
  linear,
  lstm,
  lstmCell,
  maxPool1d,
  maxPool2d,
  mish,
  relu,
  residual,
  residualStack,
  rmsNorm,
  rnn,
  rnnCell,
  selu,
  separableConv2d,
  sequential,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
  upsample2d,
} from "../layers/index.js";
import { zerosInitializer } from "../layers/initializers.js";
import { isLayer } from "../layers/layer.js";
import { asSchedule } from "../schedules/scheduled.js";
import { depthLimit } from "../values/arrays.js";
import { isRecord, nearest, shown } from "../values/options.js";

/**
 * Functions that make a layer from data, layers, initializers and schedules; `network` takes a function of the user. Named one by
 * one: with a namespace in its place bundlers keep all layers in every page, 15 kB more for one that trains digits.
 */
const makers = {
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  atan,
  avgPool1d,
  avgPool2d,
  batchNorm,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  depthwiseConv2d,
  dropout,
  dropout1d,
  dropout2d,
  elu,
  embedding,
  flatten,
  fractionalMaxPool2d,
  gaussianNoise,
  gelu,
  globalAvgPool2d,
  globalMaxPool2d,
  groupNorm,
  gru,
  gruCell,
  hardswish,
  instanceNorm,
  layerNorm,
  leakyRelu,
  linear,
  lstm,
  lstmCell,
  maxPool1d,
  maxPool2d,
  mish,
  relu,
  residual,
  residualStack,
  rmsNorm,
  rnn,
  rnnCell,
  selu,
  separableConv2d,
  sequential,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
  upsample2d,
};

/** Most levels of a model in a file: a list of layers is a level too. */
const levelLimit = 2 * depthLimit;
/** Most layers of a model in a file. */
const layerLimit = 16_384;

/** Parts from outside of the definition. */
export interface Supply {
  /** The caller, for errors. */
  readonly where: string;
  /** Layers of the user, by the names that the file has for them. */
  readonly layers: Readonly<Record<string, Layer>>;
  /** Arrays in the file, which bound the layers of a stack. */
  readonly arrays: number;
}

/** In place of a function that the file lacks: an initializer, whose values are replaced, or a schedule, whose number is replaced. */
const absentFunction = (given: unknown): unknown => (typeof given === "number" ? 0 : zerosInitializer(given as never));

/**
 * Returns the layer of a definition that was written as JSON.
 *
 * @throws RangeError  this is not the definition of a layer, or a layer is missing in the supply
 */
export function layerFrom(definition: unknown, supply: Supply): Layer {
  const { where, layers, arrays } = supply;
  let made = 0;
  const damaged = (what: string): RangeError =>
    new RangeError(`${where}: the file's model is damaged: ${what}. Use what save() wrote, or give { model }.`);

  function ownLayer(name: unknown): Layer {
    if (typeof name === "string" && Object.hasOwn(layers, name)) return layers[name] as Layer;
    const near = typeof name === "string" ? nearest(name, Object.keys(layers)) : null;
    throw new RangeError(
      `${where}: the file has a layer of your own, ${shown(name)}, of which only the name is in it. Give it: { layers: { ` +
        `${shown(name)}: layer } }, or the whole { model }.${near ? ` Is it "${near}" of those given?` : ""}`,
    );
  }

  function nested(value: unknown, depth: number): Layer {
    if (depth > levelLimit) throw damaged(`layers nest more than ${levelLimit} deep`);
    if (++made > layerLimit) throw damaged(`it has more than ${layerLimit} layers`);
    if (isRecord(value) && Object.hasOwn(value, "layer")) return ownLayer((value as { layer: unknown }).layer);
    if (!isDefinition(value)) throw damaged(`a layer is ${shown(value)}, expected [function, ...arguments]`);
    const [kind, ...given] = value;
    // JSON has null for arguments that were not given.
    const decoded = given.map((argument) => (argument === null ? undefined : argumentFrom(argument, depth)));
    const make = makers[kind as keyof typeof makers] as unknown as (...given: unknown[]) => unknown;
    try {
      return make(...decoded) as Layer;
    } catch (error) {
      throw damaged(error instanceof Error ? error.message.replace(/\.$/, "") : String(error));
    }
  }

  function argumentFrom(value: unknown, depth: number): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (depth > levelLimit) throw damaged(`its arguments nest more than ${levelLimit} deep`);
    if (isDefinition(value) || Object.hasOwn(value, "layer")) return nested(value, depth + 1);
    if (Array.isArray(value)) return value.map((item) => argumentFrom(item, depth + 1));
    if (Object.hasOwn(value, "function")) return absentFunction;
    const { schedule } = value as { schedule?: unknown };
    if (typeof schedule === "string") return { ...asSchedule(where, "schedule", 0), schedule, range: null };
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        if (key === "layers" && !(item <= arrays)) throw damaged(`${shown(item)} layers, and ${arrays} arrays`);
        return [key, argumentFrom(item, depth + 1)];
      }),
    );
  }

  const layer = nested(definition, 0);
  if (!isLayer(layer)) throw damaged(`${shown(definition)} makes no layer`);
  return layer;
}

/** True for an array that begins with the name of a function of layers. */
function isDefinition(value: unknown): value is [kind: string, ...given: unknown[]] {
  return Array.isArray(value) && typeof value[0] === "string" && Object.hasOwn(makers, value[0]);
}
