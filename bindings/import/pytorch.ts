// How PyTorch keeps the arrays of layers: linear weights [outputs, inputs], images and convolutions with the channels first, two
// biases in recurrent layers.

import type { Parameter } from "../layers/layer.js";
import { elementCount, sameShape, type TypedArray } from "../values/arrays.js";
import { transposed } from "../values/axes.js";
import { type Layout, type Source, SourceBuilder, sum } from "./source.js";
import { type Features, type Leaf, parametersIn } from "./walk.js";

/** Names of arrays of norms in this library and in checkpoints of older models, as those of PyTorch. */
const normAliases = { gamma: "weight", beta: "bias", mean: "running_mean", variance: "running_var" };

/** Shape in PyTorch of a weight [..., a, b]: [b, a, ...]. */
function shapeThere(shape: readonly number[]): number[] {
  return [shape.at(-1) as number, shape.at(-2) as number, ...shape.slice(0, -2)];
}

/** Moves the first two axes of a weight behind the others and swaps them, as [out, in, height, width] to [height, width, in, out]. */
function axesLast(data: TypedArray, shape: readonly number[]): TypedArray {
  return transposed(data, shapeThere(shape), [...shape.slice(0, -2).map((_, k) => k + 2), 1, 0]);
}

/** Channels of the image that was flattened into the features of a layer; 1 if there is none. */
function channelsIn({ order, ...image }: Features & { readonly channels?: number }): number {
  return order === "flat" ? (image.channels as number) : 1;
}

function linearSource(leaf: Leaf): Source[] {
  const own = parametersIn(leaf);
  const [inputs, outputs] = (own.get("weight") as Parameter).shape as [number, number];
  const channels = channelsIn(leaf.features);
  // Behind a flatten the inputs are channels × positions there, and positions × channels here.
  const axes = [outputs, channels, inputs / channels];
  return [
    new SourceBuilder(leaf)
      .add("weight", own.get("weight"), { weight: [outputs, inputs] }, (read) =>
        transposed(read("weight"), axes, [2, 1, 0]),
      )
      .add("bias", own.get("bias"), { bias: [outputs] })
      .build(),
  ];
}

/** A convolution, transposed or not, or the part of a layer that is one. */
function convolutionSource(leaf: Leaf, part = ""): Source {
  const own = parametersIn(leaf);
  const name = (key: string): string => (part === "" ? key : `${part}.${key}`);
  const weight = own.get(name("weight")) as Parameter;
  const bias = own.get(name("bias"));
  return new SourceBuilder(leaf, part)
    .add(name("weight"), weight, { weight: shapeThere(weight.shape) }, (read) => axesLast(read("weight"), weight.shape))
    .add(name("bias"), bias, { bias: bias?.shape ?? [] })
    .build();
}

/** Norms: of vectors, of the features of a flattened image, or of a whole image, [channels, ...] there and [..., channels] here. */
function normSource(leaf: Leaf): Source[] {
  const own = parametersIn(leaf);
  const state: Readonly<Record<string, Parameter>> = (leaf.layer.state ?? {}) as Record<string, Parameter>;
  const source = new SourceBuilder(leaf, "", normAliases);
  for (const [ours, theirs] of Object.entries(normAliases)) {
    const declared = own.get(ours) ?? state[ours];
    if (!declared) continue;
    const { shape } = declared;
    const whole = shape.length > 1 && leaf.features.order === "image";
    const channels = whole ? (shape.at(-1) as number) : channelsIn(leaf.features);
    const axes = [channels, elementCount(shape) / channels];
    const there = whole ? [channels, ...shape.slice(0, -1)] : shape;
    const kind = own.has(ours) ? "parameters" : "state";
    source.add(ours, declared, { [theirs]: there }, (read) => transposed(read(theirs), axes, [1, 0]), kind);
  }
  return [source.build()];
}

