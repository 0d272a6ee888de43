// Operations of a model as nodes of ONNX, opset 17.

import type { OnnxGraph } from "./onnxGraph.js";
import { onnxImages } from "./onnxImages.js";
import { onnxRecurrent } from "./onnxRecurrent.js";
import type { Affine, Op, OpOf, OpTable, Weight } from "./op.js";

type Writer<K extends Op["kind"]> = (op: OpOf<K>, graph: OnnxGraph, x: string) => string;

const named = (graph: OnnxGraph, name: string, { data, shape }: Weight): string => graph.constant(name, data, shape);
const ones = (count: number): Float32Array => new Float32Array(count).fill(1);
const scalar = (graph: OnnxGraph, name: string, value: number): string => graph.constant(name, [value], []);

/** γ y + β; `shape` is that of both constants. */
function scaled(graph: OnnxGraph, y: string, { gamma, beta }: Affine, shape: readonly number[]): string {
  let x = y;
  if (gamma) x = graph.node("Mul", [x, graph.constant("gamma", gamma.data, shape)]);
  return beta ? graph.node("Add", [x, graph.constant("beta", beta.data, shape)]) : x;
}

/** Activations that are one node: its name and attributes. */
const simple: Readonly<Record<string, (given: unknown) => [string, Record<string, number | { f: number }>?]>> = {
  relu: () => ["Relu"],
  leakyRelu: (slope) => ["LeakyRelu", { alpha: { f: slope as number } }],
  elu: (alpha) => ["Elu", { alpha: { f: alpha as number } }],
  sigmoid: () => ["Sigmoid"],
  tanh: () => ["Tanh"],
  softplus: () => ["Softplus"],
  selu: () => ["Selu"],
  hardswish: () => ["HardSwish"],
  atan: () => ["Atan"],
  softmax: () => ["Softmax", { axis: -1 }],
};

/** Activations of several nodes. */
const composed: Readonly<Record<string, (graph: OnnxGraph, x: string, given: unknown) => string>> = {
  silu: (graph, x) => graph.node("Mul", [x, graph.node("Sigmoid", [x])]),
  mish: (graph, x) => graph.node("Mul", [x, graph.node("Tanh", [graph.node("Softplus", [x])])]),
  gelu(graph, x, form) {
    const times = (y: string, factor: number): string => graph.node("Mul", [y, scalar(graph, "factor", factor)]);
    const inner = (): string => {
      if (form === "erf") return graph.node("Erf", [times(x, Math.SQRT1_2)]);
      const cube = graph.node("Mul", [graph.node("Mul", [x, x]), x]);
      return graph.node("Tanh", [times(graph.node("Add", [x, times(cube, 0.044715)]), Math.sqrt(2 / Math.PI))]);
    };
    return graph.node("Mul", [times(x, 0.5), graph.node("Add", [inner(), scalar(graph, "one", 1)])]);
  },
};

const layerNorm: Writer<"layerNorm"> = ({ extents, gamma, beta, epsilon, output }, graph, x) => {
  const count = extents.reduce((product, extent) => product * extent, 1);
  const scale = graph.constant("gamma", gamma?.data ?? ones(count), extents);
  const inputs = [x, scale, ...(beta ? [named(graph, "beta", beta)] : [])];
  const axis = output.length + 1 - extents.length;
  return graph.node("LayerNormalization", inputs, { axis, epsilon: { f: epsilon } });
};

/** γ x / √(mean x² + ε). */
const rmsNorm: Writer<"rmsNorm"> = ({ extents, epsilon, output, ...affine }, graph, x) => {
  const axes = extents.map((_, k) => output.length + 1 - extents.length + k);
  const mean = graph.node("ReduceMean", [graph.node("Mul", [x, x])], { axes, keepdims: 1 });
  const root = graph.node("Sqrt", [graph.node("Add", [mean, scalar(graph, "epsilon", epsilon)])]);
  return scaled(graph, graph.node("Div", [x, root]), affine, extents);
};

