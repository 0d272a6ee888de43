// A planned program as data: its calls in the order in which they are made, read from the image that the core runs.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { blocksOf, notesOf, opOf } from "../engine/calls.js";
import type { Engine } from "../engine/engine.js";
import { solversOf } from "../engine/featureSets.js";
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
] as const;

/** An array that an op reads or writes. */
export interface ExplainedArray {
  readonly dtype: "f32" | "f64" | "i32" | "u8";
  readonly shape: readonly number[];
  /** Where it lies: in a block of this space. Scratch is shared by all programs of an engine. */
  readonly space: (typeof spaces)[number];
  /** Bytes from the start of the space. */
  readonly offset: number;
  /** Whether it only exists tile by tile, in scratch that stays in the cache, because all that reads it runs with it. */
  readonly tile: boolean;
}

/** An op of a program. */
export interface ExplainedOp {
  /** As the methods of tensors are named: "matmul". */
  readonly name: string;
  /**
   * What it is for: the dotted name of a layer, as parameters have it; "model" for what the model does outside its layers,
   * "loss", or null outside a model.
   */
  readonly layer: string | null;
  /** Whether it belongs to a derivative. */
  readonly backward: boolean;
  readonly output: ExplainedArray;
  readonly inputs: readonly ExplainedArray[];
  /** Bytes of memory read and written; what exists tile by tile is not counted. */
  readonly bytes: number;
  /** Floating-point operations. */
  readonly flops: number;
}

/** An op, and where its call stands. @internal */
export interface ListedOp extends ExplainedOp {
  readonly unit: number;
  readonly call: number;
}

/** The ops of a program that carries notes. @internal */
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
        const space = spaces[(engine.word(at) & 0xffff) / 4] as ExplainedArray["space"];
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

/** Runs `body` while what is planned carries notes; it is given the programs planned so far, and the names of the parts. @internal */
export function annotated<T>(
  where: string,
  engine: Engine,
  body: (programs: readonly Program[], parts: readonly string[]) => T,
): T {
  solversOf(where, engine, "annotate", where);
  const programs: Program[] = [];
  const parts: string[] = [];
  const setPart = (part: number): void => engine.call((core) => core.setPart(part));
  engine.call((core) => core.annotate(1));
  engine.inspector = {
    entered(part) {
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

/** An array for people: "f32[32, 8] scratch+64". @internal */
export function describeArray({ dtype, shape, space, offset, tile }: ExplainedArray): string {
  return `${dtype}[${shape.join(", ")}] ${tile ? "tile" : `${space}+${offset}`}`;
}

/** Lines of columns, the first of which is the header; numbers stand to the right. @internal */
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
