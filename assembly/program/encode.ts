// Writes the image of a program: header, units, constants.
//
//   unit: u32 bytes of calls made once, u32 bytes of calls made per tile, u32 elements, u32 unused; then the calls.
//   The call of a unit that is no chain is made once.

import {
  callHeader,
  callSize,
  opConstant,
  operandBytes,
  opReshape,
  programBytes,
  programConstants,
  programEnd,
  programFlops,
  programHeader,
  programInstructions,
  programNodes,
  programScratch,
  programTraffic,
  programUnits,
  spaceConstants,
  spaceScratch,
  unitHeader,
  unitOnce,
  unitTiled,
} from "../abi";
import { push, pushed, pushFrom } from "../graph/call";
import { applyPrepare, flopsOf, hasFlag, runIndex, whole, workspaceOf } from "../graph/contract";
import {
  bytesOf,
  elementsOf,
  extent,
  input,
  inputCount,
  opOf,
  originOf,
  rankOf,
  real,
  typeBytes,
  typeOf,
  word,
  wordCount,
  wordsOf,
} from "../graph/graph";
import { noted } from "../graph/notes";
import { wholeLines } from "../kernels/lanes";
import { fillElements } from "../kernels/strided";
import { claim } from "../memory/engine";
import { Entry, entryOf, isConstant, Output, outputBytes, shiftOf, tileElements, unitAt, unitCount } from "./schedule";

// Slots start 128 bytes apart modulo a page, or all would fall into the same cache sets.
const slotBytes: u32 = tileElements * 8 + 128;

let at: usize = 0; // next byte to write
let tiles: u64 = 0; // offset of the tile slots in scratch
let slotsUsed: i32 = 0;
let freeSlot: i32 = -1; // head of the list of free slots, linked through the nodes that used them
let workspaces: u64 = 0;
let calls: u32 = 0;
let flops: f64 = 0;
let traffic: f64 = 0;

/** Upper bound for the bytes of the calls of a node with these inputs and words. */
export function encodeBytes(inputs: i32, words: i32): u64 {
  const notes: u64 = noted() ? 96 + 128 * <u64>inputs : 0;
  return 320 + 112 * <u64>inputs + 4 * <u64>words + notes;
}

/** Bytes of node n among the constants. */
function constantBytes(n: i32): u32 {
  return (bytesOf(n) + 15) & ~15;
}

/** Writes the program at `image`; returns its bytes, 0 on a fault: the scratch it needs is larger than any memory. */
export function writeProgram(image: usize, nodes: i32, blocks: u64, outputs: usize, count: i32): usize {
  let workspace: u64 = 0;
  let live: u32 = 0;
  let constants: u32 = 0;
  for (let n = 0; n < nodes; n++) {
    const e = entryOf(n);
    if (!e.live) continue;
    live++;
    if (e.unit >= 0) workspace = max(workspace, workspaceOf(opOf(n), n));
    if (!isConstant(n)) continue;
    e.space = spaceConstants;
    e.offset = constants;
    e.placed = true;
    constants += constantBytes(n);
  }
  workspaces = blocks;
  tiles = blocks + wholeLines(workspace);
  slotsUsed = 0;
  calls = 0;
  flops = 0;
  traffic = 0;
  at = image + programHeader;
  for (let u = 0; u < unitCount(); u++) if (unitAt(u).members > 0) writeUnit(u);
  for (let k = 0; k < count; k++) {
    const output = changetype<Output>(outputs + <usize>k * outputBytes);
    if (output.copy !== 0) writeCopy(output);
  }
  const end = <u32>(at - image);
  at = (at + 15) & ~15;
  const constantsAt = <u32>(at - image);
  for (let n = 0; n < nodes; n++) {
    if (!entryOf(n).live || !isConstant(n)) continue;
    if (opOf(n) === opConstant) memory.copy(at, word(n, 0), word(n, 1));
    else fillElements(at, real(n, 0), typeOf(n), elementsOf(n));
    at += constantBytes(n);
  }
  const size = <u32>(at - image);
  const scratch = tiles + <u64>slotsUsed * slotBytes;
  if (scratch > u32.MAX_VALUE) return claim(<f64>scratch); // records the fault
  store<u32>(image, size, programBytes);
  store<u32>(image, programHeader, programUnits);
  store<u32>(image, end, programEnd);
  store<u32>(image, <u32>scratch, programScratch);
  store<f64>(image, flops, programFlops);
  store<f64>(image, traffic, programTraffic);
  store<u32>(image, calls, programInstructions);
  store<u32>(image, live, programNodes);
  store<u32>(image, constantsAt, programConstants);
  return size;
}

/** Adds what the body of a loop, which is pushed as words of a call, does in all its steps. */
export function countBody(program: usize, steps: u32): void {
  traffic += <f64>steps * load<f64>(program, programTraffic);
  calls += load<u32>(program, programInstructions);
}

function writeUnit(u: i32): void {
  const unit = unitAt(u);
  const header = at;
  at += unitHeader;
  if (!unit.chain) writeCall(unit.head, false);
  else {
    openSlots();
    let position: i32 = 0;
    for (let n = unit.head; n >= 0; n = entryOf(n).next) {
      for (let k = 0; k < inputCount(n); k++) {
        const e = entryOf(entryOf(input(n, k)).root);
        e.lastReader = position;
        if (!e.repeated || e.chain === u) continue;
        e.chain = u;
        e.slot = takeSlot();
        writeCall(e.root, false);
      }
      position++;
    }
  }
  const once = <u32>(at - header - unitHeader);
  if (unit.chain) {
    let position: i32 = 0;
    for (let n = unit.head; n >= 0; n = entryOf(n).next) {
      const e = entryOf(n);
      if (!e.placed) e.slot = takeSlot();
      writeCall(n, true);
      for (let k = 0; k < inputCount(n); k++) {
        const source = entryOf(entryOf(input(n, k)).root);
        if (source.unit === u && !source.placed && source.lastReader === position) giveSlot(source);
      }
      position++;
    }
  }
  store<u32>(header, once, unitOnce);
  store<u32>(header, <u32>(at - header - unitHeader) - once, unitTiled);
  store<u32>(header, unit.count, 8);
  store<u32>(header, 0, 12);
}

