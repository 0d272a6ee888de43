// Operations on images as nodes of ONNX; channels stand first.

import { kernelsLast } from "./arrays.js";
import type { OnnxGraph } from "./onnxGraph.js";
import type { Kinds, OpTable, Region, Windows } from "./op.js";

/** Attributes of windows. */
function attributesOf({ kernel, stride, dilation, sides }: Windows): Record<string, readonly number[]> {
  const pads = [...sides.map(([before]) => before), ...sides.map(([, after]) => after)];
  return { kernel_shape: kernel, strides: stride, dilations: dilation, pads };
}

/** Convolution, or its transpose. */
function convolved(
  type: string,
  { windows, groups, weight, bias }: Kinds["convolution"],
  graph: OnnxGraph,
  x: string,
  more: Record<string, readonly number[]> = {},
): string {
  const { data, shape } = kernelsLast(weight);
  const inputs = [x, graph.constant("weight", data, shape)];
  if (bias) inputs.push(graph.constant("bias", bias.data, bias.shape));
  return graph.node(type, inputs, { ...attributesOf(windows), group: groups, ...more });
}

/** Mean over the regions of an axis: a product with a matrix of their shares. */
function meansAlong(graph: OnnxGraph, x: string, isLast: boolean, extent: number, regions: readonly Region[]): string {
  const { length } = regions;
  const shares = new Float32Array(extent * length);
  for (const [k, [from, to]] of regions.entries())
    for (let i = from; i < to; i++) shares[isLast ? i * length + k : k * extent + i] = 1 / (to - from);
  return isLast
    ? graph.node("MatMul", [x, graph.constant("shares", shares, [extent, length])])
    : graph.node("MatMul", [graph.constant("shares", shares, [length, extent]), x]);
}

/** Largest values of the regions of an axis: all are gathered at the length of the longest, shorter ones with their last pixel again. */
function largestAlong(graph: OnnxGraph, x: string, axis: number, regions: readonly Region[]): string {
  const longest = Math.max(...regions.map(([from, to]) => to - from));
  const indices = regions.flatMap(([from, to]) =>
    Array.from({ length: longest }, (_, k) => Math.min(from + k, to - 1)),
  );
  const gathered = graph.node("Gather", [x, graph.integers("pixels", indices, [regions.length, longest])], { axis });
  return graph.node("ReduceMax", [gathered], { axes: [axis + 1], keepdims: 0 });
}

type ImageKinds = "border" | "convolution" | "transposedConvolution" | "pool" | "regions" | "globalPool" | "upsample";

const modes = { constant: "constant", reflect: "reflect", replicate: "edge" };

export const onnxImages: Pick<OpTable<string, [OnnxGraph, string]>, ImageKinds> = {
  border({ mode, sides, value, input }, graph, x) {
    // Opset 17 has no circular padding: the pixels are gathered.
    if (mode === "circular")
      return sides.reduce((y, [before, after], k) => {
        const extent = input[k] as number;
        const pixels = Array.from({ length: extent + before + after }, (_, i) => (i - before + extent) % extent);
        return graph.node("Gather", [y, graph.integers("pixels", pixels)], { axis: 2 + k });
      }, x);
    const pads = [0, 0, ...sides.map(([before]) => before), 0, 0, ...sides.map(([, after]) => after)];
    const inputs = [x, graph.integers("pads", pads)];
    if (mode === "constant") inputs.push(graph.constant("value", [value], []));
    return graph.node("Pad", inputs, { mode: modes[mode] });
  },
  convolution: (op, graph, x) => convolved("Conv", op, graph, x),
  transposedConvolution: (op, graph, x) =>
    convolved("ConvTranspose", op, graph, x, { output_padding: op.outputPadding }),
  pool({ value, windows }, graph, x) {
    const { dilations, ...others } = attributesOf(windows);
    // Averages have no dilation below opset 19.
    if (value === "max") return graph.node("MaxPool", [x], { ...others, dilations: dilations as readonly number[] });
    return graph.node("AveragePool", [x], { ...others, count_include_pad: 1 });
  },
  regions: ({ value, regions, input }, graph, x) =>
    regions.reduce(
      (y, own, k) =>
        value === "max"
          ? largestAlong(graph, y, 2 + k, own)
          : meansAlong(graph, y, k === regions.length - 1, input[k] as number, own),
      x,
    ),
  globalPool({ value, input }, graph, x) {
    const axes = input.slice(0, -1).map((_, k) => 2 + k);
    return graph.node(value === "max" ? "ReduceMax" : "ReduceMean", [x], { axes, keepdims: 0 });
  },
  upsample({ factors, mode, alignCorners }, graph, x) {
    const scales = graph.constant("scales", [1, 1, ...factors], [2 + factors.length]);
    const nearest = { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
    const linear = { mode: "linear", coordinate_transformation_mode: alignCorners ? "align_corners" : "half_pixel" };
    return graph.node("Resize", [x, "", scales], mode === "nearest" ? nearest : linear);
  },
};
