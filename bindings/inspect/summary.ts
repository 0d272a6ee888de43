// Summary of a model: its layers in the order in which they are applied.

import { type AnySamples, Dataset } from "../data/dataset.js";
import { wholeOnly } from "../engine/featureSets.js";
import type { Layer } from "../layers/layer.js";
import { LoadedModel } from "../load/loadedModel.js";
import { recordOf } from "../tensors/named.js";
import { Tensor } from "../tensors/tensor.js";
import { type AnyTrainer, checkTrainer } from "../training/trainer.js";
import { arrayTypes, bytesOf, checkShape, elementCount } from "../values/arrays.js";
import { shownAs } from "../values/lines.js";
import { checkChoice, checkOptions, has, isRecord } from "../values/options.js";
import { listOps, table } from "./listing.js";
import { replanned, withData } from "./subject.js";

/** A layer in a summary. */
export interface SummaryLayer {
  /** Dotted name, as in the names of parameters; "" for the model. */
  readonly path: string;
  /** Name of the layer, such as "linear(784, 128)"; "" if a layer of your own contains it, and its name is not known. */
  readonly layer: string;
  /** Shape of the output for one row, with the row; by name if there are several; null if it is not known. */
  readonly output: readonly number[] | { readonly [name: string]: readonly number[] } | null;
  /** Number of parameters, those of nested layers included. */
  readonly parameters: number;
  /** Number of parameters that are trained. */
  readonly trained: number;
  /** Bytes of parameters and running state. */
  readonly bytes: number;
  /** Floating-point operations of a prediction of one row. */
  readonly flops: number;
}

/** The layers of a model: see `summary`. */
export interface Summary {
  /** The model, then its layers; each before those nested in it. */
  readonly layers: readonly SummaryLayer[];
  /** Number of parameters. */
  readonly parameters: number;
  /** Number of parameters that are trained. */
  readonly trained: number;
  /** Bytes of parameters and running state. */
  readonly bytes: number;
  /** Floating-point operations of a prediction of one row. */
  readonly flops: number;
  /** The layers as a table. */
  toString(): string;
}

/** Shape of the inputs of a summary. */
export interface InputShape {
  /** Shape of one row of the inputs, without the batch axis; by name if there are several. */
  readonly shape: readonly number[] | { readonly [name: string]: readonly number[] };
  /** Type of the inputs: "i32" for indices of an embedding; default "f32". */
  readonly dtype?: "f32" | "i32";
}

const where = "summary";

/** The samples, or one row of zeros of a shape, or of the shape of the last data. */
function samplesOf({ programs }: AnyTrainer, given: AnySamples | Dataset | InputShape | undefined) {
  const zeros = (shape: readonly number[], dtype: "f32" | "f64" | "i32") => ({
    data: new arrayTypes[dtype](elementCount(checkShape(`${where}: shape`, shape))),
    shape: [1, ...shape],
  });
  if (given === undefined) {
    const columns = programs.columns.filter(({ role }) => role === "inputs");
    if (columns.length === 0)
      throw new TypeError(
        `${where}: the shape of the inputs is not known before the first data. Give samples, or { shape: [784] } of one row.`,
      );
    return { inputs: recordOf(columns.map(({ name, row, type }) => [name, zeros(row, type)])) };
  }
  if (given instanceof Dataset || !has(given, "shape") || has(given, "inputs")) return given as AnySamples | Dataset;
  checkOptions(where, given, ["shape", "dtype"]);
  const { shape, dtype = "f32" } = given as InputShape;
  checkChoice(where, "dtype", dtype, ["f32", "i32"]);
  if (!isRecord(shape) || Array.isArray(shape)) return { inputs: zeros(shape as number[], dtype) };
  return { inputs: Object.fromEntries(Object.entries(shape).map(([name, own]) => [name, zeros(own, dtype)])) };
}

/** Shapes of an output. */
function shapesOf(output: unknown): SummaryLayer["output"] {
  if (output instanceof Tensor) return output.shape;
  if (!isRecord(output)) return null;
  return Object.fromEntries(
    Object.entries(output).flatMap(([name, tensor]) => (tensor instanceof Tensor ? [[name, tensor.shape]] : [])),
  );
}

