import { imagesOnly } from "../engine/featureSets.js";
import { type ConvolutionOptions, convolve, same } from "../tensors/convolution.js";
import { type Extents, pairOf, sidesOf } from "../tensors/geometry.js";
import { padBorder } from "../tensors/pooling.js";
import type { Tensor } from "../tensors/tensor.js";
import { within } from "../values/errors.js";
import { checkChoice, checkNumber, checkOptions } from "../values/options.js";
import { checkImage } from "./images.js";
import { heNormal, type Initializer, uniformInitializer, zerosInitializer } from "./initializers.js";
import { applyNested, type Definition, defined, type Layer } from "./layer.js";

/** Initial parameters of a convolution. */
export interface ConvStarts {
  /** Initializer of the weight; default heNormal. */
  readonly weight?: Initializer;
  /** Initializer of the bias [outputs], or false for no bias; default zerosInitializer. */
  readonly bias?: Initializer | false;
  /** "pytorch": weight and bias uniform on ±1 / √fanIn, unless their options are given. Default: as above. */
  readonly convention?: "pytorch";
}

/** Options of convolutions; for sequences a number where images have a pair. */
export interface ConvOptions extends ConvolutionOptions, ConvStarts {
  /** Values of the padding: "zeros" (default), or pixels of the image as in `padBorder`. */
  readonly paddingMode?: "zeros" | "reflect" | "replicate" | "circular";
}

/** Options of a depthwise convolution. */
export interface DepthwiseConvOptions extends Omit<ConvOptions, "groups"> {
  /** Output channels of each input channel, ≥ 1; default 1. */
  readonly multiplier?: number;
}

/** Parts that a convolution and a transposed one share. */
interface ConvolutionParts {
  /** Numbers along each axis. */
  readonly kernels: number[];
  readonly strides: number[];
  readonly dilations: number[];
  /** Makes the layer, which adds the bias to the result of `op`. */
  layer(op: (x: Tensor, weight: Tensor) => Tensor): Layer;
}

/** Checks the numbers that a convolution and a transposed one share. @internal */
export function convolutionParts(
  where: string,
  axes: 1 | 2,
  [inputs, outputs]: readonly [number, number],
  kernel: Extents,
  options: Omit<ConvolutionOptions, "padding"> & ConvStarts,
  transposed: boolean,
): ConvolutionParts {
  checkNumber(where, "inputs", inputs, { min: 1, integer: true });
  checkNumber(where, "outputs", outputs, { min: 1, integer: true });
  const { stride = 1, dilation = 1, groups = 1, convention } = options;
  const [kernels, strides, dilations] = Object.entries({ kernel, stride, dilation }).map(([name, value]) =>
    pairOf(where, name, value, axes).slice(2 - axes),
  ) as [number[], number[], number[]];
  checkNumber(where, "groups", groups, { min: 1, integer: true });
  if (inputs % groups !== 0 || outputs % groups !== 0)
    throw new RangeError(
      `${where}: groups must divide the channels, got ${groups} groups of ${inputs} inputs and ${outputs} outputs. Choose a ` +
        "divisor of both.",
    );
  if (convention !== undefined) checkChoice(where, "convention", convention, ["pytorch"]);
  const shape = [...kernels, ...(transposed ? [outputs / groups, inputs] : [inputs / groups, outputs])];
  const fanIn = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  const uniform: Initializer = (context) =>
    uniformInitializer(-1, 1)(context).multiply(context.trace.fill(fanIn, [], context.dtype).rsqrt());
  const { weight = convention ? uniform : heNormal, bias = convention ? uniform : zerosInitializer } = options;
  const name = `${where}(${inputs}, ${outputs}, ${axes === 1 ? kernels[0] : `[${kernels.join(", ")}]`})`;
  const definition: Definition = [where, inputs, outputs, kernel, { ...options }];
  const layer = (op: (x: Tensor, weight: Tensor) => Tensor): Layer =>
    defined(definition, {
      name,
      parameters: {
        weight: { shape, initializer: weight },
        ...(bias === false ? {} : { bias: { shape: [outputs], initializer: bias } }),
      },
      apply({ weight, bias }, x) {
        checkImage(name, x, axes, inputs);
        const y = within(name, () => op(x, weight as Tensor));
        return bias ? y.add(bias) : y;
      },
    });
  return { kernels, strides, dilations, layer };
}

