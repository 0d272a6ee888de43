// Activation layers: each applies the tensor method of the same name.

import type { Tensor } from "../tensors/tensor.js";
import { checkChoice, checkNumber } from "../values/options.js";
import { defined, type Layer } from "./layer.js";

function activation(kind: string, apply: (x: Tensor) => Tensor, ...given: unknown[]): Layer {
  const name = given.length > 0 ? `${kind}(${given})` : kind;
  return defined([kind, ...given], { name, parameters: {}, apply: (_, x) => apply(x) });
}

/**
 * ReLU: max(x, 0).
 *
 * @see Nair and Hinton, *Rectified linear units improve restricted Boltzmann machines*, ICML 2010
 */
export const relu = (): Layer =>
  defined(["relu"], {
    name: "relu",
    parameters: {},
    apply(_, x, context) {
      const y = x.relu();
      // A scalar has no batch axis, and so no units; without a context there are no statistics.
      if (y.rank > 0) context?.observe(y);
      return y;
    },
  });
/**
 * Leaky ReLU: x where x > 0, else slope · x.
 *
 * @param slope  factor of negative x, any finite number; default 0.01
 * @see Maas, Hannun and Ng, *Rectifier nonlinearities improve neural network acoustic models*, ICML workshop 2013
 */
export const leakyRelu = (slope = 0.01): Layer =>
  activation("leakyRelu", (x) => x.leakyRelu(slope), checkNumber("leakyRelu", "slope", slope, {}));
/**
 * ELU: x where x > 0, else α (eˣ − 1).
 *
 * @param alpha  α, any finite number; default 1
 * @see Clevert, Unterthiner and Hochreiter, *Fast and accurate deep network learning by ELUs*, ICLR 2016
 */
export const elu = (alpha = 1): Layer => activation("elu", (x) => x.elu(alpha), checkNumber("elu", "alpha", alpha, {}));
/**
 * Sigmoid: 1 / (1 + e⁻ˣ).
 *
 * @see Rumelhart, Hinton and Williams, *Learning representations by back-propagating errors*, Nature 323, 1986
 */
export const sigmoid = (): Layer => activation("sigmoid", (x) => x.sigmoid());
/**
 * Hyperbolic tangent: tanh x.
 *
 * @see LeCun, Bottou, Orr and Müller, *Efficient BackProp*, 1998, sec. 4.4
 */
export const tanh = (): Layer => activation("tanh", (x) => x.tanh());
/**
 * Softplus: ln(1 + eˣ).
 *
 * @see Dugas et al., *Incorporating second-order functional knowledge for better option pricing*, NIPS 2000
 */
export const softplus = (): Layer => activation("softplus", (x) => x.softplus());
/**
 * GELU: x Φ(x), where Φ is the standard normal distribution function.
 *
 * @param form  "erf" (default), or "tanh", an approximation of Φ by tanh
 * @see Hendrycks and Gimpel, *Gaussian error linear units*, arXiv 1606.08415, 2016
 */
export const gelu = (form: "erf" | "tanh" = "erf"): Layer =>
  activation("gelu", (x) => x.gelu(form), checkChoice("gelu", "form", form, ["erf", "tanh"]));
/**
 * SiLU: x sigmoid(x).
 *
 * @see Elfwing, Uchibe and Doya, *Sigmoid-weighted linear units*, Neural Networks 107, 2018
 */
export const silu = (): Layer => activation("silu", (x) => x.silu());
/**
 * SELU: λ x where x > 0, else λ α (eˣ − 1), with λ and α that preserve mean 0 and variance 1. Initialize with
 * lecunNormal.
 *
 * @see Klambauer, Unterthiner, Mayr and Hochreiter, *Self-normalizing neural networks*, NIPS 2017
 */
export const selu = (): Layer => activation("selu", (x) => x.selu());
/**
 * Mish: x tanh(softplus(x)).
 *
 * @see Misra, *Mish: A self regularized non-monotonic activation function*, BMVC 2020
 */
export const mish = (): Layer => activation("mish", (x) => x.mish());
/**
 * Hard swish: x min(max(x + 3, 0), 6) / 6. At its kinks −3 and 3, where the paper leaves it undefined, the derivative is
 * that of the inner interval, −1/2 and 3/2, as in PyTorch 1.13.
 *
 * @see Howard et al., *Searching for MobileNetV3*, ICCV 2019, sec. 5.2
 */
export const hardswish = (): Layer => activation("hardswish", (x) => x.hardswish());
/** Arc tangent: atan x. */
export const atan = (): Layer => activation("atan", (x) => x.atan());
/**
 * Softmax: eˣ / Σ eˣ over the last axis.
 *
 * @see Bridle, *Probabilistic interpretation of feedforward classification network outputs*, Neurocomputing, 1990
 */
export const softmax = (): Layer => activation("softmax", (x) => x.softmax());
/** Flatten: reshapes [batch, ...] to [batch, features]. */
export const flatten = (): Layer => activation("flatten", (x) => x.reshape([x.shape[0] ?? 1, -1]));
