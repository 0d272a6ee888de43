// Operations of a model as modules of PyTorch, with their weights by the names that state_dict has.

import { transposedMatrix } from "./arrays.js";
import type { Affine, Direction, Op, OpOf, OpTable, Weight } from "./op.js";
import { torchImages } from "./torchImages.js";
import { beside, made, type TorchModule } from "./torchModule.js";
import { call, extents, ordered, python } from "./torchSource.js";

type Writer<K extends Op["kind"]> = (op: OpOf<K>) => TorchModule[];

const filled = (shape: readonly number[], value: number): Weight => ({
  shape,
  data: new Float32Array(shape.reduce((product, extent) => product * extent, 1)).fill(value),
});

/** PyTorch has both γ and β, or none. */
function affineOf({ gamma, beta }: Affine, shape: readonly number[]): Record<string, Weight> {
  return gamma || beta ? { weight: gamma ?? filled(shape, 1), bias: beta ?? filled(shape, 0) } : {};
}
const unless = (condition: unknown): string | undefined => (condition ? undefined : "False");

const activations: Readonly<Record<string, (given: unknown) => string>> = {
  relu: () => "nn.ReLU()",
  leakyRelu: (slope) => `nn.LeakyReLU(${python(slope)})`,
  elu: (alpha) => `nn.ELU(${python(alpha)})`,
  sigmoid: () => "nn.Sigmoid()",
  tanh: () => "nn.Tanh()",
  softplus: () => "nn.Softplus()",
  gelu: (form) => (form === "tanh" ? 'nn.GELU(approximate="tanh")' : "nn.GELU()"),
  silu: () => "nn.SiLU()",
  selu: () => "nn.SELU()",
  mish: () => "nn.Mish()",
  hardswish: () => "nn.Hardswish()",
  atan: () => "Atan()",
  softmax: () => "nn.Softmax(-1)",
};

/** Weights of one direction: the reset gate of a GRU acts on a product with a bias of its own. */
function directionOf(
  cell: string,
  units: number,
  { weight, recurrent, bias, recurrentBias }: Direction,
  suffix: string,
): Record<string, Weight> {
  // biome-ignore format: one line
  const second = bias && filled(bias.shape, 0);
  if (second && cell === "gru" && recurrentBias) second.data.set(recurrentBias.data, 2 * units);
  return {
    [`weight_ih_${suffix}`]: transposedMatrix(weight),
    [`weight_hh_${suffix}`]: transposedMatrix(recurrent),
    ...(bias && second ? { [`bias_ih_${suffix}`]: bias, [`bias_hh_${suffix}`]: second } : {}),
  };
}

const recurrent: Writer<"recurrent"> = ({ cell, units, layers, sequences, activation, path, input }) => {
  const weights = layers.flatMap((directions, k) =>
    directions.map((direction, way) => directionOf(cell, units, direction, `l${k}${way === 1 ? "_reverse" : ""}`)),
  );
  const ways = layers[0]?.length ?? 1;
  const code = call(`nn.${cell.toUpperCase()}`, [python(input[1]), python(units)], {
    num_layers: layers.length > 1 ? python(layers.length) : undefined,
    nonlinearity: activation === "relu" ? '"relu"' : undefined,
    bias: unless(layers[0]?.[0]?.bias),
    batch_first: "True",
    bidirectional: ways === 2 ? "True" : undefined,
  });
  return [
    made(path, code, Object.assign({}, ...weights)),
    beside(path, "output", sequences ? "Steps()" : `Last(${ways})`),
  ];
};

const batchNorm: Writer<"batchNorm"> = ({ path, epsilon, mean, variance, input, ...affine }) => {
  const spatial = Math.max(input.length - 1, 1);
  if (spatial > 3)
    throw new TypeError(
      `"batchNorm" (${path}) has ${spatial} axes before the channels, expected at most 3 in PyTorch. Reshape before it.`,
    );
  const own = affineOf(affine, mean.shape);
  const code = call(`nn.BatchNorm${spatial}d`, [python(mean.data.length)], {
    eps: python(epsilon),
    affine: unless(own.weight),
  });
  return [made(path, code, { ...own, running_mean: mean, running_var: variance })];
};

