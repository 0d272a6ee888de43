// Reverse-mode differentiation as a walk over the graph that emits the derivative's nodes into the same graph
// (Linnainmaa 1970; Griewank and Walther, Evaluating Derivatives, 2008, ch. 3). A derivative is a graph like any
// other and can be differentiated again, which gives Hessians and Hessian-vector products.

import { faultScalar } from "../abi";
import { accumulateNode, cotangentOf } from "../graph/cotangents";
import { elementsOf, input, inputCount, isFloat, opOf } from "../graph/graph";
import { noted, origin, setOrigin } from "../graph/notes";
import { broadcastLike, fill } from "../graph/vocabulary";
import { faulted, refuse } from "../memory/engine";
import { closeWalk, openWalk, visit } from "./walk";

/**
 * Replaces `count` nodes (i32 list at `nodes`) by their cotangents for the cotangent `seed` of y. Seed -1 means 1, for which
 * y must have one element. Returns false on a fault.
 */
export function reverse(y: i32, seed: i32, nodes: usize, count: i32): bool {
  if (seed < 0 && elementsOf(y) !== 1) {
    return refuse(faultScalar, opOf(y), y);
  }
  const dependent = openWalk();
  if (dependent === 0) return false;
  for (let i = 0; i < count; i++) store<u8>(dependent + load<i32>(nodes + (i << 2)), 1);
  for (let n = 0; n <= y; n++) {
    if (!isFloat(n)) continue;
    for (let k = 0; k < inputCount(n); k++) if (load<u8>(dependent + input(n, k)) !== 0) store<u8>(dependent + n, 1);
  }
  const before = origin();
  accumulateNode(y, seed >= 0 ? seed : broadcastLike(fill(1, y), y));
  for (let n = y; n >= 0; n--) visit(n);
  if (noted()) setOrigin(before);
  for (let i = 0; i < count; i++) {
    const slot = nodes + (i << 2);
    const node = load<i32>(slot);
    const held = cotangentOf(node);
    store<i32>(slot, held >= 0 ? held : broadcastLike(fill(0, node), node));
  }
  closeWalk();
  return !faulted();
}
