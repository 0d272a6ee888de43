// Reads the notes that calls carry in a program planned with notes: see assembly/graph/notes.ts.

import * as abi from "../../assembly/abi.js";
import { opName } from "../values/errors.js";
import { wordAt } from "./addresses.js";

/** Address of the notes of a call. @internal */
export function notesOf(ints: Int32Array, call: number): number {
  return call + (ints[wordAt(call + (ints[wordAt(call + abi.callSize)] as number)) - 1] as number);
}

/** Blocks of a call, output first: type | rank << 8 | (1 if it has a block) << 16, followed by the extents. @internal */
export function blocksOf(ints: Int32Array, call: number): Int32Array[] {
  let at = wordAt(notesOf(ints, call) + abi.noteOrigin);
  const length = (ints[at++] as number) >>> 16;
  return Array.from({ length }, () => {
    const from = at;
    at += 1 + ((ints[at] as number) & 0xff00) / 256;
    return ints.subarray(from, at);
  });
}

/** Name of the op of a call. @internal */
export function opOf(ints: Int32Array, call: number): string {
  return opName((ints[wordAt(call)] as number) & 255);
}

/** Description of a call for error messages. @internal */
export function describeCall(ints: Int32Array, call: number): string {
  const shapes = blocksOf(ints, call).map((block) => `[${block.slice(1).join(", ")}]`);
  return `${opOf(ints, call)}, output and inputs ${shapes.join(", ")}`;
}
