// The public names. Each file of hosts/ gives all of them with a createEngine of its own.

export type { ArrayLike, NDArray, StorageType, TypedArray } from "./arrays.js";
export { type EmaOptions, ema, type SwaOptions, swa, type WeightAverage, type WeightsOption } from "./averages.js";
export { type Constraint, maxNorm } from "./constraints.js";
export * from "./curvature/index.js";
export { type ColumnShape, createDataset, type Dataset, type Samples } from "./data/dataset.js";
export { center, type MinMaxOptions, minMax, type Scaling, standardize } from "./data/scaling.js";
export { type SplitOptions, type SplitPart, splitSamples } from "./data/split.js";
export type { Build, Engine, EngineOptions } from "./engine.js";
export { DivergenceError, type DType, EngineError, MemoryError, ShapeError, TraceError } from "./errors.js";
export type { Epoch, FitMethod, FitOptions, History, MethodOutcome, Progress, Run } from "./fit.js";
export type { Address, StopSignal } from "./globals.js";
export {
  type CheckedCoordinate,
  type GradientCheck,
  type GradientCheckOptions,
  gradientCheck,
  type NumericalGradientOptions,
  numericalGradient,
} from "./gradients.js";
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
} from "./gradientTransforms.js";
export { type Hessian, type Hessians, hessian } from "./hessian.js";
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
} from "./initializers.js";
export { type Jacobian, type Jacobians, jacobian } from "./jacobian.js";
export * from "./layers/index.js";
export { findLearningRate, type LearningRateOptions, type LearningRates } from "./learningRates.js";
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
  type TargetRange,
  type WeightedMean,
} from "./losses.js";
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
} from "./metrics.js";
export * from "./minimizers/index.js";
export * from "./models/index.js";
export { bernoulli, concatenate, constant, fill, iota, normal, uniform } from "./ops.js";
export type { Convention, ConventionOption } from "./optimizers/convention.js";
export type { Decay, DecayCoupling, DecayOptions, DecoupledCoupling } from "./optimizers/decay.js";
export * from "./optimizers/index.js";
export type { Optimizer, Workspace, Wrapper } from "./optimizers/optimizer.js";
export type { Bounds } from "./options.js";
export type { NamePattern, ParameterGroup } from "./parameterGroups.js";
export {
  type ElasticNetOptions,
  elasticNet,
  l1,
  l2,
  type MagnitudePenaltyOptions,
  type Penalty,
  type PenaltyOptions,
} from "./penalties.js";
export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors.js";
export {
  type Hyper,
  type InnerSchedule,
  type Schedulable,
  type Schedule,
  type Scheduled,
  type ScheduleUnit,
  type ScheduleValuesOptions,
  scheduleValues,
} from "./scheduled.js";
export * from "./schedules/index.js";
export type { ParameterStatistics, StepStatistics } from "./statistics.js";
export type { Best, EarlyStopping, StopOptions, StopReason } from "./stopping.js";
export type { Axes, Operand, Reduction, Tensor } from "./tensor.js";
export type { Cost, Trace } from "./trace.js";
export {
  createTrainer,
  type Evaluation,
  type RefreshOptions,
  type StepOptions,
  type StepResult,
  type Trainer,
  type TrainerOptions,
} from "./trainer.js";
export type { TrainerParts } from "./trainerMemory.js";
export {
  type ArraysFor,
  type CompiledFunction,
  compile,
  type Freeable,
  type Gradient,
  grad,
  type HessianVectorProduct,
  hvp,
  type Results,
  type TensorTree,
  type ValueAndGradient,
  valueAndGrad,
} from "./transforms.js";
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
} from "./valueLosses.js";
export type { WasmSource } from "./wasm.js";
