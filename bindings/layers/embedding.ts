import { checkNumber, checkOptions } from "../values/options.js";
import { type Initializer, normalInitializer } from "./initializers.js";
import type { Layer } from "./layer.js";

export interface EmbeddingOptions {
  /** Start of the table; default normalInitializer(1) as in PyTorch. Keras: uniformInitializer(-0.05, 0.05). */
  readonly weight?: Initializer;
}

/**
 * Embedding: y[i] = W[x[i]], the row of a trained table for each index.
 *
 * Indices are whole numbers from 0, in any shape; a trainer hands them over in its own type, in f32 exact up to 2²⁴.
 *
 * @param count  rows of the table, ≥ 1: indices are 0 .. count − 1
 * @param width  features of a row, ≥ 1: x [batch, ...] gives y [batch, ..., width]
 * @throws RangeError  a size that is not a positive whole number; in a step, an index that is not one of the table's
 * @example
 * sequential([embedding(1000, 16), flatten(), linear(8 * 16, 2)]);
 * @see Bengio, Ducharme, Vincent and Jauvin, *A neural probabilistic language model*, JMLR 2003, sec. 2
 */
export function embedding(count: number, width: number, options: EmbeddingOptions = {}): Layer {
  checkNumber("embedding", "count", count, { min: 1, integer: true });
  checkNumber("embedding", "width", width, { min: 1, integer: true });
  checkOptions("embedding", options, ["weight"]);
  const { weight = normalInitializer(1) } = options;
  return {
    name: `embedding(${count}, ${width})`,
    parameters: { weight: { shape: [count, width], initializer: weight } },
    apply({ weight: table }, x) {
      const rows = table as NonNullable<typeof table>;
      if (x.dtype === "i32") return rows.gather(x);
      // What is not whole becomes the least index, which gather refuses and the sentence knows.
      const whole = x.cast("i32");
      const exact = whole.cast(x.dtype).equal(x);
      return rows.gather(exact.where(x, -(2 ** 31)).cast("i32"));
    },
  };
}
