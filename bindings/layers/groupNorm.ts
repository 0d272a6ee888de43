import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { defined, type Layer, type ParameterTensors } from "./layer.js";
import { type AffineOptions, affineParameters, checkTrailing, moments, normalize } from "./moments.js";

/** Options of `groupNorm` and `instanceNorm`. */
export interface GroupNormOptions extends AffineOptions {
  /** ε > 0; default 1e-5. */
  readonly epsilon?: number;
}

/** Normalizes each sample of x [batch, ..., channels] over its positions and the channels of each group. */
function normalizeGroups(
  where: string,
  x: Tensor,
  groups: number,
  epsilon: number,
  { gamma, beta }: ParameterTensors,
): Tensor {
  const { shape } = x;
  const channels = shape.at(-1) as number;
  const positions = shape.slice(1, -1).reduce((product, extent) => product * extent, 1);
  const size = channels / groups;
  if (positions * size < 2)
    throw new ShapeError(
      `${where}: needs at least 2 values per group, got ${positions * size} from shape [${shape.join(", ")}]. Use ` +
        `${where === "groupNorm" ? "fewer groups, or " : ""}larger images.`,
    );
  const grouped = x.reshape([shape[0] as number, positions, groups, size]);
  const { mean, variance } = moments(grouped, [1, 3]);
  const affine = { gamma: gamma?.reshape([groups, size]), beta: beta?.reshape([groups, size]) };
  return normalize(grouped, mean, variance, epsilon, affine).reshape(shape);
}

/**
 * Group normalization: y = γ (x − μ) / √(σ² + ε) + β, μ and σ² (divided by n) over all positions and the channels / groups
 * channels of a group, for each sample, in training and in evaluation alike. A group is a range of adjacent channels.
 *
 * @param groups    number of groups, ≥ 1, a divisor of channels
 * @param channels  extent of the last axis of x [batch, ..., channels], ≥ 1
 * @param options   epsilon, gamma, beta
 * @throws RangeError  a number out of range, or groups that do not divide the channels
 * @throws ShapeError  x has other channels, or a group has fewer than 2 values
 * @example
 * sequential([groupNorm(4, 16), relu(), flatten(), linear(8 * 8 * 16, 10)]);
 * @see Wu and He, *Group normalization*, ECCV 2018, eq. 1 to 7
 */
export function groupNorm(groups: number, channels: number, options: GroupNormOptions = {}): Layer {
  const where = "groupNorm";
  checkNumber(where, "groups", groups, { min: 1, integer: true });
  checkNumber(where, "channels", channels, { min: 1, integer: true });
  if (channels % groups !== 0)
    throw new RangeError(
      `${where}: groups must divide the channels, got ${groups} groups of ${channels} channels. Choose a divisor of ${channels}.`,
    );
  checkOptions(where, options, ["epsilon", "gamma", "beta"]);
  const { epsilon = 1e-5 } = options;
  checkNumber(where, "epsilon", epsilon, { above: 0 });
  return defined([where, groups, channels, { ...options }], {
    name: `groupNorm(${groups}, ${channels})`,
    parameters: affineParameters([channels], options),
    apply(parameters, x) {
      checkTrailing(where, x, [channels]);
      return normalizeGroups(where, x, groups, epsilon, parameters);
    },
  });
}

/**
 * Instance normalization: y = γ (x − μ) / √(σ² + ε) + β, μ and σ² (divided by n) over the positions of one channel of one
 * sample, in training and in evaluation alike. As in PyTorch there is no γ and β unless they are given.
 *
 * @param channels  extent of the last axis of x [batch, ..., channels], ≥ 1
 * @param options   epsilon, default 1e-5; gamma and beta, their initializers, such as `onesInitializer` and `zerosInitializer`;
 *                  default false: none
 * @throws RangeError  a number out of range
 * @throws ShapeError  x has other channels, or fewer than 2 positions
 * @example
 * sequential([instanceNorm(16), relu(), flatten(), linear(8 * 8 * 16, 10)]);
 * @see Ulyanov, Vedaldi and Lempitsky, *Instance normalization: the missing ingredient for fast stylization*, 2016, eq. 3
 */
export function instanceNorm(channels: number, options: GroupNormOptions = {}): Layer {
  const where = "instanceNorm";
  checkNumber(where, "channels", channels, { min: 1, integer: true });
  checkOptions(where, options, ["epsilon", "gamma", "beta"]);
  const { epsilon = 1e-5, gamma = false, beta = false } = options;
  checkNumber(where, "epsilon", epsilon, { above: 0 });
  return defined([where, channels, { ...options }], {
    name: `instanceNorm(${channels})`,
    parameters: affineParameters([channels], { gamma, beta }),
    apply(parameters, x) {
      checkTrailing(where, x, [channels]);
      return normalizeGroups(where, x, channels, epsilon, parameters);
    },
  });
}
