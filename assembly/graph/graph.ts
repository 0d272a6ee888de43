// The graph: nodes are indices into one array of records; inputs, extents and attribute words lie in a pool behind it.
// One graph exists at a time: tracing, differentiating and planning work on it, then it is freed as a whole. A node equal to
// an earlier one (same op, inputs, shape and words) is not appended: a hash table finds the earlier node.

import { f64Type, u8Type } from "../abi";
import { claim } from "../memory/engine";
import { freeRegion } from "../memory/regions";
import { origin } from "./notes";

@unmanaged
export class Node {
  op: u8;
  type: u8;
  rank: u8;
  inputs: u8;
  words: u16;
  origin: u16; // see notes; not compared
  pool: u32; // first of its pool words: inputs, extents, attribute words
  hash: u32;
  elements: u32;
}

const nodeBytes: usize = 20;
const poolWordsPerNode: u32 = 20;

let region: usize = 0;
let capacity: u32 = 0;
let count: u32 = 0;
let poolUsed: u32 = 0;
let nodes: usize = 0;
let pool: usize = 0;
let table: usize = 0; // 2 x capacity slots of node + 1

export function nodeCount(): i32 {
  return <i32>count;
}

/** Starts an empty graph; returns false on a fault: no memory. */
export function openGraph(): bool {
  if (region === 0) return grow(1024);
  count = 0;
  poolUsed = 0;
  memory.fill(table, 0, (<usize>capacity) << 3);
  return true;
}

export function closeGraph(): void {
  freeRegion(region);
  region = 0;
  capacity = 0;
  count = 0;
  poolUsed = 0;
}

function grow(wanted: u32): bool {
  const larger = claim(<f64>wanted * <f64>(nodeBytes + 4 * poolWordsPerNode + 8));
  if (larger === 0) return false;
  const newPool = larger + <usize>wanted * nodeBytes;
  const newTable = newPool + 4 * poolWordsPerNode * wanted;
  memory.copy(larger, nodes, <usize>count * nodeBytes);
  memory.copy(newPool, pool, poolUsed << 2);
  memory.fill(newTable, 0, (<usize>wanted) << 3);
  freeRegion(region);
  region = larger;
  nodes = larger;
  pool = newPool;
  table = newTable;
  capacity = wanted;
  for (let n: u32 = 0; n < count; n++) insert(n, nodeAt(n).hash);
  return true;
}

function nodeAt(n: u32): Node {
  return changetype<Node>(nodes + <usize>n * nodeBytes);
}

function insert(n: u32, hash: u32): void {
  const mask = 2 * capacity - 1;
  let slot = hash & mask;
  while (load<u32>(table + (slot << 2)) !== 0) slot = (slot + 1) & mask;
  store<u32>(table + (slot << 2), n + 1);
}

/** Makes room for one more node with this many pool words. */
export function reserveNode(words: u32): bool {
  if (count < capacity && poolUsed + words <= capacity * poolWordsPerNode) return true;
  return grow(capacity * 2);
}

/** Address at which the pool words of the next node are written. */
export function nextPool(): usize {
  return pool + (poolUsed << 2);
}

/** Appends the node whose pool words are at nextPool(), or returns an equal node. */
export function appendNode(op: i32, type: i32, rank: i32, inputs: i32, words: i32, elements: u32): i32 {
  const total = <u32>(inputs + rank + words);
  const from = nextPool();
  let hash: u32 = 2166136261; // FNV-1a over words (Fowler, Noll, Vo)
  hash = (hash ^ <u32>(op | (type << 8) | (rank << 16) | (inputs << 24))) * 16777619;
  for (let i: u32 = 0; i < total; i++) hash = (hash ^ load<u32>(from + (i << 2))) * 16777619;
  hash ^= hash >> 15;
  const mask = 2 * capacity - 1;
  let slot = hash & mask;
  while (true) {
    const held = load<u32>(table + (slot << 2));
    if (held === 0) break;
    const other = nodeAt(held - 1);
    if (
      other.hash === hash &&
      other.op === <u8>op &&
      other.type === <u8>type &&
      other.rank === <u8>rank &&
      other.inputs === <u8>inputs &&
      other.words === <u16>words &&
      memory.compare(pool + (other.pool << 2), from, total << 2) === 0
    )
      return <i32>(held - 1);
    slot = (slot + 1) & mask;
  }
  store<u32>(table + (slot << 2), count + 1);
  const node = nodeAt(count);
  node.op = <u8>op;
  node.type = <u8>type;
  node.rank = <u8>rank;
  node.inputs = <u8>inputs;
  node.words = <u16>words;
  node.origin = <u16>origin();
  node.pool = poolUsed;
  node.hash = hash;
  node.elements = elements;
  poolUsed += total;
  count++;
  return <i32>count - 1;
}

/** Appends an attribute word to a node, whose words move to the end of the pool; returns false on a fault. */
export function appendWord(n: i32, value: i32): bool {
  const total = <u32>(inputCount(n) + rankOf(n) + wordCount(n));
  if (!reserveNode(total + 1)) return false;
  const node = nodeAt(n);
  memory.copy(nextPool(), pool + (node.pool << 2), total << 2);
  node.pool = poolUsed;
  node.words++;
  poolUsed += total + 1;
  setWord(n, wordCount(n) - 1, value);
  return true;
}

export function setWord(n: i32, k: i32, value: i32): void {
  store<i32>(wordsOf(n) + (k << 2), value);
}

/** Sets the length of a node of one axis. */
export function setLength(n: i32, elements: u32): void {
  const node = nodeAt(n);
  node.elements = elements;
  store<u32>(pool + ((node.pool + node.inputs) << 2), elements);
}

export function opOf(n: i32): i32 {
  return nodeAt(n).op;
}

/** Origin of a node: see notes. */
export function originOf(n: i32): u32 {
  return nodeAt(n).origin;
}

export function typeOf(n: i32): i32 {
  return nodeAt(n).type;
}

export function isFloat(n: i32): bool {
  return typeOf(n) <= f64Type;
}

/** Bytes of one element of a type. */
export function typeBytes(type: i32): u32 {
  return type === f64Type ? 8 : type === u8Type ? 1 : 4;
}

export function rankOf(n: i32): i32 {
  return nodeAt(n).rank;
}

export function elementsOf(n: i32): u32 {
  return nodeAt(n).elements;
}

export function bytesOf(n: i32): u32 {
  return elementsOf(n) * typeBytes(typeOf(n));
}

export function inputCount(n: i32): i32 {
  return nodeAt(n).inputs;
}

export function input(n: i32, k: i32 = 0): i32 {
  return load<i32>(pool + ((nodeAt(n).pool + k) << 2));
}

export function extent(n: i32, axis: i32): i32 {
  const node = nodeAt(n);
  return load<i32>(pool + ((node.pool + node.inputs + axis) << 2));
}

export function wordCount(n: i32): i32 {
  return nodeAt(n).words;
}

/** Address of the attribute words. */
export function wordsOf(n: i32): usize {
  const node = nodeAt(n);
  return pool + ((node.pool + node.inputs + node.rank) << 2);
}

export function word(n: i32, k: i32): i32 {
  return load<i32>(wordsOf(n) + (k << 2));
}

/** Returns the f64 attribute in words k and k + 1. */
export function real(n: i32, k: i32): f64 {
  return load<f64>(wordsOf(n) + (k << 2));
}

export function sameShape(a: i32, b: i32): bool {
  if (rankOf(a) !== rankOf(b)) return false;
  for (let i = 0; i < rankOf(a); i++) if (extent(a, i) !== extent(b, i)) return false;
  return true;
}
