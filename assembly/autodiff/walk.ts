// A walk over the graph: its tables, and what it does at a node. The derivative of a loop walks over its body during the walk
// around it.

import { derived } from "../abi";
import { applyDerivative, differentiable } from "../graph/contract";
import { cotangentBytes, cotangentOf, isWanted, lastPart, openCotangents, useCotangents } from "../graph/cotangents";
import { inputCount, nodeCount, opOf, originOf } from "../graph/graph";
import { noted, setOrigin } from "../graph/notes";
import { claim } from "../memory/engine";
import { freeRegion } from "../memory/regions";
import { addParts, openParts, partBytes } from "./parts";

let tables: usize = 0;
let size: usize = 0; // nodes of the tables

/** Opens a walk over all nodes; returns the address of the bytes that mark what is wanted, 0 on a fault. */
export function openWalk(): usize {
  size = nodeCount();
  tables = claim(<f64>(cotangentBytes + partBytes) * <f64>size);
  if (tables === 0) return 0;
  openParts(tables, size);
  return openCotangents(tables + partBytes * size, size);
}

export function closeWalk(): void {
  freeRegion(tables);
}

/** Tables of the open walk, and nodes that they have an entry for. */
export function walkTables(): usize {
  return tables;
}
export function walkSize(): usize {
  return size;
}

/** Continues a walk that was open before another. */
export function resumeWalk(before: usize, nodes: usize): void {
  tables = before;
  size = nodes;
  openParts(tables, size);
  useCotangents(tables + partBytes * size, size);
}

/** Adds the cotangents of the parts of node n to its own. */
export function joinParts(n: i32): void {
  if (lastPart(n) < 0) return;
  if (noted()) setOrigin(originOf(lastPart(n)) | derived);
  addParts(n);
}

/** Adds what the cotangent of node n gives to the cotangents of its inputs. */
export function visit(n: i32): void {
  joinParts(n);
  const g = cotangentOf(n);
  if (g < 0 || inputCount(n) === 0 || !isWanted(n)) return;
  if (noted()) setOrigin(originOf(n) | derived);
  if (differentiable(opOf(n))) applyDerivative(opOf(n), n, g);
}
