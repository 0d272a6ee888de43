import { sequencesOnly } from "../engine/featureSets.js";
import type { Tensor } from "../tensors/tensor.js";
import { checkChoice } from "../values/options.js";
import type { Layer } from "./layer.js";
import {
  type Cell,
  type CellOptions,
  cellLayer,
  type RecurrentOptions,
  recurrentLayer,
  type SequenceInput,
} from "./recurrent.js";

/** Options of `rnnCell`. */
export interface RnnCellOptions extends CellOptions {
  /** Nonlinearity: "tanh" (default) or "relu". */
  readonly activation?: "tanh" | "relu";
}

/** Options of `rnn`. */
export interface RnnOptions extends RecurrentOptions {
  /** Nonlinearity: "tanh" (default) or "relu". */
  readonly activation?: "tanh" | "relu";
}

/** The cell with the activation that the options name; the other options are checked later. */
function cellOf(where: string, options: RnnCellOptions | null): Cell {
  const activation = options?.activation ?? "tanh";
  checkChoice(where, "activation", activation, ["tanh", "relu"]);
  return {
    name: "rnn",
    gates: 1,
    states: ["h"],
    ownBias: false,
    step: ({ recurrent }, projected, kept) => ({ h: projected.add(kept.matmul(recurrent as Tensor))[activation]() }),
  };
}

/**
 * Step of a recurrent layer: h′ = tanh(x W + h U + b), from { x [batch, inputs], h [batch, units] } to { h }; parameters weight W,
 * recurrent U and bias b. For loops of your own with `scan`.
 *
 * @param inputs   number of features of x, ≥ 1
 * @param units    number of features of h, ≥ 1
 * @param options  activation, weight, recurrent, bias
 * @throws RangeError  inputs or units is not a positive whole number
 * @throws ShapeError  x or h has another shape
 * @example
 * rnnCell(8, 16, { activation: "relu" });
 * @see Elman, *Finding structure in time*, Cognitive Science 14, 1990
 */
export function rnnCell(
  inputs: number,
  units: number,
  options: RnnCellOptions = {},
): Layer<{ x: Tensor; h: Tensor }, { h: Tensor }> {
  const cell = cellOf("rnnCell", options);
  return cellLayer(cell, inputs, units, options, ["activation"]) as Layer<{ x: Tensor; h: Tensor }, { h: Tensor }>;
}

/**
 * Recurrent layer: hₜ = tanh(xₜ W + hₜ₋₁ U + b) over the steps of a sequence, h₀ = 0. Parameters of layer k are "k.weight" W
 * [inputs, units], "k.recurrent" U [units, units] and "k.bias" b; those of the other direction "k.backward.weight" and so on. PyTorch's
 * weights are the transposed ones, and b is the sum of its two biases.
 *
 * @param inputs   number of features of x [batch, time, inputs], ≥ 1; or { x, lengths } or { x, mask }
 * @param units    number of features of h, ≥ 1
 * @param options  activation, layers, bidirectional, returnSequences, dropout, recurrentDropout, weight, recurrent, bias, stateful,
 *                 memory
 * @returns        a layer that returns the state after the last step, [batch, units], or the states of all steps, [batch, time,
 *                 units]; if bidirectional, with twice as many features
 * @throws TypeError   an option is of the wrong kind, or stateful is given with bidirectional
 * @throws RangeError  inputs or units is not a positive whole number, or a rate is not in [0, 1); in a step: a length exceeds time, a
 *   mask has other numbers than 0 and 1, or a batch of a stateful layer has other than its rows in order
 * @throws ShapeError  x, lengths or mask has another shape
 * @example
 * sequential([rnn(8, 16, { activation: "relu" }), linear(16, 2)]);
 * @see Elman, *Finding structure in time*, Cognitive Science 14, 1990
 */
export const rnn = /* @__PURE__ */ sequencesOnly(function rnn(
  inputs: number,
  units: number,
  options: RnnOptions = {},
): Layer<SequenceInput> {
  return recurrentLayer(cellOf("rnn", options), inputs, units, options, ["activation"]);
});