/** Options of a convolution and of a transposed one. @internal */
export const convolutionOptions = ["stride", "padding", "dilation", "groups", "weight", "bias", "convention"];
const known = /* @__PURE__ */ convolutionOptions.concat("paddingMode");

function convolving(
  where: string,
  axes: 1 | 2,
  channels: readonly [number, number],
  kernel: Extents,
  options: ConvOptions,
): Layer {
  checkOptions(where, options, known);
  const { kernels, strides, dilations, layer } = convolutionParts(where, axes, channels, kernel, options, false);
  const { stride = 1, padding = 0, dilation = 1, groups = 1, paddingMode = "zeros" } = options;
  if (padding !== "same") sidesOf(where, padding, axes, true);
  checkChoice(where, "paddingMode", paddingMode, ["zeros", "reflect", "replicate", "circular"]);
  const steps = { stride, dilation, groups };
  return layer((x, weight) => {
    if (paddingMode === "zeros") return convolve(x, weight, { ...steps, padding });
    const sides =
      padding === "same"
        ? kernels.flatMap((size, k) =>
            same(x.shape[1 + k] as number, size, strides[k] as number, dilations[k] as number),
          )
        : padding;
    return convolve(padBorder(x, sides, paddingMode), weight, steps);
  });
}

/**
 * Convolution of sequences, the kernel not flipped: y[t, o] = b[o] + Σ x[t stride − padding + i dilation, c] W[i, c, o] over
 * taps i and the channels c of a group.
 *
 * @param inputs   channels of x [batch, length, inputs], ≥ 1
 * @param outputs  channels of y [batch, out, outputs], ≥ 1, where
 *                 out = ⌊(length + before + after − dilation (kernel − 1) − 1) / stride⌋ + 1
 * @param kernel   size, ≥ 1; the weight is [kernel, inputs / groups, outputs]
 * @param options  padding: a number, [before, after] or "same"; stride, dilation, groups, paddingMode, weight, bias, convention
 * @throws RangeError  a number out of range, or groups that do not divide the channels
 * @throws ShapeError  x has other axes or channels, or the kernel is larger than the padded sequence
 * @example
 * sequential([conv1d(2, 8, 3, { padding: "same" }), relu(), flatten(), linear(16 * 8, 1)]);
 * @see LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition*, Proc. IEEE 86, 1998
 */
export const conv1d = /* @__PURE__ */ imagesOnly(function conv1d(
  inputs: number,
  outputs: number,
  kernel: number,
  options: ConvOptions = {},
): Layer {
  return convolving("conv1d", 1, [inputs, outputs], kernel, options);
});

/**
 * Convolution of images, the kernel not flipped: y[p, q, o] = b[o] + Σ x[p stride − top + i dilation, q stride − left + j
 * dilation, c] W[i, j, c, o] over taps (i, j) and the channels c of a group.
 *
 * @param inputs   channels of x [batch, height, width, inputs], ≥ 1
 * @param outputs  channels of y [batch, outHeight, outWidth, outputs], ≥ 1; along each axis
 *                 out = ⌊(extent + before + after − dilation (kernel − 1) − 1) / stride⌋ + 1
 * @param kernel   size, a number or [height, width], ≥ 1; the weight is [height, width, inputs / groups, outputs]
 * @param options  padding: a number, [top, bottom, left, right] or "same"; stride and dilation: a number or
 *                 [height, width]; groups, paddingMode, weight, bias and convention
 * @throws RangeError  a number out of range, or groups that do not divide the channels
 * @throws ShapeError  x has other axes or channels, the kernel is larger than the padded image, or the padding is larger than
 *                     the image has pixels for "reflect" or "circular"
 * @example
 * sequential([conv2d(1, 8, 3, { padding: 1 }), relu(), flatten(), linear(28 * 28 * 8, 10)]);
 * @see LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition*, Proc. IEEE 86, 1998
 */
