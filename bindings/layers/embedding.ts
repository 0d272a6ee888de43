import { checkFlag, checkNumber, checkOptions } from "../values/options.js";
import { rowsAt } from "./faults.js";
import { type Initializer, normalInitializer } from "./initializers.js";
import { defined, type Layer } from "./layer.js";
import { tableRows } from "./touchedRows.js";

/** Options of `embedding`. */
export interface EmbeddingOptions {
  /** Initializer of the table; default normalInitializer(1), as in PyTorch. Keras: uniformInitializer(-0.05, 0.05). */
  readonly weight?: Initializer;
  /**
   * True: Adam updates only the rows that a step gathers, as LazyAdam of TensorFlow and SparseAdam of PyTorch. This is another
   * rule: the means of other rows do not decay, and these rows do not move along them; the bias corrections 1 − βᵗ count all
   * steps. False (default): Adam updates all rows.
   */
  readonly lazy?: boolean;
}

/**
 * Embedding: y[i] = W[x[i]], a row of a trained table for each index.
 *
 * Indices are integers from 0, in any shape: of an Int32Array, or as floats, which in f32 are exact up to 2²⁴.
 *
 * With `sgd` without momentum, a step reads and writes only the rows that it gathers, with the same bits as if it went through
 * the whole table. All rows are updated with momentum and other rules, weight decay, penalties, constraints, wrappers, noise or
 * accumulated gradients, in several trainers of one model, and in engines of the feature sets "dense" and "images".
 *
 * @param count    number of rows of the table, ≥ 1; indices are 0 .. count − 1
 * @param width    number of features of a row, ≥ 1; x [batch, ...] gives y [batch, ..., width]
 * @param options  weight, lazy
 * @throws RangeError  count or width is not a positive whole number; in a step: an index is not 0 .. count − 1
 * @throws TypeError   lazy is not a boolean; in createTrainer: lazy with an optimizer other than adam or sgd without momentum,
 *   or with anything that changes rows that a step does not gather, such as weight decay
 * @example
 * sequential([embedding(1000, 16), flatten(), linear(8 * 16, 2)]);
 * @see Bengio, Ducharme, Vincent and Jauvin, *A neural probabilistic language model*, JMLR 2003, sec. 2
 */
export function embedding(count: number, width: number, options: EmbeddingOptions = {}): Layer {
  checkNumber("embedding", "count", count, { min: 1, integer: true });
  checkNumber("embedding", "width", width, { min: 1, integer: true });
  checkOptions("embedding", options, ["weight", "lazy"]);
  const { weight = normalInitializer(1), lazy = false } = options;
  checkFlag("embedding", "lazy", lazy);
  const name = `embedding(${count}, ${width})`;
  return defined(["embedding", count, width, { ...options }], {
    name,
    parameters: { weight: { shape: [count, width], initializer: weight, rows: tableRows(lazy) } },
    apply({ weight: table }, x) {
      return rowsAt(table as NonNullable<typeof table>, x, `${name}: token`, ". Check the tokens, or raise count.");
    },
  });
}
