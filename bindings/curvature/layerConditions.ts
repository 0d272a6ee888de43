// How evenly the layers of a model pass their inputs on.

import { wholeOnly } from "../engine/featureSets.js";
import { conditionNumber } from "../linalg/conditionNumber.js";
import { checkTrainer, type Trainer } from "../training/trainer.js";

/**
 * Condition number of every weight matrix of a trainer: σ_max / σ_min by name, infinite where one has lost rank. Of more
 * than two axes, all but the last are rows.
 *
 * @throws TypeError  not a trainer
 * @example
 * layerConditions(trainer); // { "0.weight": 1 }
 * @see Saxe, McClelland and Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep linear networks*, 2014
 */
export const layerConditions = /* @__PURE__ */ wholeOnly(function layerConditions(
  trainer: Trainer,
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
