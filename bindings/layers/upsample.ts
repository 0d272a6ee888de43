import { imagesOnly } from "../engine/featureSets.js";
import { checkOutput, type Extents, pairOf } from "../tensors/geometry.js";
import { resize } from "../tensors/pooling.js";
import { checkChoice, checkFlag } from "../values/options.js";
import { imageLayer } from "./images.js";
import type { Layer } from "./layer.js";

/**
 * Enlarges images: "nearest" repeats pixels, y[p, q] = x[⌊p / factor⌋, ⌊q / factor⌋]; "bilinear" interpolates between the four
 * pixels around ((p + ½) / factor − ½, (q + ½) / factor − ½), coordinates below 0 counting as 0.
 *
 * @param factor        a whole number or [height, width], ≥ 1
 * @param mode          default "nearest"
 * @param alignCorners  true aligns the corner pixels of both images: "bilinear" then reads pixel p at
 *                      p (extent − 1) / (factor extent − 1); default false
 * @returns             y [batch, factor height, factor width, channels] of x [batch, height, width, channels]
 * @throws RangeError  a number out of range, an unknown mode, or alignCorners with "nearest"
 * @throws ShapeError  x has other axes
 * @example
 * sequential([conv2d(4, 8, 3, { padding: 1 }), relu(), upsample2d(2, "bilinear"), conv2d(8, 1, 1)]);
 * @see Odena, Dumoulin and Olah, *Deconvolution and checkerboard artifacts*, Distill, 2016
 */
export const upsample2d = /* @__PURE__ */ imagesOnly(function upsample2d(
  factor: Extents,
  mode: "nearest" | "bilinear" = "nearest",
  alignCorners = false,
): Layer {
  const where = "upsample2d";
  const factors = pairOf(where, "factor", factor, 2);
  checkChoice(where, "mode", mode, ["nearest", "bilinear"]);
  checkFlag(where, "alignCorners", alignCorners);
  if (alignCorners && mode === "nearest")
    throw new RangeError(`${where}: alignCorners must be false with mode "nearest", got true. Use "bilinear".`);
  const name = `${where}([${factors.join(", ")}], ${mode}${alignCorners ? ", alignCorners" : ""})`;
  return imageLayer(name, [where, factor, mode, alignCorners], 2, (x) => {
    const size = factors.map((factor, k) => factor * (x.shape[1 + k] as number));
    for (const [k, pixels] of size.entries()) checkOutput("resize", pixels, k);
    return resize(x, size, mode, { alignCorners });
  });
});
