// Byte pair encoding: the most frequent pair of neighboring symbols becomes one symbol, again and again. Symbols are characters at
// first, and a pair lies within a word with the white space behind it. Of pairs with equal counts, the one is merged that occurs
// first in the texts (Sennrich, Haddow and Birch, Neural machine translation of rare words with subword units, ACL 2016,
// algorithm 1).

/** A pair of symbols, the left one and the right one. */
export type Merge = readonly [left: string, right: string];

/** A word that is merged: its symbols, and how often it occurs. */
interface Word {
  symbols: string[];
  readonly count: number;
}

interface Pair {
  readonly left: string;
  readonly right: string;
  count: number;
  /** Places of the words that had it, ascending; before `at` none has it any more. */
  readonly words: number[];
  at: number;
}

/** Key of a pair, which no other pair has. */
const keyOf = (left: string, right: string): string => `${left.length} ${left}${right}`;

/** Index of a pair among the symbols of a word, −1 if it is not there. */
function placeIn(symbols: readonly string[], { left, right }: { left: string; right: string }): number {
  for (let k = 0; k + 1 < symbols.length; k++) if (symbols[k] === left && symbols[k + 1] === right) return k;
  return -1;
}

/** Symbols with each occurrence of a pair merged, from the left. */
export function mergedSymbols(symbols: readonly string[], left: string, right: string): string[] {
  const out: string[] = [];
  for (let k = 0; k < symbols.length; k++) {
    const own = symbols[k] as string;
    if (own === left && symbols[k + 1] === right) {
      out.push(left + right);
      k++;
    } else out.push(own);
  }
  return out;
}

/** Lists a word among those of a pair, in ascending order: mostly behind the others, as words are merged in their order. */
function listWord(pair: Pair, place: number): void {
  const { words } = pair;
  let [low, high] = [0, words.length];
  if ((words.at(-1) ?? -1) < place) low = high;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((words[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  if (words[low] !== place) words.splice(low, 0, place);
  pair.at = Math.min(pair.at, low);
}

/** Counts pairs of neighbors as words are merged. */
class Pairs {
  readonly #pairs = new Map<string, Pair>();

  constructor(readonly words: readonly Word[]) {
    for (const place of words.keys()) this.#add(place, 1);
  }

  /** Adds the pairs of a word, or takes them away. */
  #add(place: number, sign: number): void {
    const { symbols, count } = this.words[place] as Word;
    for (let k = 0; k + 1 < symbols.length; k++) {
      const [left, right] = [symbols[k] as string, symbols[k + 1] as string];
      const key = keyOf(left, right);
      const pair = this.#pairs.get(key) ?? { left, right, count: 0, words: [], at: 0 };
      this.#pairs.set(key, pair);
      pair.count += sign * count;
      if (sign > 0) listWord(pair, place);
    }
  }

  /** Place of the first word with a pair. */
  #firstOf(pair: Pair): number {
    while (placeIn(this.words[pair.words[pair.at] as number]?.symbols ?? [], pair) < 0 && pair.at < pair.words.length)
      pair.at++;
    return pair.words[pair.at] ?? Number.POSITIVE_INFINITY;
  }

  /** True if pair a occurs before pair b. */
  #isBefore(a: Pair, b: Pair): boolean {
    const [first, other] = [this.#firstOf(a), this.#firstOf(b)];
    if (first !== other) return first < other;
    const { symbols } = this.words[first] as Word;
    return placeIn(symbols, a) < placeIn(symbols, b);
  }

  /** The most frequent pair that occurs at least twice; of several the first; null if there is none. */
  best(): Pair | null {
    let best: Pair | null = null;
    for (const pair of this.#pairs.values()) {
      if (pair.count < Math.max(2, best?.count ?? 0)) continue;
      if (best === null || pair.count > best.count || this.#isBefore(pair, best)) best = pair;
    }
    return best;
  }

  /** Merges a pair in all words. */
  merge(pair: Pair): void {
    const { left, right, words } = pair;
    for (const place of [...words]) {
      const word = this.words[place] as Word;
      if (placeIn(word.symbols, pair) < 0) continue;
      this.#add(place, -1);
      word.symbols = mergedSymbols(word.symbols, left, right);
      this.#add(place, 1);
    }
    this.#pairs.delete(keyOf(left, right));
  }
}

/** Learns at most `most` merges from words with their counts. */
export function learnMerges(counts: ReadonlyMap<string, number>, most: number): Merge[] {
  const words = Array.from(counts, ([word, count]): Word => ({ symbols: [...word], count }));
  const pairs = new Pairs(words);
  const merges: Merge[] = [];
  while (merges.length < most) {
    const pair = pairs.best();
    if (pair === null) break;
    merges.push([pair.left, pair.right]);
    pairs.merge(pair);
  }
  return merges;
}

/** Returns a function that cuts a word into symbols by merges, in their order; words are cut once. */
export function segmenter(merges: readonly Merge[]): (word: string) => readonly string[] {
  const ranks = new Map<string, number>();
  for (const [rank, [left, right]] of merges.entries())
    if (!ranks.has(keyOf(left, right))) ranks.set(keyOf(left, right), rank);
  const known = new Map<string, readonly string[]>();
  return (word) => {
    const before = known.get(word);
    if (before) return before;
    let symbols = [...word];
    while (symbols.length > 1) {
      let best = Number.POSITIVE_INFINITY;
      for (let k = 0; k + 1 < symbols.length; k++)
        best = Math.min(
          best,
          ranks.get(keyOf(symbols[k] as string, symbols[k + 1] as string)) ?? Number.POSITIVE_INFINITY,
        );
      if (best === Number.POSITIVE_INFINITY) break;
      const [left, right] = merges[best] as Merge;
      symbols = mergedSymbols(symbols, left, right);
    }
    if (known.size < 100_000) known.set(word, symbols);
    return symbols;
  };
}