/** Modules inside one module, or side by side with those of the module around it if all are of one layer. */
function nested(path: string, modules: readonly TorchModule[]): TorchModule {
  const keys = modules.map(({ key }, k) => {
    const before = modules.slice(0, k).filter((other) => other.key === key).length;
    return before === 0 ? key : `${key}_${before + 1}`;
  });
  const entries = modules.map(({ code }, k) => [keys[k] as string, code] as const);
  const weights = modules.flatMap((module, k) =>
    Object.entries(module.weights).map(([name, weight]) => [`${keys[k]}.${name}`, weight] as const),
  );
  return made(path, `nn.Sequential(${ordered(entries)})`, Object.fromEntries(weights));
}

/** A number that Python does not take for a whole one. */
const float = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : python(value));

// Pure, so that a bundle drops the formats that it does not use.
const writers: OpTable<TorchModule[]> = /* @__PURE__ */ (() => ({
  ...torchImages,
  sequence: ({ ops, path }) => {
    const modules = modulesOf(ops);
    return ops.every((op) => op.path === path) ? modules : [nested(path, modules)];
  },
  residual({ block, scale, path }) {
    const modules = modulesOf([block]);
    const [first] = modules;
    const inner = modules.length === 1 && first ? first : nested(block.path, modules);
    const weights = Object.entries(inner.weights).map(([name, weight]) => [`block.${name}`, weight]);
    const code = call("Residual", [inner.code], { scale: scale === 1 ? undefined : python(scale) });
    return [made(path, code, Object.fromEntries(weights))];
  },
  turn({ to, path, input }) {
    const { length } = input;
    const axes = Array.from({ length: length - 1 }, (_, k) => k + 1);
    const order = to === "first" ? [0, length, ...axes] : [0, ...axes.map((axis) => axis + 1), 1];
    return [beside(path, `channels_${to}`, call("Permute", order.map(python)))];
  },
  reorder: ({ rows, path }) => [beside(path, "order", call("Reorder", [python(rows)]))],
  standardize({ mean, deviation, path }) {
    const list = (values: readonly number[]): string =>
      values.length === 1 ? float(values[0] as number) : `[${values.map(float).join(", ")}]`;
    return [beside(path, "standardize", call("Standardize", [list(mean), list(deviation)]))];
  },
  linear: ({ weight, bias, path }) => [
    made(path, call("nn.Linear", weight.shape.map(python), { bias: unless(bias) }), {
      weight: transposedMatrix(weight),
      bias,
    }),
  ],
  activation: ({ name, given, path }) => [made(path, (activations[name] as (given: unknown) => string)(given))],
  flatten: ({ path }) => [made(path, "nn.Flatten()")],
  scale: ({ factor, path }) => [made(path, call("Scale", [python(factor)]))],
  embedding: ({ weight, path }) => [
    beside(path, "integers", "Integers()"),
    made(path, call("nn.Embedding", weight.shape.map(python)), { weight }),
  ],
  batchNorm,
  layerNorm({ extents: shape, epsilon, path, ...affine }) {
    const own = affineOf(affine, shape);
    const options = { eps: python(epsilon), elementwise_affine: unless(own.weight) };
    return [made(path, call("nn.LayerNorm", [extentsList(shape)], options), own)];
  },
  rmsNorm: ({ extents: shape, epsilon, gamma, path }) => [
    made(path, call("RMSNorm", [python(shape), python(epsilon)], { affine: unless(gamma) }), { weight: gamma }),
  ],
  groupNorm({ groups, epsilon, path, input, ...affine }) {
    const channels = input.at(-1) as number;
    const own = affineOf(affine, [channels]);
    const options = { eps: python(epsilon), affine: unless(own.weight) };
    return [made(path, call("nn.GroupNorm", [python(groups), python(channels)], options), own)];
  },
  recurrent,
}))();

const extentsList = (shape: readonly number[]): string => (shape.length === 1 ? extents(shape) : python(shape));

function modulesOf(ops: readonly Op[]): TorchModule[] {
  return ops.flatMap((op) => (writers[op.kind] as Writer<Op["kind"]>)(op as never));
}

/** One module of all operations, and its weights. */
export function torchModel(ops: readonly Op[]): TorchModule {
  return nested("", modulesOf(ops));
}
