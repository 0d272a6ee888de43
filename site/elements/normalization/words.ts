// What the figure says: mean and deviation of inputs and outputs, the running statistics, and the noise of batches of this size.

import { format } from "../kit/numbers.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import { type Batches, momentsOf, type Shown, type Statistics } from "./batches.ts";
import type { State } from "./controls.ts";
import type { Scatter } from "./scatter.ts";

type Text = (key: string, values?: Fill) => string;

/** A number, 0 where only rounding is left. */
const clean = (value: number): string => format(Math.abs(value) < 1e-9 ? 0 : value);

export function sentences(
  batches: Batches,
  shown: Shown,
  scatter: Scatter | undefined,
  state: State,
  text: Text,
): string[] {
  const at = Math.floor(state.at);
  const own = momentsOf(shown.inputs);
  const running = batches.running[at - 1] as Statistics;
  const differences = shown.inputs.map((x, k) => Math.abs(x - (shown.outputs[k] as number)));
  const values = {
    ...{ at, size: 2 ** state.size, mean: clean(own.mean), deviation: clean(own.deviation) },
    ...{ gamma: clean(shown.gamma), beta: clean(shown.beta), difference: format(Math.max(...differences), 2) },
    ...{ runningMean: clean(running.mean), runningDeviation: clean(Math.sqrt(running.variance)) },
    ...{ trueMean: clean(state.mean), trueDeviation: clean(state.deviation) },
  };
  const noise = scatter && {
    ...{ size: scatter.size, low: format(scatter.low, 2), high: format(scatter.high, 2) },
    error: format(scatter.mean * state.deviation, 2),
  };
  return [
    text("says.batch", values),
    text(state.undo ? "says.undone" : "says.normalized", values),
    text("says.running", values),
    ...(noise ? [text("says.noise", noise)] : []),
  ];
}

export function spoken(batches: Batches, state: State, text: Text): string {
  const at = Math.floor(state.at);
  const { mean, variance } = batches.running[at - 1] as Statistics;
  return text("status", { at, mean: clean(mean), deviation: clean(Math.sqrt(variance)) });
}

export function momentsTable({ inputs, outputs, evaluated }: Shown, state: State, text: Text): HTMLTableElement {
  const heads = ["mean", "deviation"].map((key) => ({ head: text(`table.${key}`), isNumber: true }));
  const row = (name: string, values: ArrayLike<number>): string[] => {
    const { mean, deviation } = momentsOf(values);
    return [text(`row.${name}`), clean(mean), clean(deviation)];
  };
  const rows = [row("inputs", inputs), row("outputs", outputs), row("evaluated", evaluated)];
  const caption = text("table.caption", { at: Math.floor(state.at), size: 2 ** state.size });
  return tableOf(caption, [{ head: text("table.values") }, ...heads], rows);
}