/** Each group of channels is a channel of an instance norm. */
const groupNorm: Writer<"groupNorm"> = ({ groups, epsilon, output, ...affine }, graph, x) => {
  const [channels, ...extents] = [output.at(-1) as number, ...output.slice(0, -1)];
  const parts = graph.node("Reshape", [x, graph.integers("groups", [0, groups, -1])]);
  const given = [parts, graph.constant("ones", ones(groups), [groups]), graph.constant("zeros", new Float32Array(groups), [groups])]; // biome-ignore format: one line
  const y = graph.node("InstanceNormalization", given, { epsilon: { f: epsilon } });
  const whole = graph.node("Reshape", [y, graph.integers("shape", [0, channels, ...extents])]);
  return scaled(graph, whole, affine, [channels, ...extents.map(() => 1)]);
};

const batchNorm: Writer<"batchNorm"> = ({ gamma, beta, mean, variance, epsilon }, graph, x) => {
  const { length } = mean.data;
  const inputs = [
    ...[x, graph.constant("gamma", gamma?.data ?? ones(length), [length])],
    ...[graph.constant("beta", beta?.data ?? new Float32Array(length), [length])],
    ...[named(graph, "mean", mean), named(graph, "variance", variance)],
  ];
  return graph.node("BatchNormalization", inputs, { epsilon: { f: epsilon } });
};

const linear: Writer<"linear"> = ({ weight, bias, input }, graph, x) => {
  const w = named(graph, "weight", weight);
  const b = bias && named(graph, "bias", bias);
  if (input.length === 1) return graph.node("Gemm", b ? [x, w, b] : [x, w]);
  const product = graph.node("MatMul", [x, w]);
  return b ? graph.node("Add", [product, b]) : product;
};

/** Order of the axes that moves the channels of an array with a batch. */
function order(to: "first" | "last", rank: number): number[] {
  const spatial = Array.from({ length: rank - 1 }, (_, k) => k + 1);
  return to === "first" ? [0, rank, ...spatial] : [0, ...spatial.map((axis) => axis + 1), 1];
}

// Pure, so that a bundle drops the formats that it does not use.
const writers: Omit<OpTable<string, [OnnxGraph, string]>, "reorder"> = /* @__PURE__ */ (() => ({
  ...onnxImages,
  ...onnxRecurrent,
  sequence: ({ ops }, graph, x) => ops.reduce((y, op) => writeOp(op, graph, y), x),
  residual({ block, scale, path }, graph, x) {
    const y = writeOp(block, graph, x);
    graph.layer = path;
    return graph.node("Add", [x, scale === 1 ? y : graph.node("Mul", [y, scalar(graph, "scale", scale)])]);
  },
  turn: ({ to, input }, graph, x) => graph.node("Transpose", [x], { perm: order(to, input.length) }),
  standardize({ mean, deviation }, graph, x) {
    const list = (name: string, values: readonly number[]): string =>
      graph.constant(name, values, values.length > 1 ? [values.length] : []);
    return graph.node("Div", [graph.node("Sub", [x, list("mean", mean)]), list("deviation", deviation)]);
  },
  linear,
  activation({ name, given }, graph, x) {
    const one = simple[name];
    if (!one) return (composed[name] as (typeof composed)[string])(graph, x, given);
    const [type, attributes] = one(given);
    return graph.node(type, [x], attributes);
  },
  flatten: (_, graph, x) => graph.node("Flatten", [x]),
  scale: ({ factor }, graph, x) => graph.node("Mul", [x, scalar(graph, "factor", factor)]),
  embedding: ({ weight }, graph, x) =>
    graph.node("Gather", [named(graph, "weight", weight), graph.node("Cast", [x], { to: 6 })]),
  batchNorm,
  layerNorm,
  rmsNorm,
  groupNorm,
}))();

/** Adds an operation to a graph; returns the name of its result. */
export function writeOp(op: Op, graph: OnnxGraph, x: string): string {
  graph.layer = op.path;
  return (writers[op.kind as Exclude<Op["kind"], "reorder">] as Writer<Op["kind"]>)(op as never, graph, x);
}
