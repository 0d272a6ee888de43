// State that belongs to the rows of a batch, as that of a recurrent layer which continues from batch to batch. A run reads the rows
// that are its own, and writes them into the next state of the batch, where no run adds up anything for others.

import { i32Type, opBatchRows, opNextRows } from "../abi";
import { callWord, operand, push } from "../graph/call";
import { register } from "../graph/contract";
import { setExtent, setOutput, setOutputLike, stagedInput, stagedWord } from "../graph/emit";
import { bytesOf, extent, input, word } from "../graph/graph";
import { batchPlace, fault } from "../memory/engine";

/** done, done + 1, ... of the rows of a run; words: rows of the run, rows of the batch, code of the fault of another batch. */
@unmanaged
class BatchRows {
  shape(): bool {
    setOutput(i32Type, 1);
    setExtent(0, stagedWord(0));
    return true;
  }
  prepare(y: i32): void {
    push(word(y, 1));
    push(word(y, 2));
  }
  run(call: usize, _: u32, count: u32): void {
    const out = operand(call, 0);
    const place = batchPlace();
    const rows = place.rows === 0 ? count : place.rows;
    if (rows !== callWord(call, 0)) fault(callWord(call, 1), opBatchRows, rows);
    for (let i: u32 = 0; i < count; i++) store<u32>(out + (i << 2), place.done + i);
  }
}

/**
 * The next state [rows of the batch, ...], of which input 0 is that of the rows of a run and input 1 the state before. If the
 * batch has several runs, the next state of the run is the state before, so that nothing is added for it.
 */
@unmanaged
class NextRows {
  shape(): bool {
    return setOutputLike(stagedInput(1));
  }
  /** Pushes bytes of a row, of the rows of the run, and of the state. */
  prepare(y: i32): void {
    const bytes = bytesOf(input(y, 0));
    push(bytes / extent(input(y, 0), 0));
    push(bytes);
    push(bytesOf(y));
  }
  run(call: usize, _start: u32, _count: u32): void {
    const out = operand(call, 0);
    const place = batchPlace();
    memory.copy(out, operand(call, 2), callWord(call, 2));
    const from = place.done * callWord(call, 0);
    if (from + callWord(call, 1) > callWord(call, 2)) return; // a fault of BatchRows, which does not end the run
    memory.copy(out + place.state + from, operand(call, 1), callWord(call, 1));
  }
}

export function registerBatchRows(): void {
  register<BatchRows>(opBatchRows, 0);
  register<NextRows>(opNextRows, 0);
}
