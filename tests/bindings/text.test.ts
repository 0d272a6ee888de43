// Tokenizers, windows of tokens and back-translation: against the paper of byte pairs, by round trips, and with bad input.

import fc from "fast-check";
import { createTrainer, embedding, meanSquaredError, sequential, sgd } from "thalweg";
import {
  backTranslation,
  bytePairTokenizer,
  characterTokenizer,
  readMetadata,
  synonymTable,
  type Tokenizer,
  tokenizerFrom,
  tokenWindows,
  withMetadata,
  wordTokenizer,
} from "thalweg/text";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";

engineForAll();

/** Checks class and sentence of the error that a call throws. */
function expectRefusal(
  call: () => unknown,
  kind: typeof RangeError | typeof TypeError,
  sentence: string | RegExp,
): void {
  expect(call).toThrow(kind);
  expect(call).toThrow(sentence);
}

const repeated = (word: string, times: number): string => `${word} `.repeat(times);

describe("byte pairs", () => {
  const mergesOf = (tokenizer: Tokenizer): string[] => tokenizer.toJSON().merges.map((pair) => pair.join("+"));
  const texts = [repeated("low", 5) + repeated("lower", 2) + repeated("newest", 6) + repeated("widest", 3)];

  it("merges what the listing of Sennrich, Haddow and Birch prints", () => {
    // Algorithm 1 of the paper, whose </w> is here the blank behind a word; ten merges.
    const characters = new Set(texts[0]).size;
    const tokenizer = bytePairTokenizer(texts, { vocabulary: 2 + characters + 10 });
    expect(mergesOf(tokenizer)).toEqual([
      "e+s",
      "es+t",
      "est+ ",
      "l+o",
      "lo+w",
      "n+e",
      "ne+w",
      "new+est ",
      "low+ ",
      "w+i",
    ]);
    expect(tokenizer.vocabulary).toBe(2 + characters + 10);
  });

  it("cuts the word of the paper's figure 1", () => {
    const tokenizer = bytePairTokenizer(["low lowest newer wider "], { vocabulary: 2 + 11 + 4 });
    const cut = Array.from(tokenizer.encode("lower "), (id) => tokenizer.tokens[id - 2]);
    expect(cut).toEqual(["low", "er "]);
  });

  it("cuts words every 64 characters, so that texts without blanks are not one word", () => {
    const tokenizer = bytePairTokenizer(["春".repeat(200)]);
    expect(tokenizer.tokens).toEqual([1, 2, 4, 8, 16, 32, 64].map((times) => "春".repeat(times)));
    expect(Array.from(tokenizer.encode("春".repeat(200)))).toEqual([8, 8, 8, 5]);
    expect(tokenizer.decode(tokenizer.encode("春".repeat(99)))).toBe("春".repeat(99));
  });

  it("merges, of pairs as frequent, the one that occurs first", () => {
    expect(mergesOf(bytePairTokenizer(["cd ab cd ab"]))).toEqual(["c+d", "cd+ ", "a+b"]);
    expect(mergesOf(bytePairTokenizer(["abcabc"]))).toEqual(["a+b", "ab+c"]);
  });

  it("counts as if it counted anew before every merge", () => {
    /** Algorithm 1 as it is printed. */
    function naive(text: string, most: number): string[] {
      const words = (text.match(/\S{1,64}\s{0,64}|\s{1,64}/gu) ?? []).map((word) => [...word]);
      const merges: string[] = [];
      while (merges.length < most) {
        const counts = new Map<string, { pair: [string, string]; count: number }>();
        for (const symbols of words)
          for (let k = 0; k + 1 < symbols.length; k++) {
            const pair: [string, string] = [symbols[k]!, symbols[k + 1]!];
            const key = JSON.stringify(pair);
            counts.set(key, { pair, count: (counts.get(key)?.count ?? 0) + 1 });
          }
        const most = Math.max(0, ...Array.from(counts.values(), ({ count }) => count));
        if (most < 2) break;
        const [left, right] = [...counts.values()].find(({ count }) => count === most)!.pair;
        merges.push(`${left}+${right}`);
        for (const symbols of words)
          for (let k = 0; k + 1 < symbols.length; k++)
            if (symbols[k] === left && symbols[k + 1] === right) symbols.splice(k, 2, left + right);
      }
      return merges;
    }
    const texts = fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 80 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 40 }), (text, most) => {
        const characters = new Set(text).size;
        const tokenizer = bytePairTokenizer([text], { vocabulary: 3 + characters + most });
        const merges = mergesOf(tokenizer);
        expect(merges).toEqual(naive(text, 1 + most));
      }),
      { numRuns: 300, seed: 17 },
    );
  });
});

