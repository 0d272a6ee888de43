// The notes that a call of a program carries, if they were wanted when it was planned: see assembly/graph/notes.ts.

import * as abi from "../assembly/abi.js";
import { wordAt } from "./addresses.js";
import { opName, typeNames } from "./errors.js";

/** An operand of a call. @internal */
export interface Block {
  readonly dtype: (typeof typeNames)[number];
  readonly shape: readonly number[];
  /** Whether it lies in memory whole, and not tile by tile. */
  readonly placed: boolean;
}

/** Address of the notes of a call. @internal */
export function notesOf(ints: Int32Array, call: number): number {
  const size = ints[wordAt(call + abi.callSize)] as number;
  return call + (ints[wordAt(call + size) - 1] as number);
}

/** The output of a call, then its inputs. @internal */
export function blocksOf(ints: Int32Array, call: number): Block[] {
  const notes = notesOf(ints, call);
  let at = wordAt(notes + abi.noteBlocks);
  return Array.from({ length: (ints[wordAt(notes + abi.noteOrigin)] as number) >>> 16 }, () => {
    const word = ints[at++] as number;
    const rank = (word >> 8) & 255;
    at += rank;
    return {
      dtype: typeNames[word & 255] as Block["dtype"],
      shape: [...ints.subarray(at - rank, at)],
      placed: word >> 16 !== 0,
    };
  });
}

/** Name of the op of a call. @internal */
export function opOf(ints: Int32Array, call: number): string {
  return opName((ints[wordAt(call)] as number) & 255);
}

/** A call for sentences: "matmul of [32, 2] and [2, 8]". @internal */
export function describeCall(ints: Int32Array, call: number): string {
  const [output, ...inputs] = blocksOf(ints, call).map(({ shape }) => `[${shape.join(", ")}]`);
  return `${opOf(ints, call)} ${inputs.length ? `of ${inputs.join(" and ")}` : `to ${output}`}`;
}
