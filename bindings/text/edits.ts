// Augmentation of texts as token ids, in training only: the four edits of EDA, inside the training program. A row is a text and,
// behind it, padding; its draws are addressed by seed, update and place in the batch, like those of images.

import * as abi from "../../assembly/abi.js";
import { wholeOnly } from "../engine/featureSets.js";
import { needContext } from "../layers/context.js";
import { indexFault } from "../layers/faults.js";
import type { Layer } from "../layers/layer.js";
import type { NDArray } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkNumber, checkOptions, has, wrongKind } from "../values/options.js";
import { padding as paddingId } from "./tokenizerData.js";

/** Options of edits of tokens. */
export interface TokenEditOptions {
  /** Share α of the tokens that are edited, 0 < α ≤ 1: max(1, ⌊α l⌋) of a text of l tokens; default 0.1, as in the paper. */
  readonly alpha?: number;
  /** Token that fills a row behind its text, a whole number from 0; default 0, as of the tokenizers. */
  readonly padding?: number;
}

/** Options of `randomDeletion`. */
export interface RandomDeletionOptions {
  /** Probability of the deletion of a token, 0 .. 1; default 0.1, as in the paper. */
  readonly p?: number;
  /** Token that fills a row behind its text, a whole number from 0; default 0, as of the tokenizers. */
  readonly padding?: number;
}

/** Table [vocabulary, most] of ids: those of the synonyms of each token, then −1. Made by `synonymTable`. */
export type SynonymTable = NDArray<Int32Array>;

/** Numbers that one edit of a form draws: a place, a synonym, a place to insert it. */
const drawsOf = [2, 3, 2] as const;

function edit(where: string, form: number, alpha: number, padding: number, synonyms?: SynonymTable): Layer {
  return {
    name: `${where}(${alpha})`,
    parameters: {},
    apply(_, input, given) {
      const context = needContext(where, given);
      if (!context.training) return input;
      const { trace } = input;
      const x = trace.asFloat(input);
      const [rows, length] = x.shape as [number, number];
      if (x.shape.length !== 2)
        throw new ShapeError(
          `${where}: expected token ids [texts, tokens], got shape [${x.shape.join(", ")}]. Use it before the embedding.`,
        );
      const each = drawsOf[form];
      // A deletion draws for each token, and which one stays if all would go.
      const draws = each === undefined ? length + 1 : each * Math.max(1, Math.floor(alpha * length));
      const u = context.uniform([rows, draws], { dtype: "f64" });
      const table = synonyms ? [trace.constant(synonyms, "i32", where)] : [];
      const range = synonyms ? ", the vocabulary of the synonyms" : "";
      const fault = indexFault(`${where}: token`, `${range}. Check the tokens.`, x.shape);
      return trace.emit(abi.opEditTokens, [x, u, ...table], [alpha], [form, padding, fault]);
    },
  };
}

function checkTable(where: string, synonyms: SynonymTable): void {
  const { data, shape } = (has(synonyms, "data", "shape") ? synonyms : {}) as Partial<SynonymTable>;
  if (!(data instanceof Int32Array) || !Array.isArray(shape) || shape.length !== 2)
    throw wrongKind(where, "synonyms", "a table of synonyms", synonyms, 'synonymTable(tokenizer, { good: ["fine"] })');
  const [vocabulary] = shape as [number, number];
  const at = data.findIndex((id) => id < -1 || id >= vocabulary);
  if (at >= 0)
    throw new RangeError(
      `${where}: synonym ${data[at]} of token ${Math.floor(at / (shape[1] as number))} is outside the vocabulary ` +
        `0 .. ${vocabulary - 1}. Make the table with synonymTable.`,
    );
}

function editOf(where: string, form: number, options: TokenEditOptions, synonyms?: SynonymTable): Layer {
  checkOptions(where, options, ["alpha", "padding"]);
  const { alpha = 0.1, padding = paddingId } = options;
  checkNumber(where, "alpha", alpha, { above: 0, max: 1 });
  checkNumber(where, "padding", padding, { min: 0, integer: true });
  return edit(where, form, alpha, padding, synonyms);
}

