// thalweg/import: weights of PyTorch, Hugging Face, TensorFlow.js and Keras. A separate entry, as few programs need it.

export { loadWeights, readWeights } from "./loadWeights.js";
export { type KerasLayer, readTfjs, type TfjsModel } from "./tfjs.js";
export type { LoadedWeights, ReadWeights, WeightsFile, WeightsOptions } from "./weights.js";
