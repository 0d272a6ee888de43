// The graph's values without a plan: every node alone, whole, in the order of the graph, in memory of its own.

import { callHeader, f32Type, opConstant, operandBytes, opLeaf, spaceResults } from "../../../assembly/abi";
import { push, pushFrom } from "../../../assembly/graph/call";
import { alias, applyPrepare, hasFlag, runIndex, workspaceOf } from "../../../assembly/graph/contract";
import {
  bytesOf,
  elementsOf,
  input,
  inputCount,
  nodeCount,
  opOf,
  typeOf,
  word,
  wordCount,
  wordsOf,
} from "../../../assembly/graph/graph";
import { setBase } from "../../../assembly/memory/engine";
import { allocateRegion, freeRegion } from "../../../assembly/memory/regions";

const CALL = memory.data(8192, 16);

let region: usize = 0;
let addresses: usize = 0;

/** Address of the value of n, after evaluate. */
export function valueAt(n: i32): usize {
  return load<u32>(addresses + ((<usize>n) << 2));
}

/** Element i of the value of n, as a real. */
export function elementOf(n: i32, i: usize = 0): f64 {
  return typeOf(n) === f32Type ? <f64>load<f32>(valueAt(n) + (i << 2)) : load<f64>(valueAt(n) + (i << 3));
}

function storeOperand(k: usize, address: usize, space: i32): void {
  store<u16>(CALL + callHeader + k * operandBytes, <u16>(space << 2));
  store<u16>(CALL + callHeader + k * operandBytes, 0, 2);
  store<u32>(CALL + callHeader + k * operandBytes, <u32>address, 4);
}

function runAlone(n: i32, out: usize, workspace: usize): void {
  const op = opOf(n);
  const inputs = inputCount(n);
  memory.fill(CALL, 0, 8192);
  store<u8>(CALL, <u8>op);
  store<u8>(CALL, <u8>(inputs > 0 ? typeOf(input(n)) : typeOf(n)), 1);
  store<u8>(CALL, <u8>typeOf(n), 2);
  store<u8>(CALL, <u8>(2 + inputs), 3);
  store<u32>(CALL, elementsOf(n), 8);
  storeOperand(0, out, spaceResults);
  for (let k = 0; k < inputs; k++) storeOperand(1 + k, valueAt(input(n, k)), spaceResults);
  storeOperand(1 + inputs, workspace, spaceResults);
  pushFrom(CALL + callHeader + <usize>(2 + inputs) * operandBytes);
  if (!applyPrepare(op, n)) for (let k = 0; k < wordCount(n); k++) push(load<u32>(wordsOf(n) + ((<usize>k) << 2)));
  call_indirect<void>(runIndex(op), CALL, <u32>0, elementsOf(n));
}

/** Computes every node; leaves lie in `block`. */
export function evaluate(block: usize): void {
  const nodes = nodeCount();
  let bytes: usize = ((<usize>nodes) << 2) + 64;
  let workspace: usize = 64;
  for (let n = 0; n < nodes; n++) {
    bytes += ((<usize>bytesOf(n) + 63) & ~63) + 64;
    workspace = max(workspace, <usize>workspaceOf(opOf(n), n));
  }
  freeRegion(region);
  region = allocateRegion(bytes + workspace);
  addresses = region;
  let at = (region + ((<usize>nodes) << 2) + 63) & ~63;
  setBase(spaceResults, 0); // so that an offset is an address
  for (let n = 0; n < nodes; n++) {
    let own = at;
    if (opOf(n) === opLeaf) own = block + word(n, 1);
    else if (opOf(n) === opConstant) own = word(n, 0);
    else if (hasFlag(opOf(n), alias)) own = valueAt(input(n));
    else {
      if (elementsOf(n) > 0) runAlone(n, at, region + bytes);
      at += ((<usize>bytesOf(n) + 63) & ~63) + 64;
    }
    store<u32>(addresses + ((<usize>n) << 2), <u32>own);
  }
}

/** Elements of type `type` that differ between two places; all NaN are one. */
export function differences(a: usize, b: usize, count: u32, type: i32): i32 {
  let wrong = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    if (type === 1) {
      const x = load<f64>(a + (i << 3));
      const y = load<f64>(b + (i << 3));
      if (load<u64>(a + (i << 3)) !== load<u64>(b + (i << 3)) && (x === x || y === y)) wrong++;
    } else {
      const x = load<f32>(a + (i << 2));
      const y = load<f32>(b + (i << 2));
      const bits = load<u32>(a + (i << 2)) !== load<u32>(b + (i << 2));
      if (bits && (type !== f32Type || x === x || y === y)) wrong++;
    }
  }
  return wrong;
}
