// Public exports. Each file of hosts/ re-exports them with its own createEngine.

export * from "./augmentation/index.js";
export * from "./curvature/index.js";
export type { Augmentation } from "./data/augmentation.js";
export {
  type AnySamples,
  type ColumnShape,
  createDataset,
  type Dataset,
  type NamedArrays,
  type Role,
  type Samples,
} from "./data/dataset.js";
export { createRollingDataset, type RollingDataset, type RollingOptions } from "./data/rolling.js";
export {
  centerScaling,
  type MinMaxScalingOptions,
  minMaxScaling,
  type Scaling,
  standardScaling,
} from "./data/scaling.js";
export { type SplitArray, type SplitOptions, type SplitPart, splitSamples } from "./data/split.js";
export {
  type CheckedCoordinate,
  type GradientCheck,
  type GradientCheckOptions,
  gradientCheck,
  type NumericalGradientOptions,
  numericalGradient,
} from "./derivatives/gradients.js";
export { type Hessian, type Hessians, hessian } from "./derivatives/hessian.js";
export { type Jacobian, type Jacobians, jacobian } from "./derivatives/jacobian.js";
export {
  type Gradient,
  grad,
  type HessianVectorProduct,
  hvp,
  type ValueAndGradient,
  valueAndGrad,
} from "./derivatives/transforms.js";
export type { Engine, EngineOptions } from "./engine/engine.js";
export type {
  DrawableImage,
  EncodedImage,
  ResponseObject,
  StopSignal,
  UrlObject,
  WasmModule,
} from "./engine/globals.js";
export type { EngineBuild, WasmSource } from "./engine/wasm.js";
export { readSafetensors, type SafetensorsFile } from "./files/readSafetensors.js";
export { writeSafetensors } from "./files/safetensors.js";
export {
  type ImageDecoding,
  type ImageRowsOptions,
  type ImageSource,
  imageRows,
  imageRowsSync,
  type ReadableImage,
} from "./images/imageRows.js";
export type { ImagePixels } from "./images/pixels.js";
export type { ImageFit } from "./images/resample.js";
export * from "./layers/index.js";
export {
  constantInitializer,
  heNormal,
  heUniform,
  type InitialContext,
  type Initializer,
  lecunNormal,
  lecunUniform,
  normalInitializer,
  onesInitializer,
  orthogonalInitializer,
  type TruncatedNormalInitializerOptions,
  truncatedNormalInitializer,
  uniformInitializer,
  type VarianceScalingOptions,
  varianceScaling,
  xavierNormal,
  xavierUniform,
  zerosInitializer,
} from "./layers/initializers.js";
export * from "./linalg/index.js";
export {
  type ClassLabelOptions,
  type ClassWeights,
  type CrossEntropyOptions,
  type HingeOptions,
  type Loss,
  type LossOptions,
  type MultiMarginOptions,
  multiclassHinge,
  multiMargin,
  negativeLogLikelihood,
  softmaxCrossEntropy,
  type TensorLoss,
} from "./losses/classes.js";
export type { WeightedMean } from "./losses/means.js";
export {
  type AccuracyOptions,
  accuracy,
  type ClassCountOptions,
  confusionMatrix,
  f1,
  type Metric,
  precision,
  recall,
  rSquared,
  topK,
} from "./losses/metrics.js";
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  cosineEmbedding,
  hingeEmbedding,
  huber,
  klDivergence,
  type LogitsOptions,
  meanAbsoluteError,
  meanSquaredError,
  type PoissonOptions,
  poissonNegativeLogLikelihood,
  smoothL1,
} from "./losses/values.js";
export * from "./minimizers/root.js";
export * from "./models/index.js";
export {
  type EmaOptions,
  ema,
  type SwaOptions,
  swa,
  type WeightAverage,
  type WeightsOption,
} from "./optimizers/averages.js";
export { type Constraint, maxNorm } from "./optimizers/constraints.js";
export type { Convention, ConventionOption } from "./optimizers/convention.js";
export type { DecayCoupling, DecayOptions, DecoupledCoupling } from "./optimizers/decay.js";
export {
  accumulate,
  type ClipAdaptiveOptions,
  type ClipNormOptions,
  centralize,
  clipAdaptive,
  clipGlobalNorm,
  clipNorm,
  clipValue,
  type GradientNoiseOptions,
  type GradientTransform,
  gradientNoise,
} from "./optimizers/gradientTransforms.js";
export * from "./optimizers/index.js";
export type { Optimizer } from "./optimizers/optimizer.js";
export {
  type ElasticNetOptions,
  elasticNet,
  l1,
  l2,
  type MagnitudePenaltyOptions,
  type Penalty,
  type PenaltyOptions,
} from "./optimizers/penalties.js";
export * from "./schedules/index.js";
export { type CompiledFunction, compile, type Freeable } from "./tensors/compile.js";
export {
  type ConvolutionOptions,
  convolve,
  convolveTransposed,
  type TransposedConvolutionOptions,
} from "./tensors/convolution.js";
export { acos, acosh, asin, asinh, atanh, cosh, sinh, tan } from "./tensors/functions.js";
export type { Extents, Padding } from "./tensors/geometry.js";
export type { Axes } from "./tensors/handle.js";
export { bernoulli, concatenate, constant, fill, iota, logAddExp, normal, uniform } from "./tensors/ops.js";
export {
  type MaxPoolOptions,
  type MeanPoolOptions,
  type PoolOptions,
  padBorder,
  poolMax,
  poolMaxAdaptive,
  poolMaxFrom,
  poolMean,
  poolMeanAdaptive,
  resize,
} from "./tensors/pooling.js";
export { type Resident, resident } from "./tensors/resident.js";
export { type Scanned, type ScanOptions, type ScanStep, scan } from "./tensors/scan.js";
export type { Operand, Reduction, Tensor } from "./tensors/tensor.js";
export type { Cost } from "./tensors/trace.js";
export type { ArraysFor, ResidentTree, ResultTree, TensorTree } from "./tensors/trees.js";
export type { BestEpoch } from "./training/bestWeights.js";
export type { RestoreOptions, SaveOptions, StatePart } from "./training/checkpoint.js";
export { createTrainer, type TrainerOptions } from "./training/create.js";
export type { Evaluation } from "./training/evaluate.js";
export type { Run } from "./training/fit.js";
export type { Batches, FitMethod, FitOptions, RunLength, RunOptions, StreamOptions } from "./training/fitOptions.js";
export type { NamePattern, ParameterGroup } from "./training/groups.js";
export { type Head, type HeadResults, type HeadsLoss, heads } from "./training/heads.js";
export type { Epoch, FitProgress, History, MethodOutcome } from "./training/history.js";
export { findLearningRate, type LearningRateOptions, type LearningRates } from "./training/learningRates.js";
export { type ModelFunction, modelFunction, type TensorsOf } from "./training/modelFunction.js";
export { createPace, type Pace, type PaceOptions } from "./training/pace.js";
export { type PredictDrawsOptions, predictDraws } from "./training/predictDraws.js";
export { type Preview, type PreviewOptions, preview } from "./training/preview.js";
export {
  createTrainers,
  type PartTrainerOptions,
  type TrainersOptions,
} from "./training/shared/createTrainers.js";
export type { LayerLoss, LayersApply } from "./training/shared/model.js";
export type { Trainers } from "./training/shared/trainers.js";
export type { Standardization, StandardizeOption } from "./training/standardize.js";
export type { ParameterStatistics, StepStatistics } from "./training/statistics.js";
export type { EarlyStopping, StopOptions, StopReason } from "./training/stopping.js";
export type { AnyTrainer, Trainer } from "./training/trainer.js";
export type { AnyTypes, RefreshOptions, StepResult, TrainerTypes } from "./training/types.js";
export type { ArrayLike, NDArray, NestedNumbers, StorageType, TypedArray } from "./values/arrays.js";
export { DivergenceError, type DType, EngineError, MemoryError, ShapeError, TraceError } from "./values/errors.js";
export type { TargetKinds, TargetRange } from "./values/options.js";
