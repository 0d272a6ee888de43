// One layer of the network: how its weights start, and what it computes. Each has its text for the figure's program beside it.

import {
  heNormal,
  type Initializer,
  lecunNormal,
  normalInitializer,
  orthogonalInitializer,
  type Tensor,
  xavierUniform,
  zerosInitializer,
} from "thalweg";

/** Equal weights: each unit is the mean of its inputs. */
const equal: Initializer = (context) => context.fill(1 / (context.shape[0] as number));

interface Start {
  readonly weight: () => Initializer;
  readonly imports: string;
  readonly code: string;
}

const named = (weight: () => Initializer, code: string, imports = code.replace(/\(.*/, "")): Start => ({
  weight,
  imports,
  code,
});

export const starts: Readonly<Record<string, Start>> = {
  zeros: named(() => zerosInitializer, "zerosInitializer"),
  equal: named(() => equal, "(context) => context.fill(1 / context.shape[0])", ""),
  small: named(() => normalInitializer(0.01), "normalInitializer(0.01)"),
  wide: named(() => normalInitializer(0.1), "normalInitializer(0.1)"),
  normal: named(() => normalInitializer(1), "normalInitializer(1)"),
  xavier: named(() => xavierUniform, "xavierUniform"),
  lecun: named(() => lecunNormal, "lecunNormal"),
  he: named(() => heNormal, "heNormal"),
  orthogonal: named(() => orthogonalInitializer(), "orthogonalInitializer()"),
};
export const startNames: readonly string[] = Object.keys(starts);

interface Activation {
  readonly apply: (x: Tensor) => Tensor;
  readonly code: string;
  /** Range of the picture, which the values of most starts lie in. */
  readonly range: readonly [number, number];
  /**
   * Share of a small signal's variance that passes: the square of the slope at 0, or half of it where one half of the signal is cut
   * off. A sigmoid has none, as its values are not around 0.
   */
  readonly keeps?: number;
  /** Output from which on a unit counts as saturated, beside its limits. */
  readonly limits?: readonly [number, number];
}

export const activations: Readonly<Record<string, Activation>> = {
  tanh: { apply: (x) => x.tanh(), code: ".tanh()", range: [-1, 1], keeps: 1, limits: [-0.99, 0.99] },
  relu: { apply: (x) => x.relu(), code: ".relu()", range: [-3, 3], keeps: 1 / 2 },
  sigmoid: { apply: (x) => x.sigmoid(), code: ".sigmoid()", range: [0, 1], limits: [0.01, 0.99] },
  leakyRelu: { apply: (x) => x.leakyRelu(0.1), code: ".leakyRelu(0.1)", range: [-3, 3], keeps: 1.01 / 2 },
  selu: { apply: (x) => x.selu(), code: ".selu()", range: [-3, 3] },
  gelu: { apply: (x) => x.gelu(), code: ".gelu()", range: [-3, 3] },
  linear: { apply: (x) => x, code: "", range: [-3, 3], keeps: 1 },
};
export const activationNames: readonly string[] = Object.keys(activations);

/** Added to the variance, as in the library's batch norm. */
export const epsilon = 1e-5;

/** Batch norm with γ = 1 and β = 0, as it starts: each unit is standardized over the batch. */
export function normalized(x: Tensor): Tensor {
  const centered = x.subtract(x.mean({ axes: [0], keepDimensions: true }));
  const variance = x.variance({ axes: [0], keepDimensions: true });
  return centered.divide(variance.add(epsilon).sqrt());
}

/** φ(x W), with batch norm before φ. */
export function layerOf(activation: string, norm: boolean): (x: Tensor, w: Tensor) => Tensor {
  const { apply } = activations[activation] as Activation;
  return (x, w) => apply(norm ? normalized(x.matmul(w)) : x.matmul(w));
}
