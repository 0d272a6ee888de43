import { ShapeError } from "../values/errors.js";
import { checkChoice, checkFlag, checkNumber, checkOptions } from "../values/options.js";
import { needContext } from "./context.js";
import { onesInitializer, zerosInitializer } from "./initializers.js";
import { defined, type Layer } from "./layer.js";
import { type AffineOptions, affineParameters, checkTrailing, moments, normalize } from "./moments.js";

/** Options of `batchNorm`. */
export interface BatchNormOptions extends AffineOptions {
  /** Library whose defaults apply to options that are not given: "pytorch" (default) or "keras". */
  readonly convention?: "pytorch" | "keras";
  /**
   * Weight of the new value in the running statistics, 0 ≤ momentum ≤ 1: PyTorch's momentum, and 1 minus that of Keras.
   * Default 0.1; with convention "keras" 0.01, which is 0.99 in Keras.
   */
  readonly momentum?: number;
  /** Constant ε > 0 added to the variance; default 1e-5, with convention "keras" 1e-3. */
  readonly epsilon?: number;
  /**
   * Estimate in the running variance: "unbiased" (default), Σ(x − μ)² / (n − 1), or "biased" (default with "keras"), /
   * n.
   */
  readonly runningVariance?: "unbiased" | "biased";
  /**
   * True keeps the running statistics: training then normalizes by them as evaluation does, while γ, β and the rest of the
   * model train (PyTorch: `eval()` of the layer). A group with `frozen` freezes γ and β. Default false.
   */
  readonly frozen?: boolean;
}

/**
 * Batch normalization over all axes but the last: y = γ (x − μ) / √(σ² + ε) + β. In training μ and σ² are the mean and
 * the variance of the batch, and update the running statistics; in evaluation they are the running statistics.
 *
 * If the batch of a step is split into runs, each run is normalized by its own μ and σ², and the running statistics are
 * updated once, by the mean over the runs weighted by rows. State: "mean" and "variance", each [features].
 *
 * @param features  extent of the last axis of x [batch, ..., features], ≥ 1
 * @param options   convention, momentum, epsilon, runningVariance, frozen, gamma, beta
 * @throws RangeError  a number is out of range
 * @throws ShapeError  the last axis has another extent, or there are fewer than 2 values for each feature in training
 * @example
 * sequential([linear(784, 128, { bias: false }), batchNorm(128), relu(), linear(128, 10)]);
 * @see Ioffe and Szegedy, *Batch normalization*, ICML 2015, algorithms 1 and 2
 */
export function batchNorm(features: number, options: BatchNormOptions = {}): Layer {
  const where = "batchNorm";
  checkNumber(where, "features", features, { min: 1, integer: true });
  checkOptions(where, options, ["convention", "momentum", "epsilon", "runningVariance", "frozen", "gamma", "beta"]);
  const { convention = "pytorch" } = options;
  checkChoice(where, "convention", convention, ["pytorch", "keras"]);
  const keras = convention === "keras";
  const {
    momentum = keras ? 0.01 : 0.1,
    epsilon = keras ? 1e-3 : 1e-5,
    runningVariance = keras ? "biased" : "unbiased",
    frozen = false,
  } = options;
  checkNumber(where, "momentum", momentum, { min: 0, max: 1 });
  checkNumber(where, "epsilon", epsilon, { above: 0 });
  checkChoice(where, "runningVariance", runningVariance, ["unbiased", "biased"]);
  checkFlag(where, "frozen", frozen);
  return defined([where, features, { ...options }], {
    name: `batchNorm(${features})`,
    parameters: affineParameters([features], options),
    state: {
      mean: { shape: [features], initializer: zerosInitializer },
      variance: { shape: [features], initializer: onesInitializer },
    },
    apply(parameters, x, given) {
      const context = needContext(where, given);
      checkTrailing(where, x, [features]);
      const { mean: runningMean, variance: running } = context.state;
      if (!runningMean || !running)
        throw new TypeError(`${where}: its state is missing. Containers must declare the state of their layers.`);
      if (frozen || !context.training)
        return normalize(x, runningMean.cast("f64"), running.cast("f64"), epsilon, parameters);
      const count = x.size / features;
      if (count < 2)
        throw new ShapeError(
          `${where}: needs at least 2 values for each feature in training, got ${count}. Use lastBatch: "drop", or another ` +
            "batchSize or microBatch.",
        );
      const { mean, variance } = moments(
        x,
        x.shape.slice(0, -1).map((_, axis) => axis),
      );
      const estimate = runningVariance === "unbiased" ? variance.multiply(count / (count - 1)) : variance;
      const part = context.refreshing ? 1 : momentum;
      const moved = (old: typeof mean, now: typeof mean) =>
        old
          .cast("f64")
          .multiply(1 - part)
          .add(now.reshape([features]).multiply(part));
      context.update({ mean: moved(runningMean, mean), variance: moved(running, estimate) });
      return normalize(x, mean, variance, epsilon, parameters);
    },
  });
}