/**
 * Lists the layers of a model, nested ones below their container: output shapes, parameters, bytes and flops. The result prints as a
 * table. A prediction of one row is traced; the model does not change.
 *
 * @param model  a trainer, or a model of `loadModel`
 * @param given  samples { inputs }, a data set, or { shape, dtype } of one row of the inputs; default the shape of the last data
 * @returns      { layers, parameters, trained, bytes, flops }
 * @throws TypeError    the first argument is no trainer, or the shape of its inputs is not known yet
 * @throws ShapeError   the inputs do not fit the model
 * @throws EngineError  the engine has the feature set "dense" only
 * @example
 * const { layers, parameters } = summary(trainer, { shape: [1] });
 * parameters; // 2
 * layers.map(({ path, output }) => [path, output]); // [["", [1, 1]], ["0", [1, 1]]]
 */
export const summary = /* @__PURE__ */ wholeOnly(function summary(
  model: AnyTrainer | LoadedModel,
  given?: AnySamples | Dataset | InputShape,
): Summary {
  const trainer = checkTrainer(where, model instanceof LoadedModel ? model.trainer : model);
  trainer.lock.checkIdle();
  const { options, memory, programs } = trainer;
  const { parameters, dtype } = memory.layout;
  const seen = new Map<string, { layer: string; output: SummaryLayer["output"] }>();
  seen.set("", { layer: options.model.name, output: null });
  const entered = (path: string, applied?: object, name?: string, output?: unknown): void => {
    const full = [path, name].filter(Boolean).join(".");
    const before = seen.get(full) ?? { layer: "", output: null };
    const { layer, output: known } = before;
    // A layer that is applied several times has the shape of the first time.
    if (!known) seen.set(full, { layer: (applied as Layer | undefined)?.name ?? layer, output: shapesOf(output) });
  };
  return withData(where, trainer, samplesOf(trainer, given), (data) => {
    const look = () => {
      programs.caller = where;
      programs.reserve(data, 1, false);
      return programs.get("predict", 1);
    };
    return replanned(
      where,
      trainer,
      false,
      (_, parts) => {
        const { program, outputs } = look();
        seen.set("", { layer: options.model.name, output: recordOf(outputs) });
        const ops = listOps(trainer.engine, program, parts);
        const isIn = (path: string) => (name: string) => path === "" || name === path || name.startsWith(`${path}.`);
        const layers = Array.from(seen, ([path, { layer, output }]): SummaryLayer => {
          const own = parameters.filter(({ name }) => isIn(path)(name));
          const state = memory.stateLayout.entries.filter(({ name }) => isIn(path)(name));
          const count = (arrays: readonly { readonly elements: number }[]) =>
            arrays.reduce((sum, { elements }) => sum + elements, 0);
          return {
            path,
            layer,
            output,
            parameters: count(own),
            trained: count(own.filter(({ frozen }) => !frozen)),
            bytes: bytesOf(dtype, count(own) + count(state)),
            flops: ops.reduce((sum, op) => sum + (path === "" || isIn(path)(op.layer ?? "") ? op.flops : 0), 0),
          };
        });
        const { layer: _layer, path: _path, output: _output, ...total } = layers[0] as SummaryLayer;
        const text = () => summaryTable(layers);
        return shownAs({ layers, ...total, toString: text }, text);
      },
      entered,
    );
  });
});

function summaryTable(layers: readonly SummaryLayer[]): string {
  const shape = (extents: readonly number[]) => `[${["batch", ...extents.slice(1)].join(", ")}]`;
  const shapes = (output: SummaryLayer["output"]): string => {
    if (output === null) return "";
    if (Array.isArray(output)) return shape(output);
    return Object.entries(output)
      .map(([name, extents]) => `${name} ${shape(extents)}`)
      .join(", ");
  };
  const rows = layers.slice(1).map(({ path, layer, output, ...numbers }) => {
    const depth = path.split(".").length - 1;
    return [`${"  ".repeat(depth)}${path}`, layer, shapes(output), ...numbersOf(numbers)];
  });
  const [{ path: _, layer: __, output, ...all }] = layers as [SummaryLayer];
  rows.push(["model", "", shapes(output), ...numbersOf(all)]);
  return table(["name", "layer", "output", "parameters", "trained", "bytes", "flops"], rows);
}

function numbersOf({ parameters, trained, bytes, flops }: Omit<SummaryLayer, "path" | "layer" | "output">): string[] {
  return [parameters, trained, bytes, flops].map(String);
}
