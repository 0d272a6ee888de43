// Loss surface: a scalar function of parameters at a point, with programs for its value, gradient and Hessian-vector
// products. Each method is one call of the core, even for many points or products. A trainer it was made from is not
// changed.

import * as abi from "../../assembly/abi.js";
import { doubleAt, wordAt } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import { solversOf } from "../engine/featureSets.js";
import * as fields from "../engine/recordFields.js";
import { type F64Array, shaped } from "../linalg/matrix.js";
import { Sources } from "../tensors/sources.js";
import type { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Program, type Trace, traced } from "../tensors/trace.js";
import { dot, joined, split } from "../tensors/vectors.js";
import {
  elementCount,
  leaves,
  mapLeaves,
  type NDArray,
  sameShape,
  type TypedArray,
  toArray,
  wholeLines,
} from "../values/arrays.js";
import { ShapeError, TraceError } from "../values/errors.js";
import { shown } from "../values/options.js";

/** Array of parameters. */
export interface SurfaceLeaf {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "f32" | "f64";
  readonly data: TypedArray | readonly number[];
}

/** Rows of one run, and the weight of its value in the sum over all runs. */
export interface SurfacePart {
  readonly from: number;
  readonly rows: number;
  readonly weight: number;
}

/** Source of a surface: its parameters, its data and its function. @internal */
export interface SurfaceSource {
  readonly where: string;
  readonly engine: Engine;
  readonly leaves: readonly SurfaceLeaf[];
  /** Parameters in the user's arrangement, which `arrange` copies. */
  readonly example: unknown;
  readonly parts: readonly SurfacePart[];
  /** Bytes of arguments beyond the point and the vector. */
  readonly argumentBytes: number;
  /** Number of data columns gathered for every part; 0 for a function without data. */
  readonly columnCount: number;
  /** Address of the order of the rows. */
  readonly order: number;
  readonly random: readonly number[];
  /** Emits the scalar function of the parameter tensors; its data arguments start at `offset`. */
  emit(trace: Trace, pieces: readonly Tensor[], rows: number, offset: number): Tensor;
  /** Writes the data arguments, from `offset` of `block`, and the column records at `columns`. */
  fill(block: number, columns: number, offset: number): void;
  /** Throws if the data it depends on was freed. */
  check(): void;
  /** Current parameters of the trainer, if the surface was made from one. */
  current?(): Readonly<Record<string, unknown>>;
  free(): void;
}

/** Scalar function of parameters at a point, made by `lossSurface` or `trainerSurface`. */
export class LossSurface {
  /** Engine that it belongs to. */
  readonly engine: Engine;
  /** Total number of parameters. */
  readonly elements: number;
  /** Address of the core's record. @internal */
  readonly record: number;
  readonly #source: SurfaceSource;
  readonly #programs = new Map<string, { readonly program: Program; readonly sources: Sources }>();
  readonly #region: number;
  readonly #block: number;
  readonly #parts: number;
  readonly #vector: number;
  #freed = false;
  #tracing = false;

