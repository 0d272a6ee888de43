import * as abi from "../../assembly/abi.js";
import { imagesOnly } from "../engine/featureSets.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, wrongKind } from "../values/options.js";
import { type LayerContext, needContext } from "./context.js";
import { checkSize, geometry, imageOf, largest, type Size, shownExtents, spatialOf, still } from "./geometry.js";
import type { Layer } from "./layer.js";

export interface FractionalMaxPool2dOptions {
  /** Height and width of the output, ≥ 1; this or outputRatio. */
  readonly outputSize?: Size;
  /** The output's share of each axis, 0 < ratio < 1: out = ⌊ratio extent⌋; this or outputSize. */
  readonly outputRatio?: Size;
  /** How regions are drawn; default "pseudorandom". */
  readonly regions?: "pseudorandom" | "random";
  /** Whether each sample and channel has regions of its own (default, PyTorch) or the whole batch shares them. */
  readonly draw?: "sample" | "batch";
  /** Whether windows have the kernel's extent, and so overlap; false: each reaches to the next. Default true. */
  readonly overlapping?: boolean;
}

/** Where the windows of one axis begin: the first n of the windows, from first 0 over a distance. */
interface Starts {
  /** Windows. */
  readonly count: number;
  /** Where the last begins if that is fixed, or the extent they share. */
  readonly distance: number;
  /** Steps from 0 to there. */
  readonly steps: number;
}

const floor = (x: Tensor): Tensor => x.cast("i32").cast("f64");

/** floor((n + u) α) − floor(u α) for n = 0 .. steps, α = distance / steps; u in f64 [batch or 1, 1, channels or 1]. */
function pseudorandom({ steps, distance }: Starts, u: Tensor): Tensor {
  const alpha = distance / steps;
  const n = Array.from({ length: steps }, (_, k) => [k]);
  const { trace } = u;
  const last = trace.fill(distance, u.shape, "f64");
  const numbers = trace.constant({ data: n.flat(), shape: [steps, 1] }, "f64");
  const starts = floor(numbers.add(u).multiply(alpha)).subtract(floor(u.multiply(alpha)));
  return trace.concatenate([starts, last], 1);
}

/**
 * Starts whose steps are ⌊α⌋ and ⌈α⌉ in random order: with r long steps left among m, the next is long with probability r / m, by
 * one number of u [batch or 1, steps, channels or 1] each.
 */
function random({ steps, distance }: Starts, u: Tensor, single: readonly number[]): Tensor {
  const short = Math.floor(distance / steps);
  const { trace } = u;
  let left = trace.fill(distance - steps * short, single, "f64");
  const all = [left];
  for (let n = 0; n < steps; n++) {
    const long = u
      .slice(1, n, n + 1)
      .multiply(steps - n)
      .less(left);
    left = left.subtract(long);
    all.push(left);
  }
  const made = trace.constant(
    { data: all.map((_, n) => n * short + distance - steps * short), shape: [steps + 1, 1] },
    "f64",
  );
  return made.subtract(trace.concatenate(all, 1));
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
  kernel: Size,
  options: FractionalMaxPool2dOptions,
): Layer {
  const where = "fractionalMaxPool2d";
  const sizes = checkSize(where, "kernel", kernel, 2, 1);
  checkOptions(where, options, ["outputSize", "outputRatio", "regions", "draw", "overlapping"]);
  const { outputSize, outputRatio, regions = "pseudorandom", draw = "sample", overlapping = true } = options;
  if ((outputSize === undefined) === (outputRatio === undefined))
    throw new TypeError(`${where}: expected either outputSize or outputRatio, got ${outputSize === undefined ? "neither" : "both"}. Try { outputRatio: 0.7 }.`); // biome-ignore format: a sentence
  const counts = outputSize === undefined ? null : checkSize(where, "outputSize", outputSize, 2, 1);
  const ratios = counts ? [] : checkRatios(where, outputRatio);
  checkChoice(where, "regions", regions, ["pseudorandom", "random"]);
  checkChoice(where, "draw", draw, ["sample", "batch"]);
  checkFlag(where, "overlapping", overlapping);
  const wanted = counts ? shownExtents(counts, 2) : `ratio ${shownExtents(ratios, 2)}`;
  const name = `${where}(${shownExtents(sizes, 2)}, ${wanted}, ${regions}, ${draw}${overlapping ? "" : ", disjoint"})`;
  return {
    name,
    parameters: {},
    apply(_, x, given) {
      const image = imageOf(name, x, 2);
      const context = needContext(where, given);
      const extents = spatialOf(image);
      const outs = counts ?? extents.map((extent, k) => Math.floor(extent * (ratios[k] as number)));
      const reach = overlapping ? sizes : [1, 1];
      if (outs.some((out, k) => out < 1 || (reach[k] as number) + out - 1 > (extents[k] as number)))
        throw new ShapeError(
          `${name}: got an image of ${shownExtents(extents, 2)} for an output of ${shownExtents(outs, 2)}, expected at least kernel + ` +
            "output − 1 pixels along each axis, and an output of at least 1. Ask for another output, or use a smaller kernel.",
        );
      const axes = outs.map(
        (count, k): Starts =>
          overlapping
            ? { count, distance: (extents[k] as number) - (sizes[k] as number), steps: count - 1 }
            : { count, distance: extents[k] as number, steps: count },
      );
      const each = draw === "sample";
      const starts = startsOf(context, image, axes, regions === "random", each);
      const steps = sizes.map((size) => ({ ...still, kernel: size }));
      const form = overlapping ? abi.windowStarts : abi.windowDisjoint;
      return largest(image, geometry(steps, extents, outs, form), starts);
    },
  };
});

function checkRatios(where: string, value: unknown): number[] {
  const list: unknown[] = Array.isArray(value) ? value : [value, value];
  if (list.length !== 2) throw wrongKind(where, "outputRatio", "a number or [height, width]", value);
  return list.map((ratio) => checkNumber(where, "outputRatio", ratio, { above: 0, below: 1 }));
}

/** Starts of the windows, those along the height first: i32 [batch or 1, outHeight + outWidth, channels or 1]. */
function startsOf(
  context: LayerContext,
  { trace, shape }: Tensor,
  axes: readonly Starts[],
  isRandom: boolean,
  each: boolean,
): Tensor {
  const own = each && context.training;
  const [lead, tail] = own ? [shape[0] as number, shape[3] as number] : [1, 1];
  const draw = (count: number): Tensor => context.uniform([lead, count, tail], { perRow: each, dtype: "f64" });
  const single = context.training && !isRandom ? draw(2) : trace.fill(0.5, [1, 2, 1], "f64");
  const starts = axes.map((axis, k) => {
    const { count, distance, steps } = axis;
    if (steps === 0) return trace.fill(distance, [lead, 1, tail], "f64");
    const made =
      context.training && isRandom
        ? random(axis, draw(steps), [lead, 1, tail])
        : pseudorandom(axis, single.slice(1, k, k + 1));
    return made.slice(1, 0, count);
  });
  return trace.concatenate(starts, 1).cast("i32");
}
