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
  name: "lstm",
  gates: 4,
  states: ["h", "c"],
  ownBias: false,
  step({ recurrent }, projected, kept, states) {
    const c = states.c as Tensor;
    const z = projected.add(kept.matmul(recurrent as Tensor));
    const at = (k: number): Tensor => gate(z, k, c.shape[1] as number);
    const next = at(1)
      .sigmoid()
      .multiply(c)
      .add(at(0).sigmoid().multiply(at(2).tanh()));
    return { h: at(3).sigmoid().multiply(next.tanh()), c: next };
  },
};

/** States of a step of long short-term memory. */
export type LstmStates = {
  /** Hidden state, [rows, units]. */
  h: Tensor;
  /** Cell state, [rows, units]. */
  c: Tensor;
};

/**
 * Step of a long short-term memory, from { x [batch, inputs], h [batch, units], c [batch, units] } to { h, c }; formula and parameters as
 * for `lstm`. For loops of your own with `scan`.
 *
 * @param inputs   number of features of x, ≥ 1
 * @param units    number of features of h and c, ≥ 1
 * @param options  weight, recurrent, bias
 * @throws RangeError  inputs or units is not a positive whole number
 * @throws ShapeError  x, h or c has another shape
 * @example
 * lstmCell(8, 16);
 * @see Hochreiter and Schmidhuber, *Long short-term memory*, Neural Computation 9, 1997
 */
export function lstmCell(
  inputs: number,
  units: number,
  options: CellOptions = {},
): Layer<LstmStates & { x: Tensor }, LstmStates> {
  return cellLayer(cell, inputs, units, options) as unknown as Layer<LstmStates & { x: Tensor }, LstmStates>;
}

/**
 * Long short-term memory over the steps of a sequence: cₜ = f ⊙ cₜ₋₁ + i ⊙ g, hₜ = o ⊙ tanh cₜ with i, f, o = σ(x W + h U + b) and g =
 * tanh(x W + h U + b), each with its own columns of W, U and b; h₀ = c₀ = 0.
 *
 * Parameters of layer k are "k.weight" W [inputs, 4 units], "k.recurrent" U [units, 4 units] and "k.bias" b, gates in the order i, f, g,
 * o; those of the other direction "k.backward.weight" and so on. PyTorch's weights are the transposed ones, and b is the sum of its
 * two biases.
 *
 * @param inputs   number of features of x [batch, time, inputs], ≥ 1; or { x, lengths } or { x, mask }
 * @param units    number of features of h and c, ≥ 1
 * @param options  layers, bidirectional, returnSequences, dropout, recurrentDropout, weight, recurrent, bias, stateful,
 *                 memory
 * @returns        a layer that returns the state h after the last step, [batch, units], or the states of all steps, [batch, time,
 *                 units]; if bidirectional, with twice as many features
 * @throws TypeError   an option is of the wrong kind, or stateful is given with bidirectional
 * @throws RangeError  inputs or units is not a positive whole number, or a rate is not in [0, 1); in a step: a length exceeds time, a
 *   mask has other numbers than 0 and 1, or a batch of a stateful layer has other than its rows in order
 * @throws ShapeError  x, lengths or mask has another shape
 * @example
 * sequential([lstm(8, 32, { layers: 2, dropout: 0.2 }), linear(32, 1)]);
 * @see Hochreiter and Schmidhuber, *Long short-term memory*, Neural Computation 9, 1997; Gers, Schmidhuber and Cummins, *Learning to
 * forget*, Neural Computation 12, 2000, for the forget gate
 */
export const lstm = /* @__PURE__ */ sequencesOnly(function lstm(
  inputs: number,
  units: number,
  options: RecurrentOptions = {},
): Layer<SequenceInput> {
  return recurrentLayer(cell, inputs, units, options);
});
