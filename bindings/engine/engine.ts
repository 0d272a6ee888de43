// The engine: one WebAssembly instance. This file instantiates the core, refreshes the views of its memory when it grows,
// and turns faults into errors.

import { instantiate } from "@assemblyscript/loader";
import * as abi from "../../assembly/abi.js";
import { EngineError, type FaultNames, faultError, MemoryError, unnamed } from "../values/errors.js";
import { shownAs } from "../values/lines.js";
import { checkChoice, checkNumber, checkOptions, shown } from "../values/options.js";
import { doubleAt, type Field, isReal, wordAt } from "./addresses.js";
import { describeCall } from "./calls.js";
import type { CoreExports } from "./exports.js";
import type { WasmMemory } from "./globals.js";
import type { Threads } from "./threads.js";
import { type EngineBuild, moduleFrom, ofThisRealm, type WasmSource } from "./wasm.js";

/** Exports of assembly/whole.ts; the feature set "dense" lacks `complete`, the solvers and the inspector. */
export interface Core extends CoreExports {
  readonly memory: WasmMemory;
}

/** Options of `createEngine`. */
export interface EngineOptions {
  /** The compiled core, its bytes, its URL, or a Response with it; default: the file that the host's entry finds. */
  readonly wasm?: WasmSource | Promise<WasmSource>;
  /**
   * "reproducible" computes the same bits on every machine, "fast" needs relaxed SIMD and is faster; default
   * "reproducible". "fast" is loaded from the package's files; where these are not at hand, import its module and give
   * `wasm`.
   */
  readonly build?: EngineBuild;
  /** Maximum bytes of memory, 1 MiB .. 4 GiB; calls that need more throw MemoryError. Default 4 GiB less one page. */
  readonly memoryLimit?: number;
}

/** Host-specific functions; each file of hosts/ has its own. @internal */
export interface Host {
  /** Returns the compiled core. */
  module(build: EngineBuild): Promise<WebAssembly.Module>;
  /** Loads the function that starts workers. */
  readonly threads?: Threads;
}

/** Callbacks for the inspection of programs. @internal */
export interface Inspector {
  /**
   * Called when tracing enters a part of the model: the dotted name of a layer, or "loss"; and again after a layer in it was applied,
   * with that layer, its name there and its output.
   */
  entered(part: string, applied?: object, name?: string, output?: unknown): void;
  /** Called with each program that was planned. */
  planned(program: object): void;
}

const page = 65536;

/** Recursion depth of `reach` that needs more stack than the core does. */
const coreFrames = 64;

/** Recurses to a depth of `frames`. */
function reach(frames: number): number {
  return frames === 0 ? 0 : reach(frames - 1) + 1;
}

/** Throws if the call stack is almost full; the core would trap halfway. */
function checkStack(): void {
  try {
    reach(coreFrames);
  } catch (cause) {
    throw new RangeError("engine: the call stack is almost full. Nest calls less deep.", { cause });
  }
}

/** WebAssembly instance with its memory, made by `createEngine`. Functions that need one have it as first argument. */
export class Engine {
  /** Exports of the instance. @internal */
  readonly core: Core;
  /** Build of the core: "reproducible" or "fast". */
  readonly build: EngineBuild;
  /** Compiled module of the instance. @internal */
  readonly module: WebAssembly.Module;
  /** Loads the function that starts workers; null where the host has none. @internal */
  readonly threads: Threads | null;
  /** Address of the engine record. @internal */
  readonly record: number;
  /** The trace that is open, or null. @internal */
  trace: object | null = null;
  /** Callbacks of inspect/ while it plans a program, else null. @internal */
  inspector: Inspector | null = null;
  #broken: string | null = null;
  #bytes = new Uint8Array(0);
  #ints = new Int32Array(0);
  #doubles = new Float64Array(0);
  /** Missing in workerd with an early compatibility date, where only free() releases memory. */
  readonly #regions =
    typeof FinalizationRegistry === "undefined"
      ? null
      : new FinalizationRegistry<Iterable<number>>((addresses) => {
          for (const address of addresses) this.release(address);
        });

  /** @internal */
  constructor(core: Core, module: WebAssembly.Module, host: Host, build: EngineBuild, memoryLimit: number | undefined) {
    this.core = core;
    this.module = module;
    this.threads = host.threads ?? null;
    this.build = build;
    if (memoryLimit !== undefined) core.limitMemory(Math.min(memoryLimit / page, 2 ** 16));
    this.record = core.initialize() >>> 0;
    if (this.record === 0)
      throw new MemoryError("createEngine: no memory for the engine itself. Raise memoryLimit above 1 MiB.");
    core.complete?.();
    shownAs(this, () => `Engine { ${build}, ${this.bytesInUse} of ${this.memoryBytes} bytes }`);
  }

  /** True after a trap. @internal */
  get broken(): boolean {
    return this.#broken !== null;
  }

  /** Bytes of memory in use, in whole regions of 64 KiB. */
  get bytesInUse(): number {
    return this.core.bytesInUse();
  }

  /** Bytes the WebAssembly memory has grown to. */
  get memoryBytes(): number {
    return this.core.memory.buffer.byteLength;
  }

  #refresh(): void {
    const { buffer } = this.core.memory;
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#ints = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  /** View of the memory as bytes, valid until the next call that may grow it. @internal */
  get bytes(): Uint8Array {
    this.#refresh();
    return this.#bytes;
  }

  /** View of the memory as 32-bit integers. @internal */
  get ints(): Int32Array {
    this.#refresh();
    return this.#ints;
  }

