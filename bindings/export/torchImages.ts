// Operations on images as modules of PyTorch; channels stand second.

import { kernelsLast } from "./arrays.js";
import type { Kinds, OpOf, OpTable, Windows } from "./op.js";
import { beside, made, type TorchModule } from "./torchModule.js";
import { call, extents, python } from "./torchSource.js";

/** Padding that is the same before and after, undefined if it is not, along any axis. */
function even(sides: Windows["sides"]): number[] | undefined {
  return sides.every(([before, after]) => before === after) ? sides.map(([before]) => before) : undefined;
}

/** A number for each axis as an option, undefined if all are the default. */
const unlike = (values: readonly number[], otherwise: number): string | undefined =>
  values.every((value) => value === otherwise) ? undefined : extents(values);

/** Padding as a module of its own; axes in PyTorch's order, the last one first. */
function bordered(path: string, { mode, sides, value }: Kinds["border"], what = "border"): TorchModule {
  const given = [python([...sides].reverse().flat()), python(mode)];
  return beside(path, what, call("Border", given, { value: mode === "constant" ? python(value) : undefined }));
}

/** Padding in front of a module, if the module cannot have it, and the padding of the module. */
function padded(
  path: string,
  { sides }: Windows,
  value: number,
  isFit = true,
): { before: TorchModule[]; own: number[] } {
  const own = isFit ? even(sides) : undefined;
  if (own) return { before: [], own };
  return { before: [bordered(path, { mode: "constant", sides, value })], own: sides.map(() => 0) };
}

const axesOf = ({ kernel }: Windows): string => `${kernel.length}d`;

function convolution({ windows, groups, weight, bias, path, input, output }: OpOf<"convolution">): TorchModule[] {
  const { before, own } = padded(path, windows, 0);
  const given = [python(input.at(-1)), python(output.at(-1)), extents(windows.kernel)];
  const code = call(`nn.Conv${axesOf(windows)}`, given, {
    stride: unlike(windows.stride, 1),
    padding: unlike(own, 0),
    dilation: unlike(windows.dilation, 1),
    groups: unlike([groups], 1),
    bias: bias ? undefined : "False",
  });
  return [...before, made(path, code, { weight: kernelsLast(weight), bias })];
}

/** Padding that is not the same on both sides is cut off afterwards. */
function transposedConvolution(op: OpOf<"transposedConvolution">): TorchModule[] {
  const { windows, groups, outputPadding, weight, bias, path, input, output } = op;
  const own = even(windows.sides);
  const given = [python(input.at(-1)), python(output.at(-1)), extents(windows.kernel)];
  const code = call(`nn.ConvTranspose${axesOf(windows)}`, given, {
    stride: unlike(windows.stride, 1),
    padding: unlike(own ?? [0], 0),
    output_padding: unlike(outputPadding, 0),
    groups: unlike([groups], 1),
    bias: bias ? undefined : "False",
    dilation: unlike(windows.dilation, 1),
  });
  const module = made(path, code, { weight: kernelsLast(weight), bias });
  if (own) return [module];
  const sides = windows.sides.map(([before, after]) => [0 - before, 0 - after] as const);
  return [module, bordered(path, { mode: "constant", sides, value: 0 }, "crop")];
}

function pool({ value, windows, path }: OpOf<"pool">): TorchModule[] {
  const { kernel, stride, dilation, sides } = windows;
  const isFit = sides.every(([before], k) => before <= (kernel[k] as number) / 2);
  const { before, own } = padded(path, windows, value === "max" ? Number.NEGATIVE_INFINITY : 0, isFit);
  const code = call(`nn.${value === "max" ? "Max" : "Avg"}Pool${axesOf(windows)}`, [extents(kernel)], {
    stride: stride.join() === kernel.join() ? undefined : extents(stride),
    padding: unlike(own, 0),
    dilation: value === "max" ? unlike(dilation, 1) : undefined,
  });
  return [...before, made(path, code)];
}

type ImageKinds = "border" | "convolution" | "transposedConvolution" | "pool" | "regions" | "globalPool" | "upsample";

export const torchImages: Pick<OpTable<TorchModule[]>, ImageKinds> = {
  border: (op) => [bordered(op.path, op)],
  convolution,
  transposedConvolution,
  pool,
  regions: ({ value, regions, path }) => [
    made(path, call("Regions", [value === "max" ? "torch.amax" : "torch.mean", ...regions.map(python)])),
  ],
  globalPool: ({ value, path }) => [
    beside(path, "pool", `nn.Adaptive${value === "max" ? "Max" : "Avg"}Pool2d(1)`),
    made(path, "nn.Flatten()"),
  ],
  upsample: ({ factors, mode, alignCorners, path }) => {
    const options = { mode: python(mode), align_corners: alignCorners ? "True" : undefined };
    return [made(path, call("nn.Upsample", [], { scale_factor: extents(factors), ...options }))];
  },
};
