// From graph to program: mark the outputs, cut units, place blocks, write calls. A program is one region whose image holds
// only (space, offset) operands, so it can be shared, copied or moved; its header has the cost of a run.

import { opConstant, opLeaf, programHeader } from "../abi";
import { bytesOf, elementsOf, inputCount, nodeCount, opOf, word, wordCount } from "../graph/graph";
import { wholeLines } from "../kernels/lanes";
import { claim } from "../memory/engine";
import { freeRegion } from "../memory/regions";
import { encodeBytes, writeProgram } from "./encode";
import { placeBlocks, placementBytes } from "./placement";
import {
  addCopy,
  canBeConstant,
  cutUnits,
  entryOf,
  markLive,
  Output,
  openSchedule,
  outputBytes,
  scheduleBytes,
} from "./schedule";

function outputAt(outputs: usize, k: i32): Output {
  return changetype<Output>(outputs + <usize>k * outputBytes);
}

/** Plans `count` outputs listed at `outputs`; returns the address of the program, 0 on a fault. */
export function plan(outputs: usize, count: i32): usize {
  const nodes = nodeCount();
  let image: u64 = programHeader + encodeBytes(count, 0);
  for (let n = 0; n < nodes; n++) {
    image += encodeBytes(inputCount(n), wordCount(n));
    if (canBeConstant(n)) image += <u64>bytesOf(n) + 16;
  }
  const schedule = scheduleBytes(nodes, count);
  const tables = claim(<f64>(schedule + placementBytes(nodes) + image + 64));
  if (tables === 0) return 0;
  openSchedule(tables, nodes);
  placeGiven(nodes);
  placeOutputs(outputs, count);
  markLive(nodes);
  cutUnits(nodes);
  for (let k = 0; k < count; k++) {
    const output = outputAt(outputs, k);
    if (output.copy !== 0) output.copy = 1 + addCopy(output.node);
  }
  const placements = tables + <usize>schedule;
  const blocks = placeBlocks(placements);
  const draft = wholeLines(placements + <usize>placementBytes(nodes));
  const size = writeProgram(draft, nodes, blocks, outputs, count);
  const program: usize = size === 0 ? 0 : claim(size);
  if (program !== 0) memory.copy(program, draft, size);
  freeRegion(tables);
  return program;
}

/** Places nodes whose blocks exist before the program runs: leaves and constants. */
function placeGiven(nodes: i32): void {
  for (let n = 0; n < nodes; n++) {
    if (opOf(n) !== opLeaf) continue;
    const e = entryOf(n);
    e.space = word(n, 0);
    e.offset = word(n, 1);
    e.placed = true;
  }
}

/** Places the first output of every computed block where it must lie; other outputs of a block are copied at the end. */
function placeOutputs(outputs: usize, count: i32): void {
  for (let k = 0; k < count; k++) {
    const output = outputAt(outputs, k);
    entryOf(output.node).live = true;
    const e = entryOf(entryOf(output.node).root);
    output.copy = e.placed || opOf(e.root) === opConstant ? 1 : 0;
    if (elementsOf(output.node) === 0) output.copy = 0;
    if (output.copy !== 0) continue;
    e.space = output.space;
    e.offset = output.offset;
    e.placed = true;
  }
}
