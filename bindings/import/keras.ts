// How Keras and TensorFlow.js keep the arrays of layers: channels last as here, one module for each layer and direction, gates of
// a GRU in another order.

import type { Parameter } from "../layers/layer.js";
import { elementCount, type TypedArray } from "../values/arrays.js";
import { type Layout, type Made, type Source, SourceBuilder, sum } from "./source.js";
import type { KerasLayer } from "./tfjs.js";
import { type Leaf, parametersIn } from "./walk.js";

/** Names of arrays by those of this library. */
const normNames = { gamma: "gamma", beta: "beta", mean: "moving_mean", variance: "moving_variance" };

/** A layer whose arrays differ in their names only. */
const renamed =
  (names: Readonly<Record<string, string>>) =>
  (leaf: Leaf): Source[] => {
    const source = new SourceBuilder(leaf);
    const own = parametersIn(leaf);
    const state = (leaf.layer.state ?? {}) as Readonly<Record<string, Parameter>>;
    for (const [ours, theirs] of Object.entries(names)) {
      const declared = own.get(ours) ?? state[ours];
      const kind: Made["kind"] = own.has(ours) ? "parameters" : "state";
      source.add(ours, declared, { [theirs]: declared?.shape ?? [] }, undefined, kind);
    }
    return [source.build()];
  };

/** Shape [height, width, inputs, multiplier] of a depthwise kernel, which is [height, width, 1, inputs · multiplier] here. */
function depthwiseShape({ shape }: Parameter, inputs: unknown): number[] {
  return [...shape.slice(0, 2), inputs as number, (shape.at(-1) as number) / (inputs as number)];
}

function depthwiseSource(leaf: Leaf): Source[] {
  const own = parametersIn(leaf);
  const weight = own.get("weight") as Parameter;
  const bias = own.get("bias");
  return [
    new SourceBuilder(leaf)
      .add("weight", weight, { depthwise_kernel: depthwiseShape(weight, leaf.definition?.[1]) })
      .add("bias", bias, { bias: bias?.shape ?? [] })
      .build(),
  ];
}

function separableSource(leaf: Leaf): Source[] {
  const own = parametersIn(leaf);
  const first = own.get("depthwise.weight") as Parameter;
  const second = own.get("pointwise.weight") as Parameter;
  const bias = own.get("pointwise.bias");
  return [
    new SourceBuilder(leaf)
      .add("depthwise.weight", first, { depthwise_kernel: depthwiseShape(first, leaf.definition?.[1]) })
      .add("pointwise.weight", second, { pointwise_kernel: second.shape })
      .add("pointwise.bias", bias, { bias: bias?.shape ?? [] })
      .build(),
  ];
}

/** Columns of three gates in the order z, r, n as r, z, n. */
function gatesOf(data: TypedArray, columns: number): TypedArray {
  const units = columns / 3;
  const result = data.slice();
  for (let row = 0; row < data.length; row += columns) {
    result.set(data.subarray(row + units, row + 2 * units), row);
    result.set(data.subarray(row, row + units), row + units);
  }
  return result;
}

/** The module of one direction of one layer. */
function recurrentModule(leaf: Leaf, part: string): Source {
  const own = parametersIn(leaf);
  const gru = leaf.definition?.[0].startsWith("gru");
  const source = new SourceBuilder(leaf, part);
  const prefix = part === "" ? "" : `${part}.`;
  const columns = (own.get(`${prefix}weight`) as Parameter).shape[1] as number;
  const order = (data: TypedArray): TypedArray => (gru ? gatesOf(data, columns) : data);
  for (const [ours, theirs] of [
    ["weight", "kernel"],
    ["recurrent", "recurrent_kernel"],
  ] as const) {
    const declared = own.get(prefix + ours);
    source.add(prefix + ours, declared, { [theirs]: declared?.shape ?? [] }, (read) => order(read(theirs)));
  }
  const bias = own.get(`${prefix}bias`);
  const apart = own.get(`${prefix}recurrentBias`);
  if (!apart) return source.add(`${prefix}bias`, bias, { bias: [columns] }).build();
  const kept = columns - elementCount(apart.shape);
  // Two rows: the bias of the product with the inputs, and that of the product with the state.
  const pieces = { bias: [2, columns] };
  return source
    .add(`${prefix}bias`, bias, pieces, (read) => {
      const [first, second] = [0, columns].map((at) => order(read("bias").subarray(at, at + columns)));
      const both = sum([first as TypedArray, second as TypedArray]);
      both.set((first as TypedArray).subarray(kept), kept);
      return both;
    })
    .add(`${prefix}recurrentBias`, apart, pieces, (read) => read("bias").slice(columns + kept))
    .build();
}

