// Windows of a stream of tokens, as samples of language models: each token's target is the next one.

import type { NDArray } from "../values/arrays.js";
import { arrayOf } from "../values/lines.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { checkTokens, type Tokens } from "./tokenizer.js";

/** Options of `tokenWindows`. */
export interface TokenWindowsOptions {
  /** Tokens of a window: whole number from 1. */
  readonly length: number;
  /** Tokens from one window to the next: whole number from 1; default the length, so that windows do not overlap. */
  readonly stride?: number;
  /**
   * Parts of equal length into which the tokens are cut, a whole number from 1; default 1. Windows take turns: with batches of so
   * many rows in their order, row k of a batch goes on where row k of the one before ended.
   */
  readonly streams?: number;
  /** Number of ids; every token must be below it. Default: any whole number from 0. */
  readonly vocabulary?: number;
}

/** Windows as samples. */
export interface TokenWindows {
  /** Tokens [windows, length]. */
  readonly inputs: NDArray<Int32Array>;
  /** The token behind each token of the inputs, [windows, length]. */
  readonly targets: NDArray<Int32Array>;
}

/**
 * Cuts tokens into windows with the next token as target of each: samples of a language model for `fit`. Tokens at the end that
 * fill no window are left out.
 *
 * @param tokens   ids, such as `tokenizer.encode(text)`
 * @param options  length, stride, streams, vocabulary
 * @returns        inputs and targets [windows, length]
 * @throws TypeError   tokens are not ids, or an option is unknown
 * @throws RangeError  a number is out of range, a token is outside the vocabulary, or a stream is no longer than a window
 * @example
 * const samples = tokenWindows([5, 6, 7, 8, 9], { length: 2 });
 * samples.inputs.data; // [5, 6, 7, 8]
 * samples.targets.data; // [6, 7, 8, 9]
 */
export function tokenWindows(tokens: Tokens, options: TokenWindowsOptions): TokenWindows {
  const where = "tokenWindows";
  checkOptions(where, options, ["length", "stride", "streams", "vocabulary"]);
  const { length, stride = length, streams = 1, vocabulary = 2 ** 31 } = options;
  for (const [name, value] of Object.entries({ length, stride, streams, vocabulary }))
    checkNumber(where, name, value, { min: 1, integer: true });
  checkTokens(where, tokens, vocabulary);
  const each = Math.floor(tokens.length / streams);
  const count = Math.floor((each - length - 1) / stride) + 1;
  if (count < 1)
    throw new RangeError(
      `${where}: got ${each} tokens${streams === 1 ? "" : ` in each of ${streams} streams`}, expected at least length + 1 = ` +
        `${length + 1}. Shorten the windows.`,
    );
  const shape = [count * streams, length];
  const taken = (from: number): NDArray<Int32Array> => {
    const out = new Int32Array(count * streams * length);
    let at = 0;
    for (let window = 0; window < count; window++)
      for (let stream = 0; stream < streams; stream++) {
        const first = stream * each + window * stride + from;
        for (let k = 0; k < length; k++) out[at++] = tokens[first + k] as number;
      }
    return arrayOf(out, shape);
  };
  return { inputs: taken(0), targets: taken(1) };
}
