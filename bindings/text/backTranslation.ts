// Back-translation: texts in other words, by translating them to another language and back. The translator is the user's; it is
// awaited before an epoch and called once for a text.

import { areTexts, checkNumber, checkOptions, isRecord, shown, wrongKind } from "../values/options.js";
import { checkTexts } from "./tokenizer.js";

/** Translates texts from one language to another: a service, or a model that runs here. Returns one text for each. */
export type Translate = (texts: readonly string[], from: string, to: string) => Promise<readonly string[]>;

/** Translations of texts to a language and back: by that language, then by text. */
export type TranslationCache = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Options of `backTranslation`. */
export interface BackTranslationOptions {
  /** Translates texts; required. */
  readonly translate: Translate;
  /** Languages that texts go through and back, at least one; each changed text takes one of them at random. */
  readonly via: readonly string[];
  /** Language of the texts; default "en". */
  readonly from?: string;
  /** Probability that a text is changed in an epoch, 0 .. 1; default 0.5. */
  readonly p?: number;
  /** Seed of what is drawn, a whole number from 0; default 0. */
  readonly seed?: number;
  /** The texts that `toJSON` of an earlier run returned, which are not translated again; default none. */
  readonly cache?: TranslationCache;
}

/** Mixes the bits of a 32-bit number (finalizer of MurmurHash3, Appleby, 2011). */
function mixed(x: number): number {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Uniform number in [0, 1) of a seed, an epoch, a text and what it is for. */
function draw(seed: number, epoch: number, text: number, purpose: number): number {
  const numbers = [seed % 2 ** 32, Math.floor(seed / 2 ** 32), epoch, text, purpose];
  return numbers.reduce((hash, number) => mixed((hash + 0x9e3779b9) ^ number), 0) / 2 ** 32;
}

/** The texts of each epoch, some of them translated to another language and back; made by `backTranslation`. */
export class BackTranslation {
  readonly #texts: readonly string[];
  readonly #options: Required<Omit<BackTranslationOptions, "cache">>;
  readonly #cache = new Map<string, Map<string, string>>();
  #last: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(texts: readonly string[], options: Required<BackTranslationOptions>) {
    this.#texts = [...texts];
    this.#options = options;
    for (const language of options.via)
      this.#cache.set(
        language,
        new Map(Object.entries(Object.hasOwn(options.cache, language) ? (options.cache[language] ?? {}) : {})),
      );
  }

  /**
   * Returns the texts of an epoch, some of them in other words; the same for the same seed and epoch. Texts that were not
   * translated before are translated first, all of a language at once.
   *
   * @param epoch  number of the epoch, from 0
   * @throws RangeError  epoch is not a whole number from 0, or translate returned another number of texts
   * @throws TypeError   translate did not return texts
   * @throws Error       translate failed; `cause` is its error
   */
  async epoch(epoch: number): Promise<string[]> {
    checkNumber("epoch", "epoch", epoch, { min: 0, integer: true, below: 2 ** 32 });
    const { p, seed, via } = this.#options;
    const languages = this.#texts.map((_, k) =>
      draw(seed, epoch, k, 0) < p ? (via[Math.floor(draw(seed, epoch, k, 1) * via.length)] as string) : null,
    );
    // One call after the other, so that no text is translated twice.
    const ready = this.#last.then(() => this.#translate(languages));
    this.#last = ready.catch(() => {});
    await ready;
    return this.#texts.map((text, k) => {
      const language = languages[k];
      return typeof language === "string" ? (this.#cache.get(language)?.get(text) as string) : text;
    });
  }

  async #translate(languages: readonly (string | null)[]): Promise<void> {
    const { translate, from } = this.#options;
    for (const [language, known] of this.#cache) {
      const wanted = new Set(this.#texts.filter((text, k) => languages[k] === language && !known.has(text)));
      const texts = [...wanted];
      if (texts.length === 0) continue;
      const abroad = await translated(translate, texts, from, language);
      const back = await translated(translate, abroad, language, from);
      for (const [k, text] of texts.entries()) known.set(text, back[k] as string);
    }
  }

  /** Returns the translations so far, for `cache` of a later run. */
  toJSON(): TranslationCache {
    return Object.fromEntries(Array.from(this.#cache, ([language, texts]) => [language, Object.fromEntries(texts)]));
  }
}

async function translated(
  translate: Translate,
  texts: readonly string[],
  from: string,
  to: string,
): Promise<readonly string[]> {
  const where = "backTranslation";
  const what = `of ${texts.length} texts from "${from}" to "${to}"`;
  let result: unknown;
  try {
    result = await translate([...texts], from, to);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${where}: translate ${what} failed: ${message}. Call epoch again.`, {
      cause: error,
    });
  }
  if (!areTexts(result))
    throw new TypeError(`${where}: translate ${what} returned ${shown(result)}, expected an array of texts.`);
  if (result.length !== texts.length)
    throw new RangeError(
      `${where}: translate ${what} returned ${result.length}, expected ${texts.length}. Return one text for each.`,
    );
  return result;
}

function checkCache(where: string, cache: unknown): void {
  const isTexts = (value: unknown): boolean =>
    isRecord(value) && Object.values(value).every((text) => typeof text === "string");
  if (!isRecord(cache) || Array.isArray(cache) || !Object.values(cache).every(isTexts))
    throw wrongKind(where, "cache", "texts by language and text", cache, "what toJSON() returned");
}

/**
 * Back-translation: before an epoch, some of the texts are translated to another language and back, which says the same in other
 * words. The texts of an epoch depend on the seed and its number; each text is translated once for a language, however often it
 * is drawn.
 *
 * @param texts    training texts
 * @param options  translate and via are required; from, p, seed, cache
 * @throws TypeError   an argument is of the wrong kind
 * @throws RangeError  there is no text or no language, or a number is out of range
 * @example
 * const translate = async (texts, from, to) => texts.map((text) => `${text} (${to})`);
 * const translation = backTranslation(["a fine film"], { translate, via: ["fr"], p: 1 });
 * await translation.epoch(0); // ["a fine film (fr) (en)"]
 * @see Sennrich, Haddow and Birch, *Improving neural machine translation models with monolingual data*, ACL 2016
 * @see Yu et al., *QANet*, ICLR 2018, section 3 (as augmentation)
 */
export function backTranslation(texts: readonly string[], options: BackTranslationOptions): BackTranslation {
  const where = "backTranslation";
  checkTexts(where, texts);
  checkOptions(where, options, ["translate", "via", "from", "p", "seed", "cache"]);
  const { translate, via, from = "en", p = 0.5, seed = 0, cache = {} } = options;
  if (typeof translate !== "function")
    throw wrongKind(where, "translate", "a function", translate, "async (texts, from, to) => texts");
  if (!areTexts(via)) throw wrongKind(where, "via", "an array of languages", via, '["fr"]');
  if (via.length === 0) throw new RangeError(`${where}: via is empty. Give at least one language.`);
  if (typeof from !== "string") throw wrongKind(where, "from", "a language", from, '"en"');
  checkNumber(where, "p", p, { min: 0, max: 1 });
  checkNumber(where, "seed", seed, { min: 0, integer: true });
  checkCache(where, cache);
  return new BackTranslation(texts, { translate, via: [...new Set(via)], from, p, seed, cache });
}
