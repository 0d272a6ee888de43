// thalweg/export: trained models in the formats of other programs. A separate entry, as only those that export need it.

export type { ExportOptions } from "./model.js";
export { type OnnxOptions, toOnnx } from "./toOnnx.js";
export { type PyTorchModel, toPyTorch } from "./toPyTorch.js";
