// Straight lines that a model draws on the plane: where two classes of a linear model have equal scores, and where the first
// hidden layer's units are 0.

import type { State } from "./controls.ts";
import { isClasses } from "./data.ts";
import type { Line } from "./map.ts";
import type { Training } from "./training.ts";

export function cutsOf({ trainer, plan }: Training, state: State): Line[] {
  const isLinear = plan.hidden.length === 0;
  if (!plan.isPlain || (isLinear ? !isClasses(state) : !state.cuts)) return [];
  const place = plan.hidden[0]?.linear ?? plan.last;
  const parameters = trainer.parameters();
  const weight = parameters[`${place}.weight`]?.data as ArrayLike<number>;
  const bias = parameters[`${place}.bias`]?.data as ArrayLike<number>;
  const count = bias.length;
  const of = (unit: number): Line => [weight[unit] as number, weight[count + unit] as number, bias[unit] as number];
  const units = Array.from({ length: count }, (_, unit) => of(unit));
  if (!isLinear) return units;
  return units.flatMap((one, k) =>
    units.slice(k + 1).map((two): Line => [one[0] - two[0], one[1] - two[1], one[2] - two[2]]),
  );
}