export const conv2d = /* @__PURE__ */ imagesOnly(function conv2d(
  inputs: number,
  outputs: number,
  kernel: Extents,
  options: ConvOptions = {},
): Layer {
  return convolving("conv2d", 2, [inputs, outputs], kernel, options);
});

function depthwise(
  where: string,
  channels: number,
  kernel: Extents,
  { multiplier = 1, ...options }: DepthwiseConvOptions,
): Layer {
  checkNumber(where, "channels", channels, { min: 1, integer: true });
  checkNumber(where, "multiplier", multiplier, { min: 1, integer: true });
  const layer = convolving(where, 2, [channels, channels * multiplier], kernel, { ...options, groups: channels });
  return defined([where, channels, kernel, { ...options, multiplier }], { ...layer });
}

const depthwiseKnown = /* @__PURE__ */ known.filter((name) => name !== "groups").concat("multiplier");

/**
 * Depthwise convolution: every channel is convolved separately; `conv2d` with one group per channel.
 *
 * @param channels  channels of x [batch, height, width, channels], ≥ 1; y has channels · multiplier, of which output
 *                  c · multiplier + m is of channel c
 * @param kernel    size, a number or [height, width], ≥ 1; the weight is [height, width, 1, channels · multiplier]
 * @param options   multiplier, default 1, and the options of conv2d except groups
 * @throws RangeError  a number out of range
 * @throws ShapeError  as conv2d
 * @example
 * sequential([depthwiseConv2d(16, 3, { padding: 1 }), relu(), flatten(), linear(8 * 8 * 16, 10)]);
 * @see Chollet, *Xception: deep learning with depthwise separable convolutions*, CVPR 2017, sec. 1
 */
export const depthwiseConv2d = /* @__PURE__ */ imagesOnly(function depthwiseConv2d(
  channels: number,
  kernel: Extents,
  options: DepthwiseConvOptions = {},
): Layer {
  const where = "depthwiseConv2d";
  checkOptions(where, options, depthwiseKnown);
  return depthwise(where, channels, kernel, options);
});

/**
 * Depthwise separable convolution: a depthwise convolution without bias, then a pointwise one (kernel 1) over the channels.
 * Parameters: "depthwise.weight", "pointwise.weight", "pointwise.bias".
 *
 * @param inputs   channels of x [batch, height, width, inputs], ≥ 1
 * @param outputs  channels of y [batch, outHeight, outWidth, outputs], ≥ 1
 * @param kernel   size of the depthwise kernel, a number or [height, width], ≥ 1
 * @param options  those of depthwiseConv2d; weight initializes both convolutions, bias the pointwise one
 * @throws RangeError  a number out of range
 * @throws ShapeError  as conv2d
 * @example
 * sequential([separableConv2d(8, 16, 3, { padding: "same" }), relu(), flatten(), linear(8 * 8 * 16, 10)]);
 * @see Chollet, *Xception: deep learning with depthwise separable convolutions*, CVPR 2017, sec. 1
 */
export const separableConv2d = /* @__PURE__ */ imagesOnly(function separableConv2d(
  inputs: number,
  outputs: number,
  kernel: Extents,
  options: DepthwiseConvOptions = {},
): Layer {
  const where = "separableConv2d";
  checkOptions(where, options, depthwiseKnown);
  const first = depthwise(where, inputs, kernel, { ...options, bias: false });
  const { multiplier = 1, weight, bias, convention } = options;
  const given = Object.entries({ weight, bias, convention }).filter(([, value]) => value !== undefined);
  const second = convolving(where, 2, [inputs * multiplier, outputs], 1, Object.fromEntries(given));
  return defined([where, inputs, outputs, kernel, { ...options }], {
    name: `${where}(${inputs}, ${outputs}, [${pairOf(where, "kernel", kernel, 2).join(", ")}])`,
    parameters: { depthwise: first.parameters, pointwise: second.parameters },
    apply(parameters, x, context) {
      const filtered = applyNested(first, "depthwise", parameters, x, context);
      return applyNested(second, "pointwise", parameters, filtered, context);
    },
  });
});
