// Lists the calls of a planned program in order, read from the image that the core runs.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { blocksOf, notesOf, opOf } from "../engine/calls.js";
import type { Engine, Inspector } from "../engine/engine.js";
import { solversOf } from "../engine/featureSets.js";
import { inPlaceLimit } from "../tensors/sources.js";
import type { Program } from "../tensors/trace.js";
import { bytesOf, elementCount } from "../values/arrays.js";
import { typeNames } from "../values/contract.js";

const spaces = [
  "constants",
  "scratch",
  "arguments",
  "results",
  "parameters",
  "gradients",
  "state",
  "nextState",
] as const satisfies readonly ExplainedSpace[];

/**
 * A space of memory. Arguments of compiled functions have one each, as they may lie anywhere in the engine; so does every
 * trainer whose weights a function reads.
 */
export type ExplainedSpace =
  | "constants"
  | "scratch"
  | "arguments"
  | "results"
  | "parameters"
  | "gradients"
  | "state"
  | "nextState"
  | `argument${number}`
  | `trainer${number}`;

function spaceName(space: number): ExplainedSpace {
  const k = space - abi.spaceInputs;
  if (k < 0) return spaces[space] as ExplainedSpace;
  return k < inPlaceLimit ? `argument${k}` : `trainer${abi.spaceInputLimit - 1 - k}`;
}

/** Array that an op reads or writes. */
export interface ExplainedArray {
  /** Element type. */
  readonly dtype: "f32" | "f64" | "i32" | "u8";
  /** Extent of each axis. */
  readonly shape: readonly number[];
  /** Memory space of its block. Scratch is shared by all programs of an engine. */
  readonly space: ExplainedSpace;
  /** Bytes from the start of the space. */
  readonly offset: number;
  /**
   * True if it exists only one tile at a time, in scratch small enough for the cache, as all its readers are fused with
   * it.
   */
  readonly tile: boolean;
}

/** Op of a program. */
export interface ExplainedOp {
  /** Name of the tensor method, such as "matmul". */
  readonly name: string;
  /** Dotted name of its layer, as in parameter names; "model" outside of layers; "loss"; or null if there is no model. */
  readonly layer: string | null;
  /** True if it computes a derivative. */
  readonly backward: boolean;
  /** Array it writes. */
  readonly output: ExplainedArray;
  /** Arrays it reads. */
  readonly inputs: readonly ExplainedArray[];
  /** Bytes of memory read and written, without arrays that are tiles. */
  readonly bytes: number;
  /** Floating-point operations. */
  readonly flops: number;
}

/** Op with the addresses of its unit and its call. @internal */
export interface ListedOp extends ExplainedOp {
  readonly unit: number;
  readonly call: number;
}

/** Ops of a program that was planned with notes. @internal */
export function listOps(engine: Engine, program: Program, parts: readonly string[]): ListedOp[] {
  const { ints, doubles } = engine;
  const { address } = program;
  const end = address + engine.word(address + abi.programEnd);
  const ops: ListedOp[] = [];
  let unit = address + engine.word(address + abi.programUnits);
  while (unit < end) {
    let call = unit + abi.unitHeader;
    const next = call + engine.word(unit + abi.unitOnce) + engine.word(unit + abi.unitTiled);
    for (; call < next; call += engine.word(call + abi.callSize)) {
      const notes = notesOf(ints, call);
      const origin = engine.word(notes + abi.noteOrigin) & 0xffff;
      const [output, ...inputs] = blocksOf(ints, call).map(([word = 0, ...shape], k): ExplainedArray => {
        const at = call + abi.callHeader + k * abi.operandBytes;
        const space = spaceName((engine.word(at) & 0xffff) / 4);
        const dtype = typeNames[word & 255] as ExplainedArray["dtype"];
        return { dtype, shape, space, offset: engine.word(at + 4), tile: word < 0x10000 };
      });
      const moved = [output as ExplainedArray, ...inputs].filter(({ tile }) => !tile);
      ops.push({
        name: opOf(ints, call),
        layer: parts[(origin & ~abi.derived) - 1] ?? null,
        backward: (origin & abi.derived) !== 0,
        output: output as ExplainedArray,
        inputs,
        bytes: moved.reduce((sum, { dtype, shape }) => sum + bytesOf(dtype, elementCount(shape)), 0),
        flops: doubles[doubleAt(notes)] as number,
        unit,
        call,
      });
    }
    unit = next;
  }
  return ops;
}

/**
 * Runs `body` while programs are planned with notes; its arguments are the programs planned so far, and names of parts. Calls
 * `entered` for each part that tracing enters. With `keepInputs` no call writes over its inputs, so that they can be read after it, or the call be repeated.
 * @internal
 */
export function annotated<T>(
  where: string,
  engine: Engine,
  keepInputs: boolean,
  body: (programs: readonly Program[], parts: readonly string[]) => T,
  entered?: Inspector["entered"],
): T {
  solversOf(where, engine, "annotate", where);
  const programs: Program[] = [];
  const parts: string[] = [];
  const setPart = (part: number): void => engine.call((core) => core.setPart(part));
  engine.call((core) => core.annotate(keepInputs ? 2 : 1));
  engine.inspector = {
    entered(part, ...applied) {
      entered?.(part, ...applied);
      const name = part || "model";
      if (!parts.includes(name)) parts.push(name);
      setPart(parts.indexOf(name) + 1);
    },
    planned(program) {
      programs.push(program as Program);
      setPart(0);
    },
  };
  try {
    return body(programs, parts);
  } finally {
    engine.inspector = null;
    if (!engine.broken) {
      setPart(0);
      engine.call((core) => core.annotate(0));
    }
  }
}

/** Array as text: "f32[32, 8] scratch+64". @internal */
export function describeArray({ dtype, shape, space, offset, tile }: ExplainedArray): string {
  return `${dtype}[${shape.join(", ")}] ${tile ? "tile" : `${space}+${offset}`}`;
}

/** Table as text, with a header; columns of numbers are aligned right. @internal */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = header.map((name, k) => {
    const texts = rows.map((row) => row[k] as string);
    const width = Math.max(name.length, ...texts.map((text) => text.length));
    const numbers = texts.every((text) => /^[\d.]+%?$/.test(text));
    return [name, ...texts].map((text) => (numbers ? text.padStart(width) : text.padEnd(width)));
  });
  return [header, ...rows]
    .map((_, line) =>
      columns
        .map((column) => column[line])
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