function recurrentSource(leaf: Leaf): Source[] {
  const own = parametersIn(leaf);
  const parts = [...own.keys()]
    .filter((name) => /(^|\.)weight$/.test(name))
    .map((name) => name.replace(/\.?weight$/, ""));
  return parts.map((part) => recurrentModule(leaf, part));
}

const convolution = renamed({ weight: "kernel", bias: "bias" });
const norm = renamed(normNames);

const kinds: Readonly<Record<string, (leaf: Leaf) => Source[]>> = {
  linear: convolution,
  embedding: renamed({ weight: "embeddings" }),
  conv1d: convolution,
  conv2d: convolution,
  convTranspose1d: convolution,
  convTranspose2d: convolution,
  depthwiseConv2d: depthwiseSource,
  separableConv2d: separableSource,
  batchNorm: norm,
  layerNorm: norm,
  groupNorm: norm,
  instanceNorm: norm,
  rmsNorm: renamed({ gamma: "scale" }),
  rnn: recurrentSource,
  gru: recurrentSource,
  lstm: recurrentSource,
  rnnCell: recurrentSource,
  gruCell: recurrentSource,
  lstmCell: recurrentSource,
};

export const keras: Layout = {
  sources: (leaf) => kinds[leaf.definition?.[0] ?? ""]?.(leaf) ?? [],
  dropped: null,
  hint: (got, expected) =>
    expected.length === 2 && expected[0] === 2 && got.length === 1
      ? ": a GRU without reset_after, which is another formula; train it here, or there with reset_after"
      : "",
};

/** ε of a norm of this library. */
function epsilonOf({ definition }: Leaf): number {
  const { epsilon, convention } = (definition?.at(-1) ?? {}) as { epsilon?: number; convention?: string };
  return epsilon ?? (convention === "keras" ? 1e-3 : definition?.[0] === "rmsNorm" ? 1e-6 : 1e-5);
}

/** Settings of a layer of theirs that the numbers do not show, with what ours needs. */
function settingsOf(leaf: Leaf, kind: string): [key: string, wanted: unknown][] {
  if (/Normalization$/.test(kind)) return [["epsilon", epsilonOf(leaf)]];
  if (kind === "GRU" || kind === "LSTM")
    return [
      ["activation", "tanh"],
      ["recurrent_activation", "sigmoid"],
    ];
  if (kind !== "SimpleRNN") return [];
  const { activation = "tanh" } = (leaf.definition?.at(-1) ?? {}) as { activation?: string };
  return [["activation", activation]];
}

const otherFormula = "It is another formula: train the layer here, or make it so there.";

/**
 * Checks the settings of a layer of theirs that change its outputs, but not its arrays.
 * @throws RangeError  a setting differs from that of the layer here
 */
export function checkSettings(where: string, { leaf, path }: Source, { name, kind, config }: KerasLayer): void {
  for (const [key, wanted] of settingsOf(leaf, kind)) {
    const got = config[key];
    if (got === undefined || got === wanted) continue;
    throw new RangeError(
      `${where}: "${name}" has ${key} ${JSON.stringify(got)}, but ${leaf.layer.name} "${path}" has ${JSON.stringify(wanted)}. ` +
        (key === "epsilon" ? `Give the layer here { epsilon: ${got} }.` : otherFormula),
    );
  }
}

/** @throws RangeError  the model has a GRU, and so has the file, but without reset_after, where the bias has another shape as well */
export function checkGru(where: string, sources: readonly Source[], layers: readonly KerasLayer[]): void {
  if (!sources.some(({ leaf }) => leaf.definition?.[0].startsWith("gru"))) return;
  const other = layers.find(({ kind, config }) => kind === "GRU" && config.reset_after !== true);
  if (other) throw new RangeError(`${where}: the GRU "${other.name}" has no reset_after. ${otherFormula}`);
}
