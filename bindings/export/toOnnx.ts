// Trained models as ONNX files.

import { probabilityFunctions } from "../losses/probabilities.js";
import type { AnyTrainer } from "../training/trainer.js";
import { checkOptions, wrongKind } from "../values/options.js";
import { type ExportedModel, type ExportOptions, exportedModel } from "./model.js";
import { OnnxGraph } from "./onnxGraph.js";
import { writeOp } from "./onnxOps.js";
import { checkLabels, checkMetadata } from "./texts.js";

/** Options of `toOnnx`. */
export interface OnnxOptions extends ExportOptions {
  /** Names of the classes, in the order of the outputs: written as JSON into the metadata "labels". Default none. */
  readonly labels?: readonly string[];
  /** Further texts of the file's metadata, by name; default none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Nodes of the functions that make probabilities. */
const nodes = { softmax: "Softmax", sigmoid: "Sigmoid", exp: "Exp" };

function metadataOf({ trainer }: ExportedModel, { labels, metadata = {} }: OnnxOptions): Record<string, string> {
  const moments = trainer.options.standardize?.[""];
  return {
    ...(labels ? { labels: JSON.stringify(labels) } : {}),
    ...(moments ? { standardization: JSON.stringify(moments) } : {}),
    ...metadata,
  };
}

/**
 * Writes the model of a trainer as an ONNX file (opset 17), for evaluation in ONNX Runtime and elsewhere.
 *
 * The file takes what `predict` takes, raw inputs [batch, ...] of any batch, channels last: standardization and the order of axes
 * are part of it. Its input is named "input", f32, or i32 if the first layer is an embedding; its output "output" is that of
 * `predict`. If the loss has logits, there is a second output "probabilities". All numbers are f32, also those of a trainer in f64.
 * Layers that act only in training, such as dropout, are left out, and batch norm uses its running statistics.
 *
 * @param trainer  trainer of a model of the library's layers with one input and one output
 * @param options  input, the shape of one sample; weights "current" (default) or "average"; labels, metadata
 * @returns        the bytes of the file
 * @throws TypeError   a layer that cannot be written, such as `network` or one of your own, which the error names
 * @throws ShapeError  the model does not take this input
 * @throws RangeError  labels that do not match the outputs, an average that the trainer does not have, or numbers beyond f32
 * @example
 * const file = toOnnx(trainer, { input: [1], labels: ["small", "large"] });
 * file.length > 100; // true
 * @see ONNX, *Operators*, opset 17, https://onnx.ai/onnx/operators
 */
export function toOnnx(trainer: AnyTrainer, options: OnnxOptions): Uint8Array {
  const where = "toOnnx";
  if (typeof options !== "object" || options === null)
    throw wrongKind(where, "the second argument", "options", options, "{ input: [784] }");
  checkOptions(where, options, ["input", "weights", "labels", "metadata"]);
  const model = exportedModel(where, trainer, options);
  checkLabels(where, options.labels, model.output);
  checkMetadata(where, options.metadata);
  const graph = new OnnxGraph();
  const y = model.ops.reduce((x, op) => writeOp(op, graph, x), "input");
  graph.layer = "";
  graph.output("output", y);
  const outputs = [{ name: "output", type: "f32", shape: model.output }] as const;
  const probable = probabilityFunctions[model.trainer.options.loss.name];
  const last = probable && nodes[probable];
  const more = last ? [{ name: "probabilities", type: "f32", shape: model.output } as const] : [];
  if (last) graph.output("probabilities", graph.node(last, ["output"], last === "Softmax" ? { axis: -1 } : {}));
  const note = `${model.trainer.options.model.name}`;
  const input = { name: "input", type: model.indices ? "i32" : "f32", shape: model.input } as const;
  return graph.file([input], [...outputs, ...more], metadataOf(model, options), note);
}
