// Condition numbers of the layers of a model.

import { wholeOnly } from "../engine/featureSets.js";
import { conditionNumber } from "../linalg/conditionNumber.js";
import { type AnyTrainer, checkTrainer } from "../training/trainer.js";

/**
 * Condition number of every weight matrix of a trainer: σ_max / σ_min, infinite for a singular matrix. Parameters of more
 * than two axes are reshaped to matrices, with all axes but the last as rows.
 *
 * @param trainer  a trainer with its current weights
 * @returns  the condition numbers by the names of the parameters
 * @throws TypeError  the argument is not a trainer
 * @example
 * layerConditions(trainer); // { "0.weight": 1 }
 * @see Saxe, McClelland and Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep linear networks*,
 *   2014
 */
export const layerConditions = /* @__PURE__ */ wholeOnly(function layerConditions(
  trainer: AnyTrainer,
): Record<string, number> {
  const matrices = Object.entries(checkTrainer("layerConditions", trainer).parameters()).filter(
    ([, { shape, data }]) => shape.length > 1 && data.length > 0,
  );
  return Object.fromEntries(
    matrices.map(([name, { data, shape }]) => {
      const columns = shape.at(-1) as number;
      return [name, conditionNumber(trainer.engine, { data, shape: [data.length / columns, columns] })];
    }),
  );
});
