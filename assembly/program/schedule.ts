// Cuts a graph into units. Unused nodes are dropped and aliases replaced by their source; the rest is cut into units that run
// one after the other. A unit is one call, or a chain: elementwise ops over equally many elements, which run together tile by
// tile, so that intermediate values stay in the cache.

import { opBroadcastTo, opConstant, opFill, opLeaf, opPart, spaceConstants, takeRows } from "../abi";
import { alias, hasFlag, pointwise, whole } from "../graph/contract";
import { bytesOf, elementsOf, extent, input, inputCount, opOf, rankOf, word, wordsOf } from "../graph/graph";
import { hasLoops, isLoop, partOffset } from "../graph/loop";
import { givenAt, givenCount } from "./given";

/** Elements of a tile: 4 KiB of f32, so that the tiles of a chain fit into the first-level cache. */
export const tileElements: u32 = 1024;

/** Most elements of a fill that is stored among the constants: a call in every run takes longer (XOR 1.05x). */
const shortFill: u32 = 64;

const chainLimit: i32 = 64; // members of one chain
const openLimit: i32 = 16; // chains that can wait at once

/** An output of the program: a node and where it must lie. */
@unmanaged
export class Output {
  node: i32;
  space: i32;
  offset: u32;
  copy: i32; // 0, or 1 + the unit that copies it there
}
export const outputBytes: usize = 16;

/** Data of the planner about a node. */
@unmanaged
export class Entry {
  root: i32; // the node whose block it uses: itself, or the source of an alias
  live: bool;
  repeated: bool; // the same in every tile, computed once in each chain that reads it
  escapes: bool; // read outside its unit, or an output
  placed: bool; // has its (space, offset)
  unit: i32;
  lastUnit: i32; // last unit that reads it
  next: i32; // next member of its chain
  lastReader: i32; // position in the chain of its last reader
  slot: i32; // tile slot
  chain: i32; // chain for which slot is valid
  space: u32;
  offset: u32;
  host: i32; // 1 + the node whose block it takes over, or 0
  given: bool; // read by the body of a loop, and not computed in it
}

/** A unit: its first node and, while a chain is open, its last. */
@unmanaged
export class Unit {
  head: i32;
  tail: i32;
  members: i32;
  chain: bool;
  count: u32;
}

let entries: usize = 0;
let units: usize = 0;
let unitTotal: i32 = 0;
let open: usize = 0; // chains that can still grow, as Units
let openTotal: i32 = 0;

export const entryBytes: usize = 48;
export const unitBytes: usize = 20;

export function entryOf(n: i32): Entry {
  return changetype<Entry>(entries + <usize>n * entryBytes);
}

export function unitAt(u: i32): Unit {
  return changetype<Unit>(units + <usize>u * unitBytes);
}

export function unitCount(): i32 {
  return unitTotal;
}

/** Bytes of tables for scheduling this number of nodes. */
export function scheduleBytes(nodes: i32, outputs: i32): u64 {
  return <u64>nodes * (entryBytes + unitBytes) + <u64>(outputs + openLimit + 1) * unitBytes;
}

/** Clears the tables at `address`. */
export function openSchedule(address: usize, nodes: i32): void {
  entries = address;
  open = entries + <usize>nodes * entryBytes;
  units = open + <usize>openLimit * unitBytes;
  unitTotal = 0;
  openTotal = 0;
  memory.fill(entries, 0, <usize>nodes * entryBytes);
  for (let k = 0; hasLoops() && k < givenCount(); k++) entryOf(givenAt(k)).given = true;
  for (let n = 0; n < nodes; n++) {
    const e = entryOf(n);
    e.root = hasFlag(opOf(n), alias) && !isGiven(e) ? entryOf(input(n)).root : n;
    e.unit = -1;
    e.lastUnit = -1;
    e.chain = -1;
  }
}

/** True if the body of a loop reads a node and does not compute it. */
function isGiven(e: Entry): bool {
  return hasLoops() && e.given;
}

/** Bytes from the start of the block that node n uses to its own: n may be a part of the results of a loop. */
export function shiftOf(n: i32): u32 {
  let shift: u32 = 0;
  for (; hasLoops() && n !== entryOf(n).root; n = input(n)) {
    if (opOf(n) !== opPart) continue;
    if (word(n, 0) === takeRows) shift += word(n, 1) * (bytesOf(n) / extent(n, 0));
    else shift += <u32>partOffset(wordsOf(input(n)), word(n, 0), word(n, 1));
  }
  return shift;
}

/** True if n is a part of the results of a loop. */
export function isPart(n: i32): bool {
  return hasLoops() && n !== entryOf(n).root && isLoop(entryOf(n).root);
}

