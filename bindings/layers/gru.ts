import { sequencesOnly } from "../engine/featureSets.js";
import type { Tensor } from "../tensors/tensor.js";
import type { Layer } from "./layer.js";
import {
  type Cell,
  type CellOptions,
  cellLayer,
  gate,
  type RecurrentOptions,
  recurrentLayer,
  type SequenceInput,
} from "./recurrent.js";

const cell: Cell = {
  name: "gru",
  gates: 3,
  states: ["h"],
  ownBias: true,
  step({ recurrent, recurrentBias }, projected, kept, states) {
    const h = states.h as Tensor;
    const units = h.shape[1] as number;
    const product = kept.matmul(recurrent as Tensor);
    const [r, z] = [0, 1].map((k) =>
      gate(projected, k, units)
        .add(gate(product, k, units))
        .sigmoid(),
    ) as [Tensor, Tensor];
    const last = gate(product, 2, units);
    const reset = r.multiply(recurrentBias ? last.add(recurrentBias) : last);
    const n = gate(projected, 2, units).add(reset).tanh();
    return { h: z.negate().add(1).multiply(n).add(z.multiply(h)) };
  },
};

/**
 * Step of a gated recurrent unit, from { x [batch, inputs], h [batch, units] } to { h }; formula and parameters as for `gru`. For loops
 * of your own with `scan`.
 *
 * @param inputs   number of features of x, ≥ 1
 * @param units    number of features of h, ≥ 1
 * @param options  weight, recurrent, bias
 * @throws RangeError  inputs or units is not a positive whole number
 * @throws ShapeError  x or h has another shape
 * @example
 * gruCell(8, 16);
 * @see Cho et al., *Learning phrase representations using RNN encoder-decoder for statistical machine translation*, EMNLP 2014
 */
export function gruCell(
  inputs: number,
  units: number,
  options: CellOptions = {},
): Layer<{ x: Tensor; h: Tensor }, { h: Tensor }> {
  return cellLayer(cell, inputs, units, options) as Layer<{ x: Tensor; h: Tensor }, { h: Tensor }>;
}

/**
 * Gated recurrent unit over the steps of a sequence: hₜ = (1 − z) ⊙ n + z ⊙ hₜ₋₁ with r = σ(x Wᵣ + h Uᵣ + bᵣ), z = σ(x W_z + h U_z +
 * b_z) and n = tanh(x Wₙ + bₙ + r ⊙ (h Uₙ + c)), h₀ = 0. The reset gate acts on the product, as in PyTorch, cuDNN and Keras's
 * `reset_after`.
 *
 * Parameters of layer k are "k.weight" W [inputs, 3 units], "k.recurrent" U [units, 3 units] and "k.bias" b, gates in the order r, z, n,
 * and "k.recurrentBias" c [units]; those of the other direction "k.backward.weight" and so on. PyTorch's weights are the transposed
 * ones; its biases of r and z are added up, those of n are b and c.
 *
 * @param inputs   number of features of x [batch, time, inputs], ≥ 1; or { x, lengths } or { x, mask }
 * @param units    number of features of h, ≥ 1
 * @param options  layers, bidirectional, returnSequences, dropout, recurrentDropout, weight, recurrent, bias, stateful,
 *                 memory
 * @returns        a layer that returns the state after the last step, [batch, units], or the states of all steps, [batch, time,
 *                 units]; if bidirectional, with twice as many features
 * @throws TypeError   an option is of the wrong kind, or stateful is given with bidirectional
 * @throws RangeError  inputs or units is not a positive whole number, or a rate is not in [0, 1); in a step: a length exceeds time, a
 *   mask has other numbers than 0 and 1, or a batch of a stateful layer has other than its rows in order
 * @throws ShapeError  x, lengths or mask has another shape
 * @example
 * sequential([embedding(1000, 16), gru(16, 32), linear(32, 2)]);
 * @see Cho et al., *Learning phrase representations using RNN encoder-decoder for statistical machine translation*, EMNLP 2014
 */
export const gru = /* @__PURE__ */ sequencesOnly(function gru(
  inputs: number,
  units: number,
  options: RecurrentOptions = {},
): Layer<SequenceInput> {
  return recurrentLayer(cell, inputs, units, options);
});
