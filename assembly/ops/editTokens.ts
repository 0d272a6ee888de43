// Random edits of texts as token ids, for augmentation: see kernels/tokens.

import { editReplace, editSwap, f32Type, f64Type, faultExtent, faultType, i32Type, opEditTokens } from "../abi";
import { callWords, operand, outputType, push } from "../graph/call";
import { register } from "../graph/contract";
import { setOutputLike, stagedInput, stagedInputs, stagedOp, stagedWord } from "../graph/emit";
import { extent, input, inputCount, typeOf, word } from "../graph/graph";
import { Edit, editTokens } from "../kernels/tokens";
import { refuse, refuseIndex } from "../memory/engine";
import { agrees, hasRank } from "./images";

/**
 * Rows of token ids [rows, length] as floats, edited by draws [rows, draws] in f64 and, to replace or insert, by a table of
 * synonyms [vocabulary, most]. Words: α as f64 (2 words), form, padding, code of the fault. There is no derivative.
 */
@unmanaged
class EditTokens {
  shape(): bool {
    const x = stagedInput(0);
    const u = stagedInput(1);
    if (typeOf(x) >= i32Type) return refuse(faultType, stagedOp(), x, typeOf(x), -1);
    if (typeOf(u) !== f64Type) return refuse(faultType, stagedOp(), u, typeOf(u), f64Type);
    if (!hasRank(x, 2) || !hasRank(u, 2) || !agrees(u, 0, extent(x, 0))) return false;
    const form = stagedWord(2);
    if (stagedInputs() !== (form < editSwap ? 3 : 2)) return refuse(faultExtent, stagedOp(), x, -1, form, editReplace);
    if (form < editSwap) {
      const table = stagedInput(2);
      if (typeOf(table) !== i32Type) return refuse(faultType, stagedOp(), table, typeOf(table), i32Type);
      if (!hasRank(table, 2)) return false;
    }
    return setOutputLike(x);
  }
  /** Pushes the words of `Edit`. */
  prepare(y: i32): void {
    for (let k = 0; k < 5; k++) push(word(y, k));
    push(extent(y, 0));
    push(extent(y, 1));
    push(extent(input(y, 1), 1));
    const synonyms = inputCount(y) > 2;
    push(synonyms ? extent(input(y, 2), 0) : i32.MAX_VALUE);
    push(synonyms ? extent(input(y, 2), 1) : 0);
  }
  workspace(y: i32): u64 {
    return (<u64>extent(y, 1) + 1) << 3;
  }
  run(call: usize, start: u32, count: u32): void {
    const q = changetype<Edit>(callWords(call));
    const out = operand(call, 0);
    const x = operand(call, 1);
    const u = operand(call, 2);
    const synonyms = q.synonyms !== 0;
    const table = synonyms ? operand(call, 3) : 0;
    const scratch = operand(call, synonyms ? 4 : 3);
    const inside =
      outputType(call) === f32Type
        ? editTokens<f32>(q, out, x, u, table, scratch)
        : editTokens<f64>(q, out, x, u, table, scratch);
    if (!inside) refuseIndex(q.fault, opEditTokens, load<i32>(scratch), q.vocabulary, load<u32>(scratch, 4));
  }
}

export function registerEditTokens(): void {
  register<EditTokens>(opEditTokens, 0);
}