let slotsOpen: i32 = 0; // slots this chain has taken

function openSlots(): void {
  slotsOpen = 0;
  freeSlot = -1;
}

function takeSlot(): i32 {
  if (freeSlot >= 0) {
    const slot = entryOf(freeSlot).slot;
    freeSlot = entryOf(freeSlot).chain;
    return slot;
  }
  slotsUsed = max(slotsUsed, slotsOpen + 1);
  return slotsOpen++;
}

/** Puts the slot of a node onto the free list, once: lastReader -1 marks a node that its last reader reads twice. */
function giveSlot(e: Entry): void {
  e.lastReader = -1;
  e.chain = freeSlot;
  freeSlot = e.root;
}

function writeOperand(operandAt: usize, space: u32, offset: u32, advance: u32): void {
  store<u16>(operandAt, <u16>(space << 2));
  store<u16>(operandAt, <u16>advance, 2);
  store<u32>(operandAt, offset, 4);
}

/** Writes the operand of node n; `advance` says whether the start of a range moves it. */
function writeBlock(operandAt: usize, n: i32, advance: bool): void {
  const e = entryOf(entryOf(n).root);
  if (e.placed) {
    writeOperand(operandAt, e.space, e.offset + shiftOf(n), advance ? typeBytes(typeOf(n)) : 0);
    traffic += <f64>bytesOf(n);
  } else writeOperand(operandAt, spaceScratch, <u32>tiles + e.slot * slotBytes, 0);
}

function openCall(op: i32, inputType: i32, outputType: i32, operands: i32, elements: u32): usize {
  const call = at;
  store<u8>(call, <u8>op);
  store<u8>(call, <u8>inputType, 1);
  store<u8>(call, <u8>outputType, 2);
  store<u8>(call, <u8>operands, 3);
  store<u32>(call, elements, 8);
  store<u32>(call, runIndex(op), 12);
  pushFrom(call + callHeader + <usize>operands * operandBytes);
  calls++;
  return call;
}

function closeCall(call: usize): void {
  at = (pushed() + 7) & ~7;
  store<u32>(call, <u32>(at - call), callSize);
}

/** True if a node has a block, not only a slot of its chain. */
function isPlaced(n: i32): bool {
  return entryOf(entryOf(n).root).placed;
}

/** Begins the notes of a call, behind its words. */
function openNotes(n: i32, callFlops: f64, blocks: i32): usize {
  const notes = (pushed() + 7) & ~7;
  store<f64>(notes, callFlops);
  pushFrom(notes + 8);
  push(originOf(n) | (blocks << 16));
  return notes;
}

function noteBlock(n: i32, placed: bool): void {
  push(typeOf(n) | (rankOf(n) << 8) | ((<i32>placed) << 16));
  for (let axis = 0; axis < rankOf(n); axis++) push(extent(n, axis));
}

/** Writes the offset of the notes as the last word of the call. */
function closeNotes(call: usize, notes: usize): void {
  if ((pushed() & 7) === 0) push(0);
  push(<u32>(notes - call));
}

function writeCall(n: i32, tiled: bool): void {
  const op = opOf(n);
  const inputs = inputCount(n);
  const workspace = workspaceOf(op, n) > 0;
  const inputType = inputs > 0 ? typeOf(input(n)) : typeOf(n);
  const call = openCall(op, inputType, typeOf(n), 1 + inputs + (workspace ? 1 : 0), elementsOf(n));
  writeBlock(call + callHeader, n, tiled);
  const advance = tiled && !hasFlag(op, whole);
  for (let k = 0; k < inputs; k++) writeBlock(call + callHeader + <usize>(k + 1) * operandBytes, input(n, k), advance);
  if (workspace) writeOperand(call + callHeader + <usize>(inputs + 1) * operandBytes, spaceScratch, <u32>workspaces, 0);
  if (!applyPrepare(op, n)) for (let k = 0; k < wordCount(n); k++) push(load<u32>(wordsOf(n) + ((<usize>k) << 2)));
  let own = flopsOf(op, n);
  if (own < 0) own = elementsOf(n);
  flops += own;
  if (noted()) {
    const notes = openNotes(n, own, 1 + inputs);
    noteBlock(n, isPlaced(n));
    for (let k = 0; k < inputs; k++) noteBlock(input(n, k), isPlaced(input(n, k)));
    closeNotes(call, notes);
  }
  closeCall(call);
}

function writeCopy(output: Output): void {
  const n = output.node;
  const header = at;
  at += unitHeader;
  const call = openCall(opReshape, typeOf(n), typeOf(n), 2, elementsOf(n));
  writeOperand(call + callHeader, output.space, output.offset, 0);
  traffic += <f64>bytesOf(n);
  writeBlock(call + callHeader + operandBytes, n, false);
  if (noted()) {
    const notes = openNotes(n, 0, 2);
    noteBlock(n, true);
    noteBlock(n, true);
    closeNotes(call, notes);
  }
  closeCall(call);
  store<u32>(header, <u32>(at - header - unitHeader), unitOnce);
  store<u32>(header, 0, unitTiled);
  store<u32>(header, elementsOf(n), 8);
  store<u32>(header, 0, 12);
}
