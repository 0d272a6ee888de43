import { imagesOnly } from "../engine/featureSets.js";
import { axisNames, type Extents, pairOf } from "../tensors/geometry.js";
import { poolMaxFrom, pseudoRandomStarts, randomStarts } from "../tensors/pooling.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, wrongKind } from "../values/options.js";
import { needContext } from "./context.js";
import { checkImage } from "./images.js";
import { defined, type Layer, type LayerContext } from "./layer.js";

/** Options of `fractionalMaxPool2d`. */
export interface FractionalMaxPool2dOptions {
  /** Height and width of the output, ≥ 1; this or outputRatio. */
  readonly outputSize?: Extents;
  /** Ratio of output to input along each axis, 0 < ratio < 1: out = ⌊ratio extent⌋; this or outputSize. */
  readonly outputRatio?: Extents;
  /** Kind of the regions; default "pseudorandom". */
  readonly regions?: "pseudorandom" | "random";
  /** Draws regions for each "sample" and channel (default, as PyTorch), or once for the whole "batch". */
  readonly draw?: "sample" | "batch";
  /** True (default): windows have the size of the kernel and may overlap; false: each ends where the next one starts. */
  readonly overlapping?: boolean;
}

/**
 * Fractional max pooling: y = the largest value of each window, windows being ⌊α⌋ or ⌈α⌉ pixels apart, so that an axis can
 * shrink by any factor, such as √2. Of equal values the first has the gradient.
 *
 * "pseudorandom" regions start at ⌊(n + u) α⌋ − ⌊u α⌋, with one u uniform in [0, 1) for each axis and
 * α = (extent − kernel) / (out − 1), the last at extent − kernel; "random" regions have the same steps in random order. If
 * windows do not overlap, the first starts at 0, α = extent / out, and the kernel is not used. Each training step draws new
 * regions; evaluation uses the pseudorandom regions of u = ½.
 *
 * @param kernel   size of a window over x [batch, height, width, channels], a number or [height, width], ≥ 1
 * @param options  outputSize or outputRatio; regions, draw and overlapping
 * @returns        y [batch, outHeight, outWidth, channels]
 * @throws TypeError   neither outputSize nor outputRatio, or both
 * @throws RangeError  a number out of range
 * @throws ShapeError  x has other axes, or is too small for the windows
 * @example
 * sequential([conv2d(1, 8, 3), relu(), fractionalMaxPool2d(2, { outputRatio: 0.7 }), flatten(), linear(18 * 18 * 8, 10)]);
 * @see Graham, *Fractional max-pooling*, 2014, sec. 2
 */
export const fractionalMaxPool2d = /* @__PURE__ */ imagesOnly(function fractionalMaxPool2d(
  kernel: Extents,
  options: FractionalMaxPool2dOptions,
): Layer {
  const where = "fractionalMaxPool2d";
  const sizes = pairOf(where, "kernel", kernel, 2);
  checkOptions(where, options, ["outputSize", "outputRatio", "regions", "draw", "overlapping"]);
  const { outputSize, outputRatio, regions = "pseudorandom", draw = "sample", overlapping = true } = options;
  if ((outputSize === undefined) === (outputRatio === undefined))
    throw new TypeError(`${where}: expected either outputSize or outputRatio, got ${outputSize === undefined ? "neither" : "both"}. Try { outputRatio: 0.7 }.`); // biome-ignore format: a sentence
  const counts = outputSize === undefined ? null : pairOf(where, "outputSize", outputSize, 2);
  const ratios = counts ? [] : checkRatios(where, outputRatio);
  checkChoice(where, "regions", regions, ["pseudorandom", "random"]);
  checkChoice(where, "draw", draw, ["sample", "batch"]);
  checkFlag(where, "overlapping", overlapping);
  const wanted = counts ? `[${counts.join(", ")}]` : `ratio [${ratios.join(", ")}]`;
  const name = `${where}([${sizes.join(", ")}], ${wanted}, ${regions}, ${draw}${overlapping ? "" : ", disjoint"})`;
  return defined([where, kernel, { ...options }], {
    name,
    parameters: {},
    apply(_, input, given) {
      const x = input.trace.asFloat(input);
      checkImage(name, x, 2);
      const context = needContext(where, given);
      const axes = ([0, 1] as const).map((k) => {
        const extent = x.shape[1 + k] as number;
        const outputs = counts ? counts[k] : Math.floor(extent * (ratios[k] as number));
        const most = overlapping ? extent - sizes[k] + 1 : extent;
        if (outputs < 1 || outputs > most)
          throw new ShapeError(
            `${name}: got ${extent} pixels of ${axisNames[k]} for ${outputs} windows${overlapping ? ` of ${sizes[k]}` : ""}, ` +
              `expected 1 .. ${most} windows. Choose another output${overlapping ? ", or use a smaller kernel" : ""}.`,
          );
        return { extent, outputs, kernel: overlapping ? sizes[k] : null };
      });
      return poolMaxFrom(
        x,
        startsOf(context, x, axes, regions === "random", draw === "sample"),
        overlapping ? kernel : null,
      );
    },
  });
});

function checkRatios(where: string, value: unknown): number[] {
  const list: unknown[] = Array.isArray(value) ? value : [value, value];
  if (list.length !== 2) throw wrongKind(where, "outputRatio", "a number or [height, width]", value);
  return list.map((ratio) => checkNumber(where, "outputRatio", ratio, { above: 0, below: 1 }));
}

interface Axis {
  readonly extent: number;
  readonly outputs: number;
  readonly kernel: number | null;
}

/** First pixels of the windows along both axes: i32 [batch or 1, outputs, channels or 1]. */
function startsOf(
  context: LayerContext,
  { trace, shape }: Tensor,
  axes: readonly Axis[],
  isRandom: boolean,
  each: boolean,
): Tensor[] {
  const [batch, , , channels] = each ? (shape as [number, number, number, number]) : [1, 0, 0, 1];
  const drawn = (count: number): Tensor => context.uniform([batch, count, channels], { perRow: each, dtype: "f64" });
  if (context.training && isRandom)
    return axes.map(({ extent, outputs, kernel }) => {
      const steps = kernel === null ? outputs : outputs - 1;
      return randomStarts(drawn(Math.max(steps, 1)), extent, outputs, kernel);
    });
  const u = context.training ? drawn(2) : trace.fill(0.5, [1, 2, 1], "f64");
  return axes.map(({ extent, outputs, kernel }, k) =>
    pseudoRandomStarts(u.slice(1, k, k + 1), extent, outputs, kernel),
  );
}
