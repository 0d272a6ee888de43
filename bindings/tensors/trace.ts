// Traces: while a trace is open, tensor operations append nodes to the engine's graph, which is then planned to a
// program.

import * as abi from "../../assembly/abi.js";
import { doubleAt, wordAt } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import {
  type ArrayLike,
  bytesOf,
  checkType,
  type StorageType,
  type TypedArray,
  toArray,
  typeCode,
  viewOf,
  wholeLines,
} from "../values/arrays.js";
import { type DType, opName, TraceError } from "../values/errors.js";
import { shown } from "../values/options.js";
import { type Operand, Tensor } from "./tensor.js";

/** Result and the address at which a program must store it. */
export interface Placement {
  readonly tensor: Tensor;
  readonly space: number;
  readonly offset: number;
}

/** Cost of a program, known before it runs. */
export interface Cost {
  /** Floating-point operations of one run. */
  readonly flops: number;
  /** Bytes read and written by one run, without regard to caches. */
  readonly bytes: number;
  /** Bytes of scratch memory, shared by all programs of the engine. */
  readonly scratchBytes: number;
  /** Number of instructions, after unused and repeated ones are removed. */
  readonly instructions: number;
}

/** Function while it is being traced; every tensor belongs to one. */
export class Trace {
  #open = true;
  #constants: number[] = [];
  #streams = 0;
  /** True once it contains random numbers. */
  drawsRandom = false;
  /** Type that integers take in operations on floats which have no other float. */
  float: "f32" | "f64" = "f64";

  constructor(readonly engine: Engine) {
    if (engine.trace) throw new TraceError("trace: another function is being traced. Compile outside of it.");
    engine.checked((core) => core.openGraph());
    engine.trace = this;
  }

  /** Checks that a tensor belongs to this trace. */
  #check(op: number, tensor: Tensor): void {
    if (!(tensor instanceof Tensor))
      throw new TypeError(
        `${opName(op)}: expected a tensor, got ${shown(tensor)}. Start from an argument of the function.`,
      );
    if (tensor.trace === this && this.#open) return;
    const what = !tensor.trace.#open ? "is used after its function was traced" : "belongs to another engine";
    throw new TraceError(`${opName(op)}: a tensor ${what}. Pass it as an argument, or return its value as a result.`);
  }

  /** Appends a node; `reals` and `words` are its real and its integer attributes. */
  emit(op: number, given: readonly Tensor[], reals: readonly number[] = [], words: readonly number[] = []): Tensor {
    for (const tensor of given) this.#check(op, tensor);
    for (const value of reals)
      if (typeof value !== "number") throw new TypeError(`${opName(op)}: expected a number, got ${shown(value)}.`);
    for (const value of words)
      if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 31)
        throw new RangeError(
          `${opName(op)}: extents and positions must be whole numbers of 32 bits, got ${shown(value)}.`,
        );
    if (2 * reals.length + words.length > abi.messageWordLimit)
      throw new RangeError(
        `${opName(op)}: too many extents or positions: got ${words.length}, expected at most ${abi.rankLimit} axes.`,
      );
    if (!this.#open) throw new TraceError("trace: already closed. Build tensors only inside the traced function.");
    const { engine } = this;
    // Integers alone are concatenated as such.
    const floats = op === abi.opConcatenate ? given.some(({ dtype }) => dtype !== "i32") : engine.core.takesFloats(op);
    const mixes = floats && given.some(({ dtype }) => dtype === "i32");
    const inputs = mixes ? given.map((tensor) => this.asFloat(tensor, given)) : given;
    const at = engine.record + abi.engineMessage;
    const ints = engine.ints;
    ints[wordAt(at + abi.messageOp)] = op;
    ints[wordAt(at + abi.messageInputCount)] = inputs.length;
    ints[wordAt(at + abi.messageWordCount)] = 2 * reals.length + words.length;
    for (const [k, tensor] of inputs.entries()) ints[wordAt(at + abi.messageInputs) + k] = tensor.node;
    for (const [k, value] of reals.entries()) engine.doubles[doubleAt(at + abi.messageWords) + k] = value;
    for (const [k, value] of words.entries()) ints[wordAt(at + abi.messageWords) + 2 * reals.length + k] = value;
    return new Tensor(
      this,
      engine.checked((core) => core.emit()),
    );
  }

