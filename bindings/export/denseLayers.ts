// Layers without spatial axes as operations: dense layers, activations, norms, embeddings, recurrent layers.

import type { BatchNormOptions } from "../layers/batchNorm.js";
import type { DropoutOptions } from "../layers/dropout.js";
import type { LayerNormOptions } from "../layers/layerNorm.js";
import type { RecurrentOptions } from "../layers/recurrent.js";
import type { RnnOptions } from "../layers/rnn.js";
import type { Schedulable } from "../schedules/scheduled.js";
import type { Affine, Direction, Op, Weight } from "./op.js";
import type { Place } from "./place.js";

/** Makes operations of the arguments of a layer's function. */
// biome-ignore lint/suspicious/noExplicitAny: the arguments were checked by the function of the layer
export type Resolver = (place: Place, ...given: any[]) => readonly Op[];

const affine = (place: Place): Affine => ({ gamma: place.parameter("gamma"), beta: place.parameter("beta") });

const activation =
  (name: string, otherwise?: unknown): Resolver =>
  (place, given = otherwise) => [place.op("activation", { name, given })];

const dropout: Resolver = (place, rate: Schedulable, { mode = "inverted" }: DropoutOptions) =>
  mode === "inverted" ? [] : [place.op("scale", { factor: 1 - place.number("rate", rate) })];

const groupNorm = (place: Place, groups: number, epsilon = 1e-5): Op[] => [
  place.op("groupNorm", { groups, epsilon, ...affine(place) }),
];

function directionOf(place: Place): Direction {
  return {
    weight: place.parameter("weight") as Weight,
    recurrent: place.parameter("recurrent") as Weight,
    bias: place.parameter("bias"),
    recurrentBias: place.parameter("recurrentBias"),
  };
}

const recurrent =
  (cell: "lstm" | "gru" | "rnn"): Resolver =>
  (place, _inputs: number, units: number, options: RecurrentOptions & RnnOptions) => {
    const { layers = 1, bidirectional = false, returnSequences = false, activation = "tanh" } = options;
    const width = units * (bidirectional ? 2 : 1);
    const own = Array.from({ length: layers }, (_, k) => {
      const layer = place.nested(`${k}`);
      return bidirectional ? [directionOf(layer), directionOf(layer.nested("backward"))] : [directionOf(layer)];
    });
    const content = { cell, units, activation, sequences: returnSequences, layers: own };
    return [place.op("recurrent", content, returnSequences ? [place.shape[0] as number, width] : [width])];
  };

/** By name of the layer's function. */
export const denseLayers: Readonly<Record<string, Resolver>> = {
  linear: (place, _inputs, outputs: number) => [
    place.op("linear", { weight: place.parameter("weight") as Weight, bias: place.parameter("bias") }, [
      ...place.shape.slice(0, -1),
      outputs,
    ]),
  ],
  embedding: (place, _count, width: number) => [
    place.op("embedding", { weight: place.parameter("weight") as Weight }, [...place.shape, width]),
  ],
  flatten: (place) => [place.op("flatten", {}, [place.shape.reduce((product, extent) => product * extent, 1)])],
  relu: activation("relu"),
  leakyRelu: activation("leakyRelu", 0.01),
  elu: activation("elu", 1),
  sigmoid: activation("sigmoid"),
  tanh: activation("tanh"),
  softplus: activation("softplus"),
  gelu: activation("gelu", "erf"),
  silu: activation("silu"),
  selu: activation("selu"),
  mish: activation("mish"),
  hardswish: activation("hardswish"),
  atan: activation("atan"),
  softmax: activation("softmax"),
  dropout,
  dropout1d: dropout,
  dropout2d: dropout,
  gaussianNoise: () => [],
  batchNorm: (place, _features, { convention, epsilon = convention === "keras" ? 1e-3 : 1e-5 }: BatchNormOptions) => [
    place.op("batchNorm", { ...affine(place), mean: place.state("mean"), variance: place.state("variance"), epsilon }),
  ],
  layerNorm: (
    place,
    extents: readonly number[],
    { convention, epsilon = convention === "keras" ? 1e-3 : 1e-5 }: LayerNormOptions,
  ) => [place.op("layerNorm", { ...affine(place), extents, epsilon })],
  rmsNorm: (place, extents: readonly number[], { epsilon = 1e-6 }: LayerNormOptions) => [
    place.op("rmsNorm", { ...affine(place), extents, epsilon }),
  ],
  groupNorm: (place, groups: number, _channels, { epsilon }: LayerNormOptions) => groupNorm(place, groups, epsilon),
  instanceNorm: (place, channels: number, { epsilon }: LayerNormOptions) => groupNorm(place, channels, epsilon),
  lstm: recurrent("lstm"),
  gru: recurrent("gru"),
  rnn: recurrent("rnn"),
};