  /** @internal */
  constructor(source: SurfaceSource) {
    const { engine, where, parts } = source;
    solversOf(where, engine, "askSurface");
    this.engine = engine;
    this.#source = source;
    this.elements = source.leaves.reduce((sum, { shape }) => sum + elementCount(shape), 0);
    if (this.elements === 0) throw new ShapeError(`${where}: there are no parameters. Give at least 1 number.`);
    const vector = blockBytes("f64", this.elements);
    const header = wholeLines(abi.surfaceBytes + abi.partBytes * parts.length);
    const columnBytes = wholeLines(abi.columnBytes * source.columnCount);
    const total = header + columnBytes + 3 * vector + source.argumentBytes + 64;
    this.#region = engine.allocate(total);
    engine.bytes.fill(0, this.#region, this.#region + total);
    this.record = this.#region;
    this.#parts = this.record + abi.surfaceBytes;
    const columns = this.#region + header;
    this.#block = columns + columnBytes;
    this.#vector = this.#block + vector;
    const results = this.#block + 2 * vector + source.argumentBytes;
    engine.watch(this, [this.#region]);
    engine.write(this.record, {
      [fields.surfacePoint]: this.#block,
      [fields.surfaceVector]: this.#vector,
      [fields.surfaceElements]: this.elements,
      [fields.surfaceArguments]: this.#block,
      [fields.surfaceResults]: results,
      [fields.surfaceColumns]: columns,
      [fields.surfaceColumnCount]: source.columnCount,
      [fields.surfaceOrder]: source.order,
      [fields.surfaceParts]: this.#parts,
      [fields.surfacePartCount]: parts.length,
    });
    engine.ints.set(source.random, wordAt(this.record + fields.surfaceRandom));
    for (const [k, { from, rows, weight }] of parts.entries()) {
      const at = this.#parts + k * abi.partBytes;
      engine.write(at, { [fields.partFrom]: from, [fields.partRows]: rows, [fields.partWeight]: weight });
    }
    source.fill(this.#block, columns, 2 * vector);
    let offset = doubleAt(this.#block);
    for (const { data } of source.leaves) {
      engine.doubles.set(data, offset);
      offset += data.length;
    }
  }

  /** Prepares the programs of a kind for all parts for the next runs; traces them on first use. @internal */
  prepare(kind: number): void {
    const { engine } = this.#check();
    this.#source.check();
    for (const [k, { rows }] of this.#source.parts.entries()) {
      const key = `${kind} ${rows}`;
      const found = this.#programs.get(key) ?? this.#trace(kind, rows);
      const { program, sources } = found;
      this.#programs.set(key, found);
      sources.bind();
      engine.write(this.#parts + k * abi.partBytes, { [fields.partPrograms + 4 * kind]: program.address });
    }
  }

  /** Throws if the surface was freed, or is used inside its own function. */
  #check(): this {
    if (this.#freed) throw new TraceError("surface: used after it was freed. Create it again.");
    if (this.#tracing)
      throw new TraceError("surface: used inside its own function. Use only the function's arguments there.");
    return this;
  }

  #trace(kind: number, rows: number) {
    let sources!: Sources;
    this.#tracing = true;
    try {
      const program = traced(this.engine, (trace) => {
        sources = new Sources(trace);
        return this.#emit(trace, kind, rows);
      });
      return { program, sources };
    } finally {
      this.#tracing = false;
      this.#source.check();
    }
  }

  #emit(trace: Trace, kind: number, rows: number) {
    const bytes = blockBytes("f64", this.elements);
    const whole = trace.leaf(abi.spaceArguments, 0, "f64", [this.elements]);
    const { leaves } = this.#source;
    const pieces = split(whole, leaves);
    const y = this.#source.emit(trace, pieces, rows, 2 * bytes);
    const place = (tensor: Tensor) => [{ tensor, space: abi.spaceResults, offset: 0 }];
    if (kind === abi.surfaceValue) return place(y.cast("f64"));
    const gradient = trace.differentiate(y, pieces);
    if (kind === abi.surfaceGradient) return place(joined(trace, gradient));
    const vector = split(trace.leaf(abi.spaceArguments, bytes, "f64", [this.elements]), leaves);
    return place(joined(trace, trace.differentiate(dot(gradient, vector), pieces)));
  }

  /** Runs the programs of a kind and returns `count` numbers. */
  #compute(kind: number, count: number): Float64Array {
    this.prepare(kind);
    const { engine } = this;
    return engine.borrow(8 * count, (out) => {
      engine.checked((core) => core.askSurface(this.record, kind, out, count));
      return engine.doubles.slice(doubleAt(out), doubleAt(out) + count);
    });
  }

  /** Parameters as one vector [elements]. */
  get point(): Float64Array {
    const { doubles } = this.#check().engine;
    return doubles.slice(doubleAt(this.#block), doubleAt(this.#block) + this.elements);
  }

  /** Names and shapes of the arrays that make up the point, in order. */
  get layout(): readonly { readonly name: string; readonly shape: readonly number[] }[] {
    return this.#source.leaves.map(({ name, shape }) => ({ name, shape }));
  }

  /**
   * Moves the surface to another point.
   *
   * @param parameters  arrays arranged like the parameters, or one vector [elements]; default for the surface of a
   *                    trainer: its current weights
   * @throws TypeError   the argument is missing, and the surface was not made from a trainer
   * @throws ShapeError  the argument is not arranged like the parameters
   */
  moveTo(parameters?: unknown): void {
    const given = parameters ?? this.#source.current?.();
    if (given === undefined) throw new TypeError("moveTo: parameters are missing. Give the point to move to.");
    const point = this.vectorOf("moveTo", given);
    this.#check().engine.doubles.set(point, doubleAt(this.#block));
  }

  /** Machine epsilon of the arithmetic: that of f32 if any parameter is in f32. @internal */
  get precision(): number {
    return this.#source.leaves.some(({ dtype }) => dtype === "f32") ? 2 ** -23 : Number.EPSILON;
  }

  /** Computes the value at the point. */
  value(): number {
    return this.#compute(abi.surfaceValue, 1)[0] as number;
  }

  /** Computes the gradient at the point as one vector [elements]. */
  gradient(): F64Array {
    return shaped(this.#compute(abi.surfaceGradient, this.elements), this.elements);
  }

  /**
   * Hessian-vector product: H v [elements].
   *
   * @param vector  arrays arranged like the parameters, or one vector [elements]
   * @throws ShapeError  the vector is not arranged like the parameters
   */
  hvp(vector: unknown): F64Array {
    const v = this.vectorOf("hvp", vector);
    this.prepare(abi.surfaceProduct);
    this.engine.doubles.set(v, doubleAt(this.#vector));
    return shaped(this.#compute(abi.surfaceProduct, this.elements), this.elements);
  }

  /** Computes the Hessian [elements, elements] at the point, all columns in one call. */
  hessian(): F64Array {
    this.prepare(abi.surfaceProduct);
    const { engine, elements: n } = this;
    return engine.borrow(8 * n * n, (out) => {
      engine.checked((core) => core.surfaceProducts(this.record, n, n, out));
      return shaped(engine.doubles.slice(doubleAt(out), doubleAt(out) + n * n), n, n);
    });
  }

  /** Arranges a vector like the parameters. @param vector  [elements], such as a gradient or a direction */
  arrange(vector: ArrayLike<number>): unknown {
    const flat = this.vectorOf("arrange", vector);
    let start = 0;
    const arrays = this.#source.leaves.map(({ shape }): NDArray => {
      const data = flat.slice(start, start + elementCount(shape));
      start += data.length;
      return { data, shape };
    });
    return mapLeaves(this.#source.example, () => arrays.shift());
  }

  /** Reads a vector [elements], or arrays arranged like the parameters, as one vector. @internal */
  vectorOf(where: string, value: unknown): Float64Array {
    const expected = this.#source.leaves;
    const flat = leaves(value).map(([name, leaf]) => ({ name, ...toArray(where, leaf) }));
    const [only] = flat;
    if (flat.length === 1 && only && only.name === "" && sameShape(only.shape, [this.elements]))
      return finite(where, Float64Array.from(only.data));
    const out = new Float64Array(this.elements);
    let start = 0;
    for (const { name, shape } of expected) {
      const leaf = flat.find((candidate) => candidate.name === name);
      if (!leaf || flat.length !== expected.length || !sameShape(leaf.shape, shape))
        throw new ShapeError(
          `${where}: expected ${name ? `"${name}" of ` : ""}shape [${shape.join(", ")}], got ` +
            `${leaf ? `[${leaf.shape.join(", ")}]` : "none"}. Arrange it like the parameters, or give one vector of ` +
            `${this.elements} numbers.`,
        );
      out.set(leaf.data, start);
      start += leaf.data.length;
    }
    return finite(where, out);
  }

  /** Frees its memory; later use throws TraceError. */
  free(): void {
    if (this.#freed) return;
    this.#check();
    for (const { program } of this.#programs.values()) program.free();
    this.engine.unwatch(this);
    this.engine.release(this.#region);
    this.#source.free();
    this.#freed = true;
  }

  /** Calls `free`, at the end of a block with `using`. */
  [Symbol.dispose](): void {
    this.free();
  }
}

function finite(where: string, vector: Float64Array): Float64Array {
  const at = vector.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return vector;
  throw new RangeError(
    `${where}: element ${at} is ${shown(vector[at])}, expected finite numbers. Check its computation.`,
  );
}

/** Checks that an argument is a surface. @internal */
export function checkSurface(where: string, surface: unknown): LossSurface {
  if (surface instanceof LossSurface) return surface;
  throw new TypeError(
    `${where}: expected a surface, got ${shown(surface)}. Make one with lossSurface or trainerSurface.`,
  );
}
