// Tokenizers: texts as ids of tokens, and back. Learning one from texts, and reading one from data.

import type { NDArray } from "../values/arrays.js";
import { arrayOf, shownAs } from "../values/lines.js";
import { checkFlag, checkNumber, checkOptions, shown, wrongKind } from "../values/options.js";
import { learnMerges, type Merge, segmenter } from "./bytePairs.js";
import { countPieces, piecesOf, type TokenizerKind } from "./pieces.js";
import { checkTokenizerData, firstToken, padding, type TokenizerData, unknown } from "./tokenizerData.js";

/** Ids of tokens. */
export type Tokens = Int32Array | readonly number[];

/** Options of tokenizers. */
export interface TokenizerOptions {
  /**
   * Most tokens of the vocabulary, those for padding and for unknown ones included: a whole number from 3. The most frequent are
   * kept, of equally frequent ones those that occur first. Default: all tokens of the texts; for byte pairs 8,192.
   */
  readonly vocabulary?: number;
  /** Occurrences that a character or word needs to be a token, a whole number from 1; default 1. */
  readonly least?: number;
  /** True converts texts to lower case first; default false. */
  readonly lowerCase?: boolean;
}

/** Options of batches of texts. */
export interface TokenBatchOptions {
  /** Tokens of a row, a whole number from 1; longer texts are cut at their end. Default: those of the longest text. */
  readonly length?: number;
}

/** Texts of one length. */
export interface TokenBatch {
  /** Ids [texts, length]; behind its text a row is filled with padding. */
  readonly tokens: NDArray<Int32Array>;
  /** Tokens of each text, at most the length. */
  readonly lengths: Int32Array;
  /** 1 for tokens of the text, 0 for padding: [texts, length]. As `weights` of samples it masks losses of tokens. */
  readonly mask: NDArray<Float32Array>;
}

/** Converts texts to ids of tokens and back. Id 0 is padding, id 1 any token that is unknown. It is plain data: see `toJSON`. */
export class Tokenizer {
  readonly #data: TokenizerData;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #cut: (piece: string) => readonly string[];

  /** @internal */
  constructor(data: TokenizerData) {
    this.#data = data;
    this.#ids = new Map(data.tokens.map((token, k) => [token, k + firstToken]));
    this.#cut = data.kind === "bytePairs" ? segmenter(data.merges) : (piece) => [piece];
    shownAs(this, () => `Tokenizer { ${data.kind}, ${this.vocabulary} tokens }`);
  }

  /** Number of ids, which are 0 .. vocabulary − 1: the first argument of `embedding`. */
  get vocabulary(): number {
    return this.#data.tokens.length + firstToken;
  }

  /** Id of the token that fills rows behind their text: 0. */
  get padding(): number {
    return padding;
  }

  /** Id of tokens that are not in the vocabulary: 1. */
  get unknown(): number {
    return unknown;
  }

  /** Tokens from id 2 on. */
  get tokens(): readonly string[] {
    return this.#data.tokens;
  }

  /** Returns the id of a token, or 1 if the vocabulary lacks it. @param token  the token */
  idOf(token: string): number {
    return this.#ids.get(token) ?? unknown;
  }

