// Places of the rows of a run in its batch. State that belongs to rows, as that of a recurrent layer which continues from batch to
// batch, has a row for each of a batch; a run reads and writes its own.

import { faultBatch, i32Type, opBatchRows } from "../abi";
import { callWord, operand, push } from "../graph/call";
import { register } from "../graph/contract";
import { setExtent, setOutput, stagedWord } from "../graph/emit";
import { word } from "../graph/graph";
import { batchDone, batchRows, fault } from "../memory/engine";

/** done, done + 1, ... of the rows of a run; words: rows of the run, rows of the batch. Not pointwise, so that the check is made once. */
@unmanaged
class BatchRows {
  shape(): bool {
    setOutput(i32Type, 1);
    setExtent(0, stagedWord(0));
    return true;
  }
  prepare(y: i32): void {
    push(word(y, 1));
  }
  run(call: usize, _: u32, count: u32): void {
    const out = operand(call, 0);
    if (batchRows() !== callWord(call, 0)) fault(faultBatch, opBatchRows, batchRows(), callWord(call, 0));
    for (let i: u32 = 0; i < count; i++) store<u32>(out + (i << 2), batchDone() + i);
  }
}

export function registerBatchRows(): void {
  register<BatchRows>(opBatchRows, 0);
}