/**
 * Synonym replacement: n = max(1, ⌊α l⌋) different tokens that have synonyms are replaced by one of them, drawn uniformly. For
 * `augment([...])`, or before the embedding of a model; only in training.
 *
 * @param synonyms  table [vocabulary, most] of `synonymTable`; tokens without synonyms stay, such as stop words
 * @param options   alpha, padding
 * @returns         a layer without parameters: token ids [texts, tokens] to the same shape
 * @throws TypeError   synonyms is not a table, or an option is of the wrong kind
 * @throws RangeError  alpha is not in (0, 1], a synonym is outside the vocabulary; in a step: a token is outside of it
 * @example
 * const tokenizer = wordTokenizer(["a good film", "a fine film"]);
 * const synonyms = synonymTable(tokenizer, { good: ["fine"], fine: ["good"] });
 * augment([synonymReplacement(synonyms, { alpha: 0.2 })]);
 * @see Wei and Zou, *EDA: Easy data augmentation techniques for boosting performance on text classification tasks*, EMNLP 2019
 */
export const synonymReplacement = /* @__PURE__ */ wholeOnly(function synonymReplacement(
  synonyms: SynonymTable,
  options: TokenEditOptions = {},
): Layer {
  checkTable("synonymReplacement", synonyms);
  return editOf("synonymReplacement", abi.editReplace, options, synonyms);
});

/**
 * Random insertion: n = max(1, ⌊α l⌋) times a synonym of a random token is inserted at a random place. A row that is full loses its
 * last token. Only in training.
 *
 * @param synonyms  table [vocabulary, most] of `synonymTable`
 * @param options   alpha, padding
 * @returns         a layer without parameters: token ids [texts, tokens] to the same shape
 * @throws TypeError   synonyms is not a table, or an option is of the wrong kind
 * @throws RangeError  alpha is not in (0, 1], a synonym is outside the vocabulary; in a step: a token is outside of it
 * @example
 * const tokenizer = wordTokenizer(["a good film", "a fine film"]);
 * augment([randomInsertion(synonymTable(tokenizer, { good: ["fine"] }))]);
 * @see Wei and Zou, *EDA: Easy data augmentation techniques for boosting performance on text classification tasks*, EMNLP 2019
 */
export const randomInsertion = /* @__PURE__ */ wholeOnly(function randomInsertion(
  synonyms: SynonymTable,
  options: TokenEditOptions = {},
): Layer {
  checkTable("randomInsertion", synonyms);
  return editOf("randomInsertion", abi.editInsert, options, synonyms);
});

/**
 * Random swap: n = max(1, ⌊α l⌋) times two different places of the text exchange their tokens. Only in training.
 *
 * @param options  alpha, padding
 * @returns        a layer without parameters: token ids [texts, tokens] to the same shape
 * @throws TypeError   an option is of the wrong kind
 * @throws RangeError  alpha is not in (0, 1]
 * @example
 * augment([randomSwap({ alpha: 0.2 })]);
 * @see Wei and Zou, *EDA: Easy data augmentation techniques for boosting performance on text classification tasks*, EMNLP 2019
 */
export const randomSwap = /* @__PURE__ */ wholeOnly(function randomSwap(options: TokenEditOptions = {}): Layer {
  return editOf("randomSwap", abi.editSwap, options);
});

/**
 * Random deletion: each token is removed with probability p, and the others move up; if all would go, one drawn at random stays.
 * Only in training.
 *
 * @param options  p, padding
 * @returns        a layer without parameters: token ids [texts, tokens] to the same shape
 * @throws TypeError   an option is of the wrong kind
 * @throws RangeError  p is not in 0 .. 1
 * @example
 * augment([randomDeletion({ p: 0.1 })]);
 * @see Wei and Zou, *EDA: Easy data augmentation techniques for boosting performance on text classification tasks*, EMNLP 2019
 */
export const randomDeletion = /* @__PURE__ */ wholeOnly(function randomDeletion(
  options: RandomDeletionOptions = {},
): Layer {
  const where = "randomDeletion";
  checkOptions(where, options, ["p", "padding"]);
  const { p = 0.1, padding = paddingId } = options;
  checkNumber(where, "p", p, { min: 0, max: 1 });
  checkNumber(where, "padding", padding, { min: 0, integer: true });
  return edit(where, abi.editDelete, p, padding);
});