describe("tokenizers", () => {
  const any = fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { minLength: 1, maxLength: 6 });

  it.each([
    ["characters", characterTokenizer],
    ["byte pairs", bytePairTokenizer],
  ] as const)("of %s return texts of known characters as they were, and travel in a file", (_, make) => {
    const file = createTrainer(engine, {
      model: sequential([embedding(4, 2)]),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 1 }),
    }).save();
    fc.assert(
      fc.property(any, (texts) => {
        const tokenizer = make(texts);
        const travelled = withMetadata(file, { tokenizer: JSON.stringify(tokenizer) });
        const other = tokenizerFrom(readMetadata(travelled).tokenizer);
        for (const text of texts) {
          const ids = tokenizer.encode(text);
          expect(tokenizer.decode(ids)).toBe(text);
          expect(ids.every((id) => id >= 2 && id < tokenizer.vocabulary)).toBe(true);
          expect(other.encode(text)).toEqual(ids);
        }
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it("of words keep words and signs, by frequency and then by occurrence", () => {
    const tokenizer = wordTokenizer(["Don't stop, stop!", "Größe stop ½"]);
    expect(tokenizer.tokens).toEqual(["stop", "Don't", ",", "!", "Größe", "½"]);
    expect(Array.from(tokenizer.encode("stop here, Größe!"))).toEqual([2, 1, 4, 6, 5]);
    expect(tokenizer.decode([2, 0, 1, 4, 0])).toBe("stop \ufffd ,");
    expect(wordTokenizer(["b a a b c"], { vocabulary: 4 }).tokens).toEqual(["b", "a"]);
    expect(wordTokenizer(["b a a b c"], { least: 2 }).tokens).toEqual(["b", "a"]);
    expect(wordTokenizer(["The the"], { lowerCase: true }).encode("THE")).toEqual(Int32Array.of(2));
  });

  it("count code points, not halves of them", () => {
    expect(characterTokenizer(["a😀"]).tokens).toEqual(["a", "😀"]);
  });

  it("make batches with lengths and masks", () => {
    const tokenizer = wordTokenizer(["a b c d"]);
    const { tokens, lengths, mask } = tokenizer.batch(["a b", "a b c d", ""], { length: 3 });
    expect(tokens).toMatchObject({ data: Int32Array.of(2, 3, 0, 2, 3, 4, 0, 0, 0), shape: [3, 3] });
    expect(lengths).toEqual(Int32Array.of(2, 3, 0));
    expect(mask).toMatchObject({ data: Float32Array.of(1, 1, 0, 1, 1, 1, 0, 0, 0), shape: [3, 3] });
    expect(tokenizer.batch(["a b", "a b c d"]).tokens.shape).toEqual([2, 4]);
    expect(tokenizer.batch([""]).tokens.shape).toEqual([1, 1]);
  });

  it("refuse what is no text and no id", () => {
    const tokenizer = wordTokenizer(["a b"]);
    expectRefusal(() => wordTokenizer([]), RangeError, "wordTokenizer: texts are empty. Give at least one.");
    expectRefusal(() => wordTokenizer(["a", 1 as never]), TypeError, "wordTokenizer: texts[1] must be text, got 1.");
    expectRefusal(
      () => wordTokenizer(["a"], { vocabulary: 2 }),
      RangeError,
      /vocabulary must be a whole number of at least 3/,
    );
    expectRefusal(
      () => bytePairTokenizer(["a"], { least: 2 } as never),
      TypeError,
      /bytePairTokenizer: unknown option "least"/,
    );
    expectRefusal(() => tokenizer.encode(1 as never), TypeError, "encode: text must be text, got 1.");
    expectRefusal(
      () => tokenizer.decode([2, 4]),
      RangeError,
      "decode: token 4 at 1 is outside the vocabulary 0 .. 3. Encode texts with its tokenizer.",
    );
    expectRefusal(() => tokenizer.decode([0.5]), RangeError, /token 0.5 at 0 is outside/);
    expectRefusal(() => tokenizer.batch(["a"], { length: 0 }), RangeError, /batch: length must be a whole number/);
  });

  it("are refused as damaged data, with the part", () => {
    const data = JSON.parse(JSON.stringify(bytePairTokenizer(["abab"])));
    const damaged: [object | string | null, RegExp][] = [
      ["{", /the text is not JSON/],
      [null, /the tokenizer is null/],
      [[], /the tokenizer is \[\]/],
      [{ ...data, more: 1 }, /unknown member "more"/],
      [{ ...data, kind: undefined }, /kind is undefined/],
      [{ format: data.format }, /has no version/],
      [{ ...data, format: "x" }, /format is "x"/],
      [{ ...data, version: 2 }, /version is 2/],
      [{ ...data, kind: "toString" }, /kind is "toString"/],
      [{ ...data, lowerCase: 1 }, /lowerCase is 1/],
      [{ ...data, tokens: "ab" }, /tokens is "ab", expected a list/],
      [{ ...data, tokens: ["a", ""] }, /tokens\[1\] is ""/],
      [{ ...data, tokens: ["a", "a"] }, /tokens are not distinct/],
      [{ ...data, tokens: new Array(3) }, /tokens\[0\] is undefined/],
      [{ ...data, merges: [["a"]] }, /merges\[0\] is \["a"\]/],
      [{ ...data, merges: [["a", "x"]] }, /merges\[0\] is of tokens that are not in the list/],
      [{ ...data, kind: "words" }, /merges are given for "words"/],
    ];
    for (const [value, sentence] of damaged) expectRefusal(() => tokenizerFrom(value), RangeError, sentence);
    expect(tokenizerFrom(data).toJSON()).toEqual(data);
  });
});

describe("windows of tokens", () => {
  it("have the next token as target, and leave out what fills none", () => {
    const { inputs, targets } = tokenWindows(Int32Array.of(0, 1, 2, 3, 4, 5, 6), { length: 2, stride: 3 });
    expect(inputs).toMatchObject({ data: Int32Array.of(0, 1, 3, 4), shape: [2, 2] });
    expect(targets).toMatchObject({ data: Int32Array.of(1, 2, 4, 5), shape: [2, 2] });
  });

  it("go on in the next batch, row for row", () => {
    const { inputs, targets } = tokenWindows(
      Array.from({ length: 14 }, (_, k) => k),
      { length: 3, streams: 2 },
    );
    expect(Array.from(inputs.data)).toEqual([0, 1, 2, 7, 8, 9, 3, 4, 5, 10, 11, 12]);
    expect(Array.from(targets.data)).toEqual([1, 2, 3, 8, 9, 10, 4, 5, 6, 11, 12, 13]);
  });

  it("refuse tokens outside the vocabulary and streams that are too short", () => {
    expectRefusal(
      () => tokenWindows([1, 2, 9], { length: 1, vocabulary: 9 }),
      RangeError,
      "tokenWindows: token 9 at 2 is outside the vocabulary 0 .. 8. Encode texts with its tokenizer.",
    );
    expectRefusal(
      () => tokenWindows([1, 2, 3, 4], { length: 2, streams: 2 }),
      RangeError,
      "tokenWindows: got 2 tokens in each of 2 streams, expected at least length + 1 = 3. Shorten the windows.",
    );
    expectRefusal(() => tokenWindows("abc" as never, { length: 1 }), TypeError, /tokens must be an array of ids/);
    expectRefusal(() => tokenWindows([1, 2], {} as never), TypeError, /length must be/);
  });
});

describe("tables of synonyms", () => {
  it("have the ids of a token's synonyms, and −1 behind them", () => {
    const tokenizer = wordTokenizer(["good fine nice the"]);
    const { data, shape } = synonymTable(tokenizer, {
      good: ["fine", "nice", "fine", "good", "splendid"],
      nice: ["good"],
      unheard: ["good"],
      the: [],
    });
    expect(shape).toEqual([6, 2]);
    expect(Array.from(data)).toEqual([-1, -1, -1, -1, 3, 4, -1, -1, 2, -1, -1, -1]);
  });

  it("refuse words without any", () => {
    const tokenizer = wordTokenizer(["good"]);
    expectRefusal(() => synonymTable(tokenizer, { good: ["fine"] }), RangeError, /no word has a synonym/);
    expectRefusal(() => synonymTable(tokenizer, { good: "fine" as never }), TypeError, /synonyms of "good" must be/);
    expectRefusal(() => synonymTable({} as never, {}), TypeError, /tokenizer must be a tokenizer/);
  });
});

describe("back-translation", () => {
  const texts = ["one", "two", "one", "three", "four"];

  /** A translator that keeps a record of what it was asked. */
  function translator() {
    const asked: [string, string, string][] = [];
    const translate = async (given: readonly string[], from: string, to: string): Promise<string[]> => {
      for (const text of given) asked.push([text, from, to]);
      return given.map((text) => (to === "en" ? `${text.replace(/^\w+:/, "")}!` : `${to}:${text}`));
    };
    return { asked, translate };
  }

  it("asks once for a text, whatever is drawn, and repeats an epoch", async () => {
    const { asked, translate } = translator();
    const translation = backTranslation(texts, { translate, via: ["fr", "de"], p: 0.6, seed: 3 });
    const epochs = await Promise.all([0, 1, 2, 3, 4, 1].map((epoch) => translation.epoch(epoch)));
    expect(epochs[5]).toEqual(epochs[1]);
    expect(new Set(epochs.map((epoch) => epoch.join())).size).toBeGreaterThan(2);
    for (const epoch of epochs)
      for (const [k, text] of epoch.entries()) expect([texts[k], `${texts[k]}!`]).toContain(text);
    const keys = asked.map((one) => one.join());
    expect(new Set(keys).size).toBe(keys.length);
    const before = asked.length;
    const resumed = backTranslation(texts, {
      translate,
      via: ["fr", "de"],
      p: 0.6,
      seed: 3,
      cache: JSON.parse(JSON.stringify(translation)),
    });
    expect(await resumed.epoch(2)).toEqual(epochs[2]);
    expect(asked.length).toBe(before);
  });

  it("changes the share of texts that p says", async () => {
    const { translate } = translator();
    const many = Array.from({ length: 4000 }, (_, k) => `text ${k}`);
    const changed = await backTranslation(many, { translate, via: ["fr"], p: 0.3 }).epoch(7);
    const share = changed.filter((text, k) => text !== many[k]).length / many.length;
    expect(Math.abs(share - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / many.length));
    expect(await backTranslation(many, { translate, via: ["fr"], p: 0 }).epoch(0)).toEqual(many);
  });

  it("refuses a hook that fails, and asks again afterwards", async () => {
    let fails = true;
    const cause = new Error("no connection");
    const translate = async (given: readonly string[]): Promise<readonly string[]> => {
      if (fails) throw cause;
      return given;
    };
    const translation = backTranslation(["a", "b"], { translate, via: ["fr"], p: 1 });
    const refused = translation.epoch(0);
    await expect(refused).rejects.toThrow(
      'backTranslation: translate of 2 texts from "en" to "fr" failed: no connection. Call epoch again.',
    );
    await expect(refused).rejects.toMatchObject({ cause });
    fails = false;
    expect(await translation.epoch(0)).toEqual(["a", "b"]);
  });

  it("refuses another number of texts, and what is no text", async () => {
    const of = (result: unknown) =>
      backTranslation(["a", "b"], { translate: async () => result as string[], via: ["fr"], p: 1 }).epoch(0);
    await expect(of(["a"])).rejects.toThrow(
      'backTranslation: translate of 2 texts from "en" to "fr" returned 1, expected 2. Return one text for each.',
    );
    await expect(of("ab")).rejects.toThrow(/returned "ab", expected an array of texts/);
    await expect(of([1, 2])).rejects.toThrow(/returned \[1, 2\], expected an array of texts/);
    await expect(of(new Array(2))).rejects.toThrow(/expected an array of texts/);
  });

  it("refuses options of the wrong kind", async () => {
    const translate = async (given: readonly string[]): Promise<readonly string[]> => given;
    const make = (options: object) => () => backTranslation(["a"], { translate, via: ["fr"], ...options } as never);
    expectRefusal(make({ translate: 1 }), TypeError, /translate must be a function/);
    expectRefusal(make({ via: [] }), RangeError, /via is empty/);
    expectRefusal(make({ via: "fr" }), TypeError, /via must be an array of languages/);
    expectRefusal(make({ via: new Array(2) }), TypeError, /via must be an array of languages/);
    expectRefusal(make({ p: 2 }), RangeError, /p must be/);
    expectRefusal(make({ cache: { fr: { a: 1 } } }), TypeError, /cache must be texts by language and text/);
    await expect(make({})().epoch(-1)).rejects.toThrow(/epoch must be a whole number/);
    // A language whose name every object has is none of the cache.
    expect(await backTranslation(["a"], { translate, via: ["toString"], p: 1 }).epoch(0)).toEqual(["a"]);
  });
});