/** Marks the nodes that the outputs, which are already marked, depend on, and the repeated values that stay inside chains. */
export function markLive(nodes: i32): void {
  for (let n = nodes - 1; n >= 0; n--) {
    if (!entryOf(n).live || isGiven(entryOf(n))) continue;
    for (let k = 0; k < inputCount(n); k++) entryOf(input(n, k)).live = true;
  }
  for (let n = 0; n < nodes; n++) {
    const e = entryOf(n);
    const same = opOf(n) === opFill || (opOf(n) === opBroadcastTo && repeatsInTiles(n));
    e.repeated = same && !e.placed && !isConstant(n);
  }
  for (let n = 0; n < nodes; n++) {
    if (!entryOf(n).live || isStill(n)) continue;
    const inChain = hasFlag(opOf(n), pointwise) && !hasFlag(opOf(n), whole);
    if (!inChain) for (let k = 0; k < inputCount(n); k++) entryOf(entryOf(input(n, k)).root).repeated = false;
  }
}

/** True if a broadcast has the same elements in every tile: one value, or a row, as a bias, of which a tile holds a whole number. */
function repeatsInTiles(n: i32): bool {
  const a = input(n);
  const lead = rankOf(n) - rankOf(a);
  let row: u32 = 1;
  for (let axis = rankOf(a) - 1; axis >= 0 && extent(a, axis) === extent(n, axis + lead); axis--)
    row *= extent(a, axis);
  return row === elementsOf(a) && row > 0 && tileElements % row === 0;
}

/** True if a node can lie among the constants of the program: data, or a short fill. */
export function canBeConstant(n: i32): bool {
  return opOf(n) === opConstant || (opOf(n) === opFill && elementsOf(n) <= shortFill);
}

/** True if a node lies among the constants, and not where an output must. */
export function isConstant(n: i32): bool {
  return canBeConstant(n) && entryOf(n).space === spaceConstants;
}

/** True if no unit computes a node: leaves, constants and aliases. */
function isStill(n: i32): bool {
  return opOf(n) === opLeaf || isConstant(n) || hasFlag(opOf(n), alias) || isGiven(entryOf(n));
}

/** Cuts the live nodes into units. */
export function cutUnits(nodes: i32): void {
  for (let n = 0; n < nodes; n++) {
    const e = entryOf(n);
    if (!e.live || isStill(n) || e.repeated || elementsOf(n) === 0) continue;
    if (hasFlag(opOf(n), pointwise)) join(n);
    else {
      for (let k = 0; k < inputCount(n); k++) closeChainOf(n, k);
      const unit = unitAt(unitTotal);
      unit.head = n;
      unit.tail = n;
      unit.members = 1;
      unit.chain = false;
      unit.count = elementsOf(n);
      e.unit = unitTotal++;
      e.next = -1;
    }
  }
  while (openTotal > 0) closeChain(0);
}

/** Adds a unit that copies `n`, for an output whose block lies elsewhere; returns it. */
export function addCopy(n: i32): i32 {
  const unit = unitAt(unitTotal);
  unit.head = n;
  unit.tail = n;
  unit.members = 0;
  unit.chain = false;
  unit.count = elementsOf(n);
  return unitTotal++;
}

function openChain(k: i32): Unit {
  return changetype<Unit>(open + <usize>k * unitBytes);
}

/** Closes the open chain, if any, that computes input k of n, or the source of that input if it is repeated. */
function closeChainOf(n: i32, k: i32): void {
  let node = entryOf(input(n, k)).root;
  if (entryOf(node).repeated) {
    if (inputCount(node) === 0) return;
    node = entryOf(input(node)).root;
  }
  const count = elementsOf(node);
  if (entryOf(node).unit >= 0 || isStill(node)) return;
  for (let c = 0; c < openTotal; c++) {
    if (openChain(c).count !== count) continue;
    closeChain(c);
    return;
  }
}

/** Appends a pointwise node to the open chain of its number of elements. */
function join(n: i32): void {
  const count = elementsOf(n);
  const readsWhole = hasFlag(opOf(n), whole);
  for (let k = 0; k < inputCount(n); k++) {
    const source = entryOf(entryOf(input(n, k)).root);
    if (readsWhole || source.repeated || elementsOf(input(n, k)) !== count) closeChainOf(n, k);
  }
  let at: i32 = 0;
  while (at < openTotal && openChain(at).count !== count) at++;
  if (at < openTotal && openChain(at).members === chainLimit) {
    closeChain(at);
    at = openTotal;
  }
  if (at === openTotal) {
    if (openTotal === openLimit) closeChain(0);
    at = openTotal++;
    const fresh = openChain(at);
    fresh.head = n;
    fresh.members = 0;
    fresh.chain = true;
    fresh.count = count;
  } else entryOf(openChain(at).tail).next = n;
  const chain = openChain(at);
  chain.tail = n;
  chain.members++;
  entryOf(n).next = -1;
}

function closeChain(at: i32): void {
  memory.copy(units + <usize>unitTotal * unitBytes, open + <usize>at * unitBytes, unitBytes);
  for (let n = unitAt(unitTotal).head; n >= 0; n = entryOf(n).next) entryOf(n).unit = unitTotal;
  unitTotal++;
  openTotal--;
  memory.copy(open + <usize>at * unitBytes, open + <usize>(at + 1) * unitBytes, <usize>(openTotal - at) * unitBytes);
}