  /** Float type of an operation on tensors some of which may be integers. */
  floatOf(tensors: readonly Tensor[]): "f32" | "f64" {
    return (tensors.find(({ dtype }) => dtype !== "i32")?.dtype ?? this.float) as "f32" | "f64";
  }

  /** Casts a tensor of integers to the float type of an operation on these tensors. */
  asFloat(tensor: Tensor, tensors: readonly Tensor[] = []): Tensor {
    return tensor.dtype === "i32" ? tensor.cast(this.floatOf(tensors)) : tensor;
  }

  /** Compares two tensors; integers as f64, which holds them exactly. */
  compare(op: number, a: Tensor, other: Operand): Tensor {
    const both = [a, this.operand(other, a, opName(op))];
    if (both.every(({ dtype }) => dtype !== "i32")) return this.emit(op, both);
    return this.emit(
      op,
      both.map((tensor) => tensor.cast("f64")),
    ).cast(this.floatOf(both));
  }

  /** Tensor at (space, offset) that is written before the program runs. */
  leaf(space: number, offset: number, dtype: DType, shape: readonly number[]): Tensor {
    return this.emit(abi.opLeaf, [], [], [space, offset | 0, typeCode(dtype), ...shape]);
  }

  /** Tensor filled with one value. */
  fill(value: number, shape: readonly number[], dtype: DType): Tensor {
    return this.emit(abi.opFill, [], [value], [typeCode(dtype), ...shape]);
  }

  /** Constant tensor; a copy of the data becomes part of the program. Errors name `where`. */
  constant(value: ArrayLike, dtype: DType, where = "constant"): Tensor {
    checkType(where, dtype, ["f32", "f64", "i32"]);
    const { data, shape } = toArray(where, value);
    if (dtype === "i32") checkWhole(where, data);
    if (shape.length === 0) return this.fill(data[0] as number, shape, dtype);
    const bytes = bytesOf(dtype, data.length);
    const address = this.engine.allocate(Math.max(bytes, 1));
    this.#constants.push(address);
    writeArray(this.engine, address, dtype, data);
    return this.emit(abi.opConstant, [], [], [address | 0, bytes | 0, typeCode(dtype), ...shape]);
  }

  /**
   * Converts an operand to a tensor of this trace, constants in the type of `like`; beside a tensor of integers only if they are
   * integers too.
   */
  operand(value: Operand, like: Tensor | DType, where: string): Tensor {
    if (value instanceof Tensor) return value;
    if (typeof like === "string" || like.dtype !== "i32")
      return this.constant(value, typeof like === "string" ? like : like.dtype, where);
    const { data } = toArray(where, value);
    return this.constant(value, data.every((number) => number === (number | 0)) ? "i32" : this.float, where);
  }

  /**
   * Random numbers of a stream; `rowElements` is the size of a row, or 0 if the first axis is not the batch, and `partners` is true
   * for those of the rows' partners.
   */
  random(
    op: number,
    reals: readonly number[],
    stream: number,
    rowElements: number,
    dtype: "f32" | "f64",
    shape: readonly number[],
    partners = false,
  ): Tensor {
    this.drawsRandom = true;
    return this.emit(op, [], reals, [stream, rowElements, Number(partners), typeCode(dtype), ...shape]);
  }

  /** Concatenates tensors along an axis. */
  concatenate(tensors: readonly Tensor[], axis: number): Tensor {
    if (tensors.length <= abi.messageInputLimit) return this.emit(abi.opConcatenate, tensors, [], [axis]);
    const half = Math.floor(tensors.length / 2);
    return this.concatenate(
      [this.concatenate(tensors.slice(0, half), axis), this.concatenate(tensors.slice(half), axis)],
      axis,
    );
  }

