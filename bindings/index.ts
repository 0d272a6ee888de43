// The public names. Each file of hosts/ gives all of them with a createEngine of its own.

export * from "./curvature/index.js";
export { type ColumnShape, createDataset, type Dataset, type Samples } from "./data/dataset.js";
export { center, type MinMaxOptions, minMax, type Scaling, standardize } from "./data/scaling.js";
export { type SplitOptions, type SplitPart, splitSamples } from "./data/split.js";
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
export type { Build, Engine, EngineOptions } from "./engine/engine.js";
export type { Address, StopSignal } from "./engine/globals.js";
export type { WasmSource } from "./engine/wasm.js";
export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./files/safetensors.js";
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
  ones,
  orthogonal,
  type TruncatedNormalOptions,
  truncatedNormal,
  uniformInitializer,
  type VarianceScalingOptions,
  varianceScaling,
  xavierNormal,
  xavierUniform,
  zeros,
} from "./layers/initializers.js";
export * from "./linalg/index.js";
export {
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
  type WeightedMean,
} from "./losses/classes.js";
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
export * from "./minimizers/index.js";
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
export type { Decay, DecayCoupling, DecayOptions, DecoupledCoupling } from "./optimizers/decay.js";
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
export type { Optimizer, Workspace, Wrapper } from "./optimizers/optimizer.js";
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
export {
  type Hyper,
  type InnerSchedule,
  type Schedulable,
  type Schedule,
  type Scheduled,
  type ScheduleUnit,
  type ScheduleValuesOptions,
  scheduleValues,
} from "./schedules/scheduled.js";
export { type CompiledFunction, compile, type Freeable } from "./tensors/compile.js";
export {
  type ConvolutionOptions,
  convolve,
  convolveTransposed,
  type TransposedConvolutionOptions,
} from "./tensors/convolution.js";
export type { Extents, Padding } from "./tensors/geometry.js";
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
export type { Axes, Operand, Reduction, Tensor } from "./tensors/tensor.js";
export type { Cost, Trace } from "./tensors/trace.js";
export type { ArraysFor, Results, TensorTree } from "./tensors/trees.js";
export type { Epoch, FitMethod, FitOptions, History, MethodOutcome, Progress, Run } from "./training/fit.js";
export type { NamePattern, ParameterGroup } from "./training/groups.js";
export { findLearningRate, type LearningRateOptions, type LearningRates } from "./training/learningRates.js";
export type { TrainerParts } from "./training/memory.js";
export type { ParameterStatistics, StepStatistics } from "./training/statistics.js";
export type { Best, EarlyStopping, StopOptions, StopReason } from "./training/stopping.js";
export {
  createTrainer,
  type Evaluation,
  type RefreshOptions,
  type StepOptions,
  type StepResult,
  type Trainer,
  type TrainerOptions,
} from "./training/trainer.js";
export type { ArrayLike, NDArray, StorageType, TypedArray } from "./values/arrays.js";
export { DivergenceError, type DType, EngineError, MemoryError, ShapeError, TraceError } from "./values/errors.js";
export type { Bounds, TargetRange } from "./values/options.js";
