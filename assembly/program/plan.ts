// From graph to program: mark the outputs, cut units, place blocks, write calls. A program is one region whose image holds
// only (space, offset) operands, so it can be shared, copied or moved; its header has the cost of a run.

import { opConstant, opLeaf, programHeader } from "../abi";
import { bytesOf, elementsOf, inputCount, nodeCount, opOf, word, wordCount } from "../graph/graph";
import { bodyOf, hasLoops, isLoop, setBody } from "../graph/loop";
import { wholeLines } from "../kernels/lanes";
import { claim } from "../memory/engine";
import { freeRegion } from "../memory/regions";
import { bodyBytes, bodyOutputCount, bodyOutputs, enterBody, freeBodies, leaveBody, listLoops, loopAt } from "./bodies";
import { encodeBytes, writeProgram } from "./encode";
import { givenAt, givenCount, givenSpace } from "./given";
import { placeBlocks, placementBytes } from "./placement";
import {
  addCopy,
  canBeConstant,
  cutUnits,
  Entry,
  entryOf,
  isPart,
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
  if (!hasLoops()) return planNodes(outputs, count);
  const loops = listLoops(outputs, count);
  if (loops === 0) return 0;
  let planned = true;
  for (let k = 0; planned && loopAt(loops, k) >= 0; k++) planned = planBody(loopAt(loops, k));
  const program = planned ? planNodes(outputs, count) : 0;
  freeBodies(loops);
  return program;
}

/** Plans the body of a loop; returns false on a fault. */
function planBody(loop: i32): bool {
  const around = enterBody(loop);
  if (around === 0) return false;
  setBody(loop, plan(bodyOutputs(), bodyOutputCount()));
  leaveBody(around);
  return bodyOf(loop) !== 0;
}

function planNodes(outputs: usize, count: i32): usize {
  const nodes = nodeCount();
  let image: u64 = programHeader + encodeBytes(count, 0);
  for (let n = 0; n < nodes; n++) {
    image += encodeBytes(inputCount(n), wordCount(n));
    if (canBeConstant(n)) image += <u64>bytesOf(n) + 16;
    if (hasLoops() && isLoop(n)) image += bodyBytes(n);
  }
  const schedule = scheduleBytes(nodes, count);
  const tables = claim(<f64>(schedule + placementBytes(nodes) + image + 64));
  if (tables === 0) return 0;
  openSchedule(tables, nodes);
  placeLeaves(nodes);
  for (let k = 0; hasLoops() && k < givenCount(); k++) setPlace(entryOf(givenAt(k)), givenSpace(k), 0);
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

function setPlace(e: Entry, space: u32, offset: u32): void {
  e.space = space;
  e.offset = offset;
  e.placed = true;
}

/** Places leaves, whose blocks exist before the program runs. */
function placeLeaves(nodes: i32): void {
  for (let n = 0; n < nodes; n++) if (opOf(n) === opLeaf) setPlace(entryOf(n), word(n, 0), word(n, 1));
}

/** Places the first output of every computed block where it must lie; other outputs of a block are copied at the end. */
function placeOutputs(outputs: usize, count: i32): void {
  for (let k = 0; k < count; k++) {
    const output = outputAt(outputs, k);
    entryOf(output.node).live = true;
    const e = entryOf(entryOf(output.node).root);
    output.copy = e.placed || opOf(e.root) === opConstant || isPart(output.node) ? 1 : 0;
    if (elementsOf(output.node) === 0) output.copy = 0;
    if (output.copy === 0) setPlace(e, output.space, output.offset);
  }
}
