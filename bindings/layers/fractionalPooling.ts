import { imagesOnly } from "../engine/featureSets.js";
import { axisNames, type Extents, pairOf } from "../tensors/geometry.js";
import { poolMaxFrom, pseudoRandomStarts, randomStarts } from "../tensors/pooling.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, wrongKind } from "../values/options.js";
import { needContext } from "./context.js";
import { checkImage } from "./images.js";
import type { Layer, LayerContext } from "./layer.js";

export interface FractionalMaxPool2dOptions {
  /** Height and width of the output, ≥ 1; this or outputRatio. */
  readonly outputSize?: Extents;
  /** The output's share of each axis, 0 < ratio < 1: out = ⌊ratio extent⌋; this or outputSize. */
  readonly outputRatio?: Extents;
  /** Kind of the regions; default "pseudorandom". */
  readonly regions?: "pseudorandom" | "random";
  /** Regions of each "sample" and channel (default, PyTorch), or one draw for the whole "batch". */
  readonly draw?: "sample" | "batch";
  /** True gives windows the extent of the kernel, so that they overlap; false ends each where the next begins. Default true. */
  readonly overlapping?: boolean;
}

/**
 * Fractional max pooling: the largest value in windows that step over an axis by ⌊α⌋ or ⌈α⌉ pixels, so that the output may be
 * any share of the image. Of equal values the first has the gradient.
 *
 * Regions are "pseudorandom", window n beginning at ⌊(n + u) α⌋ − ⌊u α⌋ with one u uniform in [0, 1) for each axis and
 * α = (extent − kernel) / (out − 1), the last at extent − kernel; or "random", the same steps in random order. Where windows do
 * not overlap they cover the image once: the first begins at 0, α = extent / out, and the kernel counts for nothing. Each
 * training step draws anew, by its number; evaluation takes the pseudorandom regions of u = ½, which lie evenly.
 *
 * @param kernel   extent of a window over x [batch, height, width, channels], a number or [height, width], ≥ 1
 * @param options  outputSize or outputRatio, one of them; regions, draw and overlapping are optional
 * @returns        y [batch, outHeight, outWidth, channels]
 * @throws TypeError   neither outputSize nor outputRatio, or both
 * @throws RangeError  a number out of range
 * @throws ShapeError  x has other axes, or its windows would not be at least one pixel apart
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
  return {
    name,
    parameters: {},
    apply(_, x, given) {
      checkImage(name, x, 2);
      const context = needContext(where, given);
      const axes = ([0, 1] as const).map((k) => {
        const extent = x.shape[1 + k] as number;
        const outputs = counts ? counts[k] : Math.floor(extent * (ratios[k] as number));
        const most = overlapping ? extent - sizes[k] + 1 : extent;
        if (outputs < 1 || outputs > most)
          throw new ShapeError(
            `${name}: got ${extent} pixels of ${axisNames[k]} for ${outputs} windows${overlapping ? ` of ${sizes[k]}` : ""}, ` +
              `expected 1 .. ${most} windows. Ask for another output${overlapping ? ", or use a smaller kernel" : ""}.`,
          );
        return { extent, outputs, kernel: overlapping ? sizes[k] : null };
      });
      return poolMaxFrom(
        x,
        startsOf(context, x, axes, regions === "random", draw === "sample"),
        overlapping ? kernel : null,
      );
    },
  };
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