/** The arrays of one direction of one layer; `ends` are those of its names, "_l0_reverse" for example. */
function addRecurrent(source: SourceBuilder, own: ReadonlyMap<string, Parameter>, part: string, ends: string): void {
  const named = (key: string): Parameter | undefined => own.get(part + key);
  const [ih, hh] = [`bias_ih${ends}`, `bias_hh${ends}`];
  for (const [ours, theirs] of [
    ["weight", `weight_ih${ends}`],
    ["recurrent", `weight_hh${ends}`],
  ] as const) {
    const declared = named(ours) as Parameter;
    source.add(part + ours, declared, { [theirs]: shapeThere(declared.shape) }, (read, shape) =>
      axesLast(read(theirs), shape),
    );
  }
  const bias = named("bias");
  const apart = named("recurrentBias");
  const shape = bias?.shape ?? [];
  const kept = apart ? elementCount(shape) - elementCount(apart.shape) : elementCount(shape);
  // The bias of the last gate of a GRU that is inside the product with the reset gate stays apart.
  source.add(`${part}bias`, bias, { [ih]: shape, [hh]: shape }, (read) => {
    const both = sum([read(ih), read(hh)]);
    both.set(read(ih).subarray(kept), kept);
    return both;
  });
  source.add(`${part}recurrentBias`, apart, { [ih]: shape, [hh]: shape }, (read) => read(hh).slice(kept));
}

function recurrentSource(leaf: Leaf): Source[] {
  const own = parametersIn(leaf);
  const source = new SourceBuilder(leaf);
  for (let k = 0; own.has(`${k}.weight`); k++) {
    addRecurrent(source, own, `${k}.`, `_l${k}`);
    if (own.has(`${k}.backward.weight`)) addRecurrent(source, own, `${k}.backward.`, `_l${k}_reverse`);
  }
  return [source.build()];
}

function cellSource(leaf: Leaf): Source[] {
  const source = new SourceBuilder(leaf);
  addRecurrent(source, parametersIn(leaf), "", "");
  return [source.build()];
}

const kinds: Readonly<Record<string, (leaf: Leaf) => Source[]>> = {
  linear: linearSource,
  embedding: (leaf) => {
    const weight = parametersIn(leaf).get("weight") as Parameter;
    return [new SourceBuilder(leaf).add("weight", weight, { weight: weight.shape }).build()];
  },
  conv1d: (leaf) => [convolutionSource(leaf)],
  conv2d: (leaf) => [convolutionSource(leaf)],
  depthwiseConv2d: (leaf) => [convolutionSource(leaf)],
  convTranspose1d: (leaf) => [convolutionSource(leaf)],
  convTranspose2d: (leaf) => [convolutionSource(leaf)],
  separableConv2d: (leaf) => [convolutionSource(leaf, "depthwise"), convolutionSource(leaf, "pointwise")],
  batchNorm: normSource,
  layerNorm: normSource,
  rmsNorm: normSource,
  groupNorm: normSource,
  instanceNorm: normSource,
  rnn: recurrentSource,
  gru: recurrentSource,
  lstm: recurrentSource,
  rnnCell: cellSource,
  gruCell: cellSource,
  lstmCell: cellSource,
};

export const pytorch: Layout = {
  sources: (leaf) => kinds[leaf.definition?.[0] ?? ""]?.(leaf) ?? [],
  dropped: /(^|\.)num_batches_tracked$/,
  hint: (got, expected) =>
    got.length > 1 && got.length === expected.length && sameShape(shapeThere(got), expected)
      ? ': not PyTorch\'s layout; if the file has the layout of this library, give layout: "thalweg"'
      : "",
};

/** The layout of this library: the arrays as layers declare them. */
export const thalweg: Layout = {
  sources(leaf) {
    const source = new SourceBuilder(leaf);
    for (const [name, declared] of parametersIn(leaf)) source.add(name, declared, { [name]: declared.shape });
    if (leaf.definition?.[0] === "batchNorm")
      for (const [name, declared] of Object.entries(leaf.layer.state as Readonly<Record<string, Parameter>>))
        source.add(name, declared, { [name]: declared.shape }, undefined, "state");
    return [source.build()];
  },
  dropped: null,
  hint: (got, expected) =>
    expected.length > 1 && got.length === expected.length && sameShape(shapeThere(expected), got)
      ? ': PyTorch\'s layout; give layout: "pytorch"'
      : "",
};
