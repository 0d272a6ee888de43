export * from "./activations.js";
export { type BatchNormOptions, batchNorm } from "./batchNorm.js";
export { type ApplyOptions, applyLayer } from "./context.js";
export {
  type ConvOptions,
  type ConvStarts,
  conv1d,
  conv2d,
  type DepthwiseConvOptions,
  depthwiseConv2d,
  separableConv2d,
} from "./convolution.js";
export { type DropoutOptions, dropout, dropout1d, dropout2d } from "./dropout.js";
export { type EmbeddingOptions, embedding } from "./embedding.js";
export { type FractionalMaxPool2dOptions, fractionalMaxPool2d } from "./fractionalPooling.js";
export { gaussianNoise } from "./gaussianNoise.js";
export { type GroupNormOptions, groupNorm, instanceNorm } from "./groupNorm.js";
export { gru, gruCell } from "./gru.js";
export type { DrawOptions, Layer, LayerContext, Parameter, Parameters, ParameterTensors } from "./layer.js";
export { type LayerNormOptions, layerNorm } from "./layerNorm.js";
export { type LinearOptions, linear } from "./linear.js";
export { type LstmStates, lstm, lstmCell } from "./lstm.js";
export type { AffineOptions } from "./moments.js";
export { type LayerFunctions, type NamedLayers, network } from "./network.js";
export {
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  globalAvgPool2d,
  globalMaxPool2d,
  maxPool1d,
  maxPool2d,
} from "./pooling.js";
export type { CellOptions, RecurrentOptions, SequenceInput } from "./recurrent.js";
export { type ResidualOptions, residual } from "./residual.js";
export { type ResidualStackOptions, residualStack, type SurvivalRule } from "./residualStack.js";
export { type RmsNormOptions, rmsNorm } from "./rmsNorm.js";
export { type RnnCellOptions, type RnnOptions, rnn, rnnCell } from "./rnn.js";
export { sequential } from "./sequential.js";
export { type ConvTransposeOptions, convTranspose1d, convTranspose2d } from "./transposedConvolution.js";
export { upsample2d } from "./upsample.js";
