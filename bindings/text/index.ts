// thalweg/text: texts as tokens, data sets of them, and their augmentation. A separate entry, as only texts need it.

export { readMetadata, withMetadata } from "../files/metadata.js";
export {
  type BackTranslation,
  type BackTranslationOptions,
  backTranslation,
  type Translate,
  type TranslationCache,
} from "./backTranslation.js";
export type { Merge } from "./bytePairs.js";
export {
  type RandomDeletionOptions,
  randomDeletion,
  randomInsertion,
  randomSwap,
  type SynonymTable,
  synonymReplacement,
  type TokenEditOptions,
} from "./edits.js";
export type { TokenizerKind } from "./pieces.js";
export { synonymTable } from "./synonyms.js";
export {
  bytePairTokenizer,
  characterTokenizer,
  type TokenBatch,
  type TokenBatchOptions,
  type Tokenizer,
  type TokenizerOptions,
  type Tokens,
  tokenizerFrom,
  wordTokenizer,
} from "./tokenizer.js";
export type { TokenizerData } from "./tokenizerData.js";
export { type TokenWindows, type TokenWindowsOptions, tokenWindows } from "./tokenWindows.js";
