// The model of a trainer as data in its file: which functions of the library made its layers, with which arguments.
// thalweg/load makes the model again from it.

import { doubleAt } from "../engine/addresses.js";
import { isLayer } from "../layers/layer.js";
import type { TrainerInternals } from "./internals.js";
import { writeLayerNumbers } from "./schedules.js";

/**
 * Returns JSON of the model, its type, the standardization, the names of heads, and the current values of numbers of layers that
 * follow schedules. A layer of the user is its name.
 */
export function architectureOf(trainer: Pick<TrainerInternals, "engine" | "memory" | "lock" | "options">): string {
  const { engine, memory } = trainer;
  const { model, dtype, standardize, loss } = trainer.options;
  writeLayerNumbers(trainer);
  const at = doubleAt(memory.layerNumbers);
  const numbers = [...engine.doubles.slice(at, at + memory.stateLayout.scheduled.length)];
  return JSON.stringify(
    { model, dtype, standardize, heads: loss.heads && Object.keys(loss.heads), numbers },
    (_, value: unknown) =>
      isLayer(value)
        ? (value.definition ?? { layer: value.name })
        : typeof value === "function"
          ? { function: "" } // an initializer, or a schedule
          : value,
  );
}
