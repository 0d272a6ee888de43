// Trained models as modules of PyTorch.

import { writeSafetensors } from "../files/safetensors.js";
import type { AnyTrainer } from "../training/trainer.js";
import { checkOptions, wrongKind } from "../values/options.js";
import { channelMajor } from "./channelMajor.js";
import { type ExportOptions, explained, exportedModel } from "./model.js";
import { torchModel } from "./torchModules.js";
import { classes, indented, reader } from "./torchSource.js";

/** A model for PyTorch. */
export interface PyTorchModel {
  /** Python source with the class `Model`, an nn.Module, and the function `read_safetensors`. */
  readonly source: string;
  /** Its state_dict as a safetensors file. */
  readonly weights: Uint8Array;
}

/** Text of the classes that a source names. */
function used(code: string): string {
  return Object.entries(classes)
    .filter(([name]) => new RegExp(`(?<![.\\w])${name}\\(`).test(code))
    .map(([, text]) => `${text}\n\n\n`)
    .join("");
}

/**
 * Writes the model of a trainer as the source of a module for PyTorch 1.13 or later, and its weights.
 *
 * The source imports nothing but torch and Python's own library. `Model` takes what `predict` takes, raw inputs [batch, ...],
 * channels last, and returns its outputs; inside, the channels are the second axis. Parameters keep their names where PyTorch has the same
 * ones, such as "0.weight". All numbers are f32, also those of a trainer in f64. Layers that act only in training, such as
 * dropout, are left out.
 *
 * @param trainer  trainer of a model of the library's layers with one input and one output
 * @param options  input, the shape of one sample; weights "current" (default) or "average"
 * @returns        the source, and the weights as a safetensors file
 * @throws TypeError   a layer that cannot be written, such as `network` or one of your own, which the error names
 * @throws ShapeError  the model does not take this input
 * @throws RangeError  an average that the trainer does not have, or numbers beyond f32
 * @example
 * const { source, weights } = toPyTorch(trainer, { input: [1] });
 * source.includes("class Model(nn.Sequential)"); // true
 * weights.length > 100; // true
 * @see Paszke et al., *PyTorch: an imperative style, high-performance deep learning library*, NeurIPS 2019
 */
export function toPyTorch(trainer: AnyTrainer, options: ExportOptions): PyTorchModel {
  const where = "toPyTorch";
  if (typeof options !== "object" || options === null)
    throw wrongKind(where, "the second argument", "options", options, "{ input: [784] }");
  checkOptions(where, options, ["input", "weights"]);
  const { ops, input, output, indices } = exportedModel(where, trainer, options);
  const { code, weights } = explained(where, () => torchModel(channelMajor(ops, output)));
  const inside = code.slice("nn.Sequential(".length, -1);
  const shape = (extents: readonly number[]): string => `[${["batch", ...extents].join(", ")}]`;

  const source = `# Written by Thalweg's toPyTorch.

import json
from collections import OrderedDict

import torch
from torch import nn
${/Border\(/.test(code) ? "from torch.nn import functional as F\n" : ""}

${used(code)}class Model(nn.Sequential):
    """From ${indices ? "indices" : "inputs"} ${shape(input)} to outputs ${shape(output)}${input.length > 1 ? ", channels last" : ""}.

    model = Model()
    model.load_state_dict(read_safetensors("model.safetensors"))
    model.eval()
    """

    def __init__(self):
        super().__init__(${indented(inside, "        ")})


${reader}
`;
  return { source, weights: writeSafetensors(weights, { format: "pt" }) };
}