  /**
   * Returns the ids of a text.
   *
   * @param text  any text
   * @throws TypeError  text is not text
   */
  encode(text: string): Int32Array {
    if (typeof text !== "string") throw wrongKind("encode", "text", "text", text);
    return Int32Array.from(this.#idsOf(text));
  }

  #idsOf(text: string): number[] {
    const { kind, lowerCase } = this.#data;
    const pieces = piecesOf(kind, lowerCase ? text.toLowerCase() : text);
    return pieces.flatMap((piece) => this.#cut(piece).map((token) => this.idOf(token)));
  }

  /**
   * Returns the text of ids: words joined by blanks; tokens of other kinds follow each other, so that a text of known characters
   * comes back as it was. Padding is left out, and unknown tokens are "�".
   *
   * @param tokens  ids, 0 .. vocabulary − 1
   * @throws TypeError   tokens are not ids
   * @throws RangeError  an id is outside the vocabulary; the message says which and where
   */
  decode(tokens: Tokens): string {
    const texts = Array.from(checkTokens("decode", tokens, this.vocabulary), (id) =>
      id === padding ? "" : id === unknown ? "\ufffd" : (this.#data.tokens[id - firstToken] as string),
    );
    return texts.filter((text) => text !== "").join(this.#data.kind === "words" ? " " : "");
  }

  /**
   * Returns texts as rows of one length, with their lengths and the mask of their tokens.
   *
   * @param texts    texts, at least one
   * @param options  length
   * @throws TypeError   texts are not an array of texts
   * @throws RangeError  length is not a whole number from 1, or there is no text
   */
  batch(texts: readonly string[], options: TokenBatchOptions = {}): TokenBatch {
    const where = "batch";
    checkTexts(where, texts);
    checkOptions(where, options, ["length"]);
    const rows = texts.map((text) => this.#idsOf(text));
    // Not by spreading, which a hundred thousand texts would overflow.
    const longest = rows.reduce((most, row) => Math.max(most, row.length), 1);
    const { length = longest } = options;
    checkNumber(where, "length", length, { min: 1, integer: true });
    const tokens = new Int32Array(rows.length * length);
    const mask = new Float32Array(rows.length * length);
    for (const [k, row] of rows.entries()) {
      tokens.set(row.slice(0, length), k * length);
      mask.fill(1, k * length, k * length + Math.min(row.length, length));
    }
    const shape = [rows.length, length];
    const lengths = Int32Array.from(rows, (row) => Math.min(row.length, length));
    return { tokens: arrayOf(tokens, shape), lengths, mask: arrayOf(mask, shape) };
  }

  /** Returns the tokenizer as plain data, for `JSON.stringify` and `tokenizerFrom`. */
  toJSON(): TokenizerData {
    return this.#data;
  }
}

/** Checks ids of a vocabulary. @internal */
export function checkTokens(where: string, tokens: Tokens, vocabulary: number): Tokens {
  if (!Array.isArray(tokens) && !ArrayBuffer.isView(tokens))
    throw wrongKind(where, "tokens", "an array of ids", tokens);
  for (let k = 0; k < tokens.length; k++) {
    const id = tokens[k] as number;
    if (!(Number.isInteger(id) && id >= 0 && id < vocabulary))
      throw new RangeError(
        `${where}: token ${shown(id)} at ${k} is outside the vocabulary 0 .. ${vocabulary - 1}. Encode texts with its tokenizer.`,
      );
  }
  return tokens;
}

/** Checks that an argument is an array of at least one text. @internal */
export function checkTexts(where: string, texts: unknown): asserts texts is readonly string[] {
  if (!Array.isArray(texts)) throw wrongKind(where, "texts", "an array of texts", texts, '["a text"]');
  if (texts.length === 0) throw new RangeError(`${where}: texts are empty. Give at least one.`);
  for (let k = 0; k < texts.length; k++)
    if (typeof texts[k] !== "string") throw wrongKind(where, `texts[${k}]`, "text", texts[k]);
}

/** Options that are checked, with defaults. */
function checked(where: string, texts: unknown, options: TokenizerOptions, byPairs: boolean) {
  checkTexts(where, texts);
  checkOptions(where, options, byPairs ? ["vocabulary", "lowerCase"] : ["vocabulary", "least", "lowerCase"]);
  const { vocabulary, least = 1, lowerCase = false } = options;
  if (vocabulary !== undefined) checkNumber(where, "vocabulary", vocabulary, { min: firstToken + 1, integer: true });
  checkNumber(where, "least", least, { min: 1, integer: true });
  checkFlag(where, "lowerCase", lowerCase);
  return { texts, most: (vocabulary ?? Number.POSITIVE_INFINITY) - firstToken, least, lowerCase };
}

function made(
  kind: TokenizerKind,
  lowerCase: boolean,
  tokens: readonly string[],
  merges: readonly Merge[] = [],
): Tokenizer {
  return new Tokenizer({ format: "thalweg.tokenizer", version: 1, kind, lowerCase, tokens, merges });
}

/** The most frequent pieces; sorting keeps the order of equally frequent ones. */
function mostFrequent(counts: ReadonlyMap<string, number>, most: number, least: number): string[] {
  const entries = [...counts].filter(([, count]) => count >= least).sort(([, a], [, b]) => b - a);
  return entries.slice(0, most).map(([piece]) => piece);
}

function learn(where: string, kind: TokenizerKind, given: readonly string[], options: TokenizerOptions): Tokenizer {
  const { texts, most, least, lowerCase } = checked(where, given, options, false);
  return made(kind, lowerCase, mostFrequent(countPieces(kind, texts, lowerCase), most, least));
}

/**
 * Tokenizer of characters, by code point: short vocabularies and long sequences.
 *
 * @param texts    training texts
 * @param options  vocabulary, least, lowerCase
 * @throws TypeError   texts are not an array of texts, or an option is unknown
 * @throws RangeError  there is no text, or a number is out of range
 * @example
 * const tokenizer = characterTokenizer(["banana"]);
 * tokenizer.encode("nab"); // [3, 2, 4]
 */
export function characterTokenizer(texts: readonly string[], options: TokenizerOptions = {}): Tokenizer {
  return learn("characterTokenizer", "characters", texts, options);
}

/**
 * Tokenizer of words: letters, digits and apostrophes between them; every other sign that is not white space is a token of its
 * own. White space is lost.
 *
 * @param texts    training texts
 * @param options  vocabulary, least, lowerCase
 * @throws TypeError   texts are not an array of texts, or an option is unknown
 * @throws RangeError  there is no text, or a number is out of range
 * @example
 * const tokenizer = wordTokenizer(["to be, or not to be"]);
 * tokenizer.tokens; // ["to", "be", ",", "or", "not"]
 * tokenizer.decode(tokenizer.encode("not to see")); // "not to �"
 */
export function wordTokenizer(texts: readonly string[], options: TokenizerOptions = {}): Tokenizer {
  return learn("wordTokenizer", "words", texts, options);
}

/**
 * Tokenizer of byte pairs: characters, and the symbols that come from merging the most frequent pair of neighbors again and again,
 * within words with the white space behind them, which are cut every 64 characters. Of pairs with equal counts, the one that occurs
 * first in the texts is merged; a pair that occurs only once is not merged. So frequent words are one token, and rare ones a few.
 *
 * @param texts    training texts
 * @param options  vocabulary (default 8,192), lowerCase
 * @throws TypeError   texts are not an array of texts, or an option is unknown
 * @throws RangeError  there is no text, or a number is out of range
 * @example
 * const tokenizer = bytePairTokenizer(["low low lower newest newest widest"], { vocabulary: 17 });
 * tokenizer.decode(tokenizer.encode("lowest")); // "lowest"
 * @see Sennrich, Haddow and Birch, *Neural machine translation of rare words with subword units*, ACL 2016
 */
export function bytePairTokenizer(texts: readonly string[], options: Omit<TokenizerOptions, "least"> = {}): Tokenizer {
  const where = "bytePairTokenizer";
  const { most, lowerCase } = checked(where, texts, { vocabulary: 8192, ...options }, true);
  const characters = mostFrequent(countPieces("characters", texts, lowerCase), most, 1);
  const words = countPieces("bytePairs", texts, lowerCase);
  const merges = learnMerges(words, most - characters.length);
  const tokens = new Set(characters);
  for (const [left, right] of merges) tokens.add(left + right);
  // With fewer tokens than characters there is no merge, as all of them are characters.
  return made("bytePairs", lowerCase, [...tokens], merges);
}

/**
 * Makes a tokenizer again from its data, which may come from an untrusted file: every part is checked.
 *
 * @param data  what `toJSON` of a tokenizer returned, or its text
 * @throws RangeError  the data is not that of a tokenizer; the message names the part
 * @example
 * const file = withMetadata(trainer.save(), { tokenizer: JSON.stringify(characterTokenizer(["abc"])) });
 * tokenizerFrom(readMetadata(file).tokenizer).encode("cab"); // [4, 2, 3]
 */
export function tokenizerFrom(data: unknown): Tokenizer {
  return new Tokenizer(checkTokenizerData(data));
}
