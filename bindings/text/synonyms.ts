// Synonyms of the tokens of a vocabulary, as a table that the edits of texts read.

import { arrayOf } from "../values/lines.js";
import { areTexts, isRecord, shown, wrongKind } from "../values/options.js";
import type { SynonymTable } from "./edits.js";
import { Tokenizer } from "./tokenizer.js";

/**
 * Table of synonyms: for each token of a tokenizer the ids of its synonyms. Words and synonyms that are not in the vocabulary are left
 * out, and so are repeated synonyms and the word itself. Words without synonyms, such as stop words, are never replaced.
 *
 * @param tokenizer  tokenizer of words
 * @param synonyms   synonyms by word
 * @returns          ids [vocabulary, most]; −1 behind the synonyms of a token
 * @throws TypeError   an argument is of the wrong kind
 * @throws RangeError  no word has a synonym in the vocabulary
 * @example
 * const tokenizer = wordTokenizer(["good fine nice"]);
 * synonymTable(tokenizer, { good: ["fine", "nice"] }).shape; // [5, 2]
 */
export function synonymTable(
  tokenizer: Tokenizer,
  synonyms: Readonly<Record<string, readonly string[]>>,
): SynonymTable {
  const where = "synonymTable";
  if (!(tokenizer instanceof Tokenizer))
    throw wrongKind(where, "tokenizer", "a tokenizer", tokenizer, 'wordTokenizer(["a text"])');
  if (!isRecord(synonyms) || Array.isArray(synonyms))
    throw wrongKind(where, "synonyms", "synonyms by word", synonyms, '{ good: ["fine"] }');
  const rows = new Map<number, number[]>();
  for (const [word, list] of Object.entries(synonyms)) {
    if (!areTexts(list)) throw wrongKind(where, `synonyms of ${shown(word)}`, "an array of words", list);
    const own = tokenizer.idOf(word);
    const ids = [...new Set(list.map((one) => tokenizer.idOf(one)))];
    const others = ids.filter((id) => id !== own && id !== tokenizer.unknown);
    if (own !== tokenizer.unknown && others.length > 0) rows.set(own, others);
  }
  if (rows.size === 0)
    throw new RangeError(
      `${where}: no word has a synonym in the vocabulary. Make the tokenizer of texts with these words.`,
    );
  const most = [...rows.values()].reduce((longest, row) => Math.max(longest, row.length), 0);
  const data = new Int32Array(tokenizer.vocabulary * most).fill(-1);
  for (const [id, row] of rows) data.set(row, id * most);
  return arrayOf(data, [tokenizer.vocabulary, most]);
}