  /** View of the memory as doubles. @internal */
  get doubles(): Float64Array {
    this.#refresh();
    return this.#doubles;
  }

  /** Reads an unsigned 32-bit integer. @internal */
  word(address: number): number {
    return (this.ints[wordAt(address)] as number) >>> 0;
  }

  /** Reads a field of the record at an address. @internal */
  get(record: number, field: Field<string>): number {
    return isReal(field) ? (this.doubles[doubleAt(record + field)] as number) : this.word(record + field);
  }

  /** Writes a field of the record at an address. @internal */
  set(record: number, field: Field<string>, value: number): void {
    if (isReal(field)) this.doubles[doubleAt(record + field)] = value;
    else this.ints[wordAt(record + field)] = value;
  }

  /** Writes several fields of the record at an address. @internal */
  write(record: number, values: Readonly<Record<number, number>>): void {
    for (const field in values) this.set(record, Number(field) as Field<string>, values[field] as number);
  }

  /** Calls the core. After a trap this and every later call throw EngineError. @internal */
  call<T>(body: (core: Core) => T): T {
    if (this.#broken)
      throw new EngineError(`engine: broken by an earlier trap (${this.#broken}). Create a new engine.`);
    try {
      return body(this.core);
    } catch (error) {
      this.#broken = error instanceof Error ? error.message : String(error);
      // A build with assertions notes which call is being made.
      const call = this.word(this.record + abi.engineCall);
      if (call) this.#broken += ` in ${describeCall(this.ints, call)}`;
      throw new EngineError(`engine: trapped: ${this.#broken}. Create a new engine, and please report this.`, {
        cause: error,
      });
    }
  }

  /** Throws the fault that the core has recorded, or the given one of a worker's core, and clears it. @internal */
  throwFault(names: FaultNames = unnamed, fault?: Int32Array): never {
    const at = wordAt(this.record + abi.engineFault);
    const [code = 0, ...operands] = fault ?? this.ints.slice(at, at + 7);
    this.ints[at] = 0;
    const shape = (node: number): string => (node < 0 ? "none" : `[${this.shapeOf(node).join(", ")}]`);
    throw faultError(code, operands, shape, names);
  }

  /** Calls the core and returns the result; throws its fault if the result is negative. @internal */
  checked(body: (core: Core) => number, names?: FaultNames): number {
    checkStack();
    const result = this.call(body);
    return result < 0 ? this.throwFault(names) : result;
  }

  /** Calls the core and returns the address; throws its fault if the address is 0. @internal */
  address(body: (core: Core) => number): number {
    checkStack();
    return this.call(body) >>> 0 || this.throwFault();
  }

  /** Shape of a node of the open graph. @internal */
  shapeOf(node: number): number[] {
    return Array.from({ length: this.core.nodeRank(node) }, (_, axis) => this.core.nodeExtent(node, axis));
  }

  /** Allocates a region and returns its address. @internal */
  allocate(bytes: number): number {
    return this.address((core) => core.allocate(bytes));
  }

  /** Frees a region; does nothing after a trap. @internal */
  release(address: number): void {
    if (!this.#broken) this.call((core) => core.free(address));
  }

  /** Runs `body` with a region that is freed afterwards, and returns its result. @internal */
  borrow<T>(bytes: number, body: (address: number) => T): T {
    const address = this.allocate(bytes);
    try {
      return body(address);
    } finally {
      this.release(address);
    }
  }

  /** Frees the addresses in the list when `owner` is garbage-collected; the list may change until then. @internal */
  watch(owner: object, addresses: Iterable<number>): void {
    this.#regions?.register(owner, addresses, owner);
  }

  /** Ends `watch` for an owner that frees its regions itself. @internal */
  unwatch(owner: object): void {
    this.#regions?.unregister(owner);
  }
}

/** Checks that the first argument of a function is an engine. @internal */
export function checkEngine(where: string, engine: unknown): Engine {
  if (engine instanceof Engine) return engine;
  throw new TypeError(
    `${where}: the first argument must be an engine, got ${shown(engine)}. Await createEngine() first.`,
  );
}

/** Instantiates the core; throws EngineError with the cause if the module does not compile or link. */
async function instantiateCore(
  wasm: EngineOptions["wasm"],
  build: EngineBuild,
  host: Host,
): Promise<{ core: Core; module: WebAssembly.Module }> {
  const abort = (_message: number, _file: number, line: number, column: number): never => {
    throw new EngineError(`assertion failed at ${line}:${column}`);
  };
  try {
    const module = ofThisRealm(await (wasm === undefined ? host.module(build) : moduleFrom(wasm)));
    const { instance } = await instantiate(module, { env: { abort } });
    const core = instance.exports as unknown as Core;
    if (typeof core.initialize === "function") return { core, module };
    throw new Error("another module");
  } catch (error) {
    if (error instanceof EngineError || error instanceof TypeError) throw error;
    const { refusal } = await import("./refusal.js");
    throw await refusal(error, build, EngineError);
  }
}

/** Makes `createEngine` for a host. @internal */
export function engineFactory(host: Host) {
  return async function createEngine(options: EngineOptions = {}): Promise<Engine> {
    checkOptions("createEngine", options, ["wasm", "build", "memoryLimit"]);
    const { wasm, build = "reproducible", memoryLimit } = options;
    checkChoice("createEngine", "build", build, ["reproducible", "fast"]);
    if (memoryLimit !== undefined) checkNumber("createEngine", "memoryLimit", memoryLimit, { min: 2 ** 20 });
    const { core, module } = await instantiateCore(wasm, build, host);
    return new Engine(core, module, host, build, memoryLimit);
  };
}