  /** Number of a new stream of random numbers. */
  stream(purpose: number): number {
    return purpose + this.#streams++;
  }

  /** Cotangents of the tensors `of` for a scalar y, or for any y with the cotangent `seed`. */
  differentiate(y: Tensor, of: readonly Tensor[], seed?: Tensor): Tensor[] {
    const { engine } = this;
    this.#check(abi.opLeaf, y);
    return engine.borrow(4 * of.length + 4, (list) => {
      for (const [k, tensor] of of.entries()) engine.ints[wordAt(list) + k] = tensor.node;
      engine.checked((core) => core.differentiate(y.node, seed ? seed.node : -1, list, of.length));
      const nodes = Array.from(engine.ints.subarray(wordAt(list), wordAt(list) + of.length));
      return nodes.map((node) => new Tensor(this, node));
    });
  }

  /** Plans the results into a program and closes the trace. @internal */
  plan(results: readonly Placement[]): Program {
    const { engine } = this;
    for (const { tensor } of results) this.#check(abi.opLeaf, tensor);
    return engine.borrow(16 * results.length + 16, (list) => {
      for (const [k, { tensor, space, offset }] of results.entries())
        engine.ints.set([tensor.node, space, offset, 0], wordAt(list) + 4 * k);
      const program = new Program(
        engine,
        engine.address((core) => core.plan(list, results.length)),
      );
      engine.inspector?.planned(program);
      return program;
    });
  }

  /** Ends the trace; its tensors cannot be used afterwards. @internal */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.engine.trace = null;
    for (const address of this.#constants) this.engine.release(address);
    this.engine.call((core) => core.closeGraph());
  }
}

/** Checks that indices are 32-bit integers. */
function checkWhole(where: string, data: TypedArray | number[]): void {
  for (const value of data)
    if (value !== (value | 0))
      throw new RangeError(`${where}: indices must be whole numbers of 32 bits, got ${shown(value)}.`);
}

/** Runs `body` in a new trace and plans the results it returns. @internal */
export function traced(engine: Engine, body: (trace: Trace) => readonly Placement[]): Program {
  const trace = new Trace(engine);
  try {
    return trace.plan(body(trace));
  } finally {
    trace.close();
  }
}

/** Planned program, in one region of wasm memory. */
export class Program {
  #address: number;
  readonly cost: Cost;

  /** @internal */
  constructor(
    readonly engine: Engine,
    address: number,
  ) {
    this.#address = address;
    const { doubles } = engine;
    this.cost = {
      flops: doubles[doubleAt(address + abi.programFlops)] as number,
      bytes: doubles[doubleAt(address + abi.programTraffic)] as number,
      scratchBytes: engine.word(address + abi.programScratch),
      instructions: engine.word(address + abi.programInstructions),
    };
    engine.watch(this, [address]);
  }

  /** Address of the program. @internal */
  get address(): number {
    if (this.#address === 0) throw new TraceError("program: used after it was freed. Compile it again.");
    return this.#address;
  }

  /** Frees its memory; later use throws TraceError. */
  free(): void {
    if (this.#address === 0) return;
    this.engine.unwatch(this);
    this.engine.release(this.#address);
    this.#address = 0;
  }

  [Symbol.dispose](): void {
    this.free();
  }
}

/** Bytes of a block of elements, rounded up so that the next block is aligned. @internal */
export function blockBytes(type: StorageType, count: number): number {
  return wholeLines(bytesOf(type, count));
}

/** Copies numbers into memory, converted to a storage type. @internal */
export function writeArray(
  engine: Engine,
  address: number,
  type: StorageType,
  data: TypedArray | readonly number[],
): void {
  viewOf(engine.bytes.buffer, type, address, data.length).set(data);
}

/** Copies an array out of memory. @internal */
export function readArray(engine: Engine, address: number, type: StorageType, count: number): TypedArray {
  return viewOf(engine.bytes.buffer, type, address, count).slice();
}
