// Pieces of a text: what each kind of tokenizer cuts it into before it looks up tokens.

/** Kinds of tokenizers. */
export type TokenizerKind = "characters" | "words" | "bytePairs";

const word = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu;
// Merging a word takes time that grows with the square of its length, and scripts without blanks have words as long as the text.
const wordAndSpace = /\S{1,64}\s{0,64}|\s{1,64}/gu;

/**
 * Characters by code point; words and signs of punctuation without white space; or words with the white space behind them, of which
 * long ones are cut every 64 characters.
 */
export function piecesOf(kind: TokenizerKind, text: string): string[] {
  if (kind === "characters") return [...text];
  return text.match(kind === "words" ? word : wordAndSpace) ?? [];
}

/** Distinct pieces of texts with their counts, in the order in which they occur first. */
export function countPieces(kind: TokenizerKind, texts: readonly string[], lowerCase: boolean): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const piece of piecesOf(kind, lowerCase ? text.toLowerCase() : text))
      counts.set(piece, (counts.get(piece) ?? 0) + 1);
  return counts;
}
