// Activations as layers: each applies the tensor method of its name.

import type { Tensor } from "../tensor.js";
import type { Layer } from "./layer.js";

function activation(name: string, apply: (x: Tensor) => Tensor): Layer {
  return { name, parameters: {}, apply: (_, x) => apply(x) };
}

/** max(x, 0). */
export const relu = (): Layer => ({
  name: "relu",
  parameters: {},
  apply(_, x, context) {
    const y = x.relu();
    // A rank of 0 has no batch, and so no units; outside a model nobody asks.
    if (y.rank > 0) context?.observe(y);
    return y;
  },
});
/** x where x > 0, else slope x; default slope 0.01. */
export const leakyRelu = (slope = 0.01): Layer => activation(`leakyRelu(${slope})`, (x) => x.leakyRelu(slope));
/** x where x > 0, else alpha (eˣ − 1); default alpha 1. */
export const elu = (alpha = 1): Layer => activation(`elu(${alpha})`, (x) => x.elu(alpha));
/** 1 / (1 + e⁻ˣ). */
export const sigmoid = (): Layer => activation("sigmoid", (x) => x.sigmoid());
/** tanh x. */
export const tanh = (): Layer => activation("tanh", (x) => x.tanh());
/** ln(1 + eˣ). */
export const softplus = (): Layer => activation("softplus", (x) => x.softplus());
/** x Φ(x), exactly ("erf") or in the tanh form. */
export const gelu = (form: "erf" | "tanh" = "erf"): Layer => activation(`gelu(${form})`, (x) => x.gelu(form));
/** x sigmoid(x). */
export const silu = (): Layer => activation("silu", (x) => x.silu());
/** λ x where x > 0, else λ α (eˣ − 1), with the λ and α that keep mean 0 and variance 1; start from lecunNormal. */
export const selu = (): Layer => activation("selu", (x) => x.selu());
/** x tanh(softplus(x)). */
export const mish = (): Layer => activation("mish", (x) => x.mish());
/** x min(max(x + 3, 0), 6) / 6. */
export const hardswish = (): Layer => activation("hardswish", (x) => x.hardswish());
/** atan x. */
export const atan = (): Layer => activation("atan", (x) => x.atan());
/** eˣ / Σ eˣ over the last axis. */
export const softmax = (): Layer => activation("softmax", (x) => x.softmax());
/** [batch, ...] as [batch, features]. */
export const flatten = (): Layer => activation("flatten", (x) => x.reshape([x.shape[0] ?? 1, -1]));
