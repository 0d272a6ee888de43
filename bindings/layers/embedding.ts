import { checkNumber, checkOptions } from "../values/options.js";
import { type Initializer, normalInitializer } from "./initializers.js";
import type { Layer } from "./layer.js";

/** Options of `embedding`. */
export interface EmbeddingOptions {
  /** Initializer of the table; default normalInitializer(1), as in PyTorch. Keras: uniformInitializer(-0.05, 0.05). */
  readonly weight?: Initializer;
}

/**
 * Embedding: y[i] = W[x[i]], a row of a trained table for each index.
 *
 * Indices are integers from 0, in any shape: of an Int32Array, or as floats, which in f32 are exact up to 2²⁴.
 *
 * @param count    number of rows of the table, ≥ 1; indices are 0 .. count − 1
 * @param width    number of features of a row, ≥ 1; x [batch, ...] gives y [batch, ..., width]
 * @param options  weight
 * @throws RangeError  count or width is not a positive whole number; in a step: an index is not 0 .. count − 1
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
      // A number that is not an integer becomes −2³¹, which gather rejects with a message of its own.
      const whole = x.cast("i32");
      const exact = whole.cast(x.dtype).equal(x);
      return rows.gather(exact.where(x, -(2 ** 31)).cast("i32"));
    },
  };
}
