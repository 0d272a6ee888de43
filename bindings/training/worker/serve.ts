// The worker's side: an instance of the core in its own thread, which serves requests. It is bundled into one script:
// dist/worker.js, and a string inside the package for hosts that start workers from a string.

import * as abi from "../../../assembly/abi.js";
import { type Field, isReal } from "../../engine/addresses.js";
import type { Core } from "../../engine/engine.js";
import * as fields from "../../engine/recordFields.js";
import { SlicePacer } from "../../engine/slices.js";
import type { Advance, Advanced, Evaluate, Evaluated, Open, Piece, Range, Reply, Request } from "./protocol.js";

/** Milliseconds of a call of the core. */
const callTime = 20;
const page = 65536;
/** Numbers per epoch: updates done, mean loss, mean penalty. */
const epochWords = 3;
const scope = globalThis as unknown as {
  onmessage: (event: { data: Request }) => void;
  postMessage(reply: Reply, transfer: ArrayBuffer[]): void;
};

let core: Core;
let engineRecord = 0;

const bytesAt = ([at, length]: Range): Uint8Array<ArrayBuffer> =>
  new Uint8Array(core.memory.buffer as ArrayBuffer, at, length);
const wordsAt = (at: number): Uint32Array => new Uint32Array(core.memory.buffer, at);
const numbersAt = (at: number, count: number): Float64Array => new Float64Array(core.memory.buffer, at, count);

function open({ module, bytes }: Open): void {
  const abort = (_message: number, _file: number, line: number, column: number): never => {
    throw new Error(`assertion failed at ${line}:${column}`);
  };
  core ??= new WebAssembly.Instance(module, { env: { abort } }).exports as unknown as Core;
  const missing = Math.ceil(bytes / page) - core.memory.buffer.byteLength / page;
  if (missing > 0) core.memory.grow(missing);
}

/** Returns and clears the fault, if there is one. */
function fault(): Int32Array | null {
  const words = new Int32Array(core.memory.buffer, engineRecord + abi.engineFault, 7);
  if (words[0] === 0) return null;
  const copy = words.slice();
  words[0] = 0;
  return copy;
}

function advance({ trainer, milliseconds, flops, steps, epochs, gradientTolerance, ...request }: Advance): Advanced {
  for (const { at, bytes } of request.pieces) bytesAt([at, bytes.length]).set(bytes);
  const get = (field: Field<"trainer">): number =>
    (isReal(field) ? numbersAt(trainer + field - 1, 1) : wordsAt(trainer + field))[0] as number;
  const pacer = new SlicePacer(Math.min(callTime, milliseconds), flops);
  const losses: number[] = [];
  const ended: number[] = [];
  const checksGradient = gradientTolerance !== null;
  const begun = performance.now();
  let spent = 0;
  let result = 0;
  while (result === 0 && spent < milliseconds && losses.length < steps && ended.length < epochWords * epochs) {
    wordsAt(trainer + fields.trainerEpochLimit)[0] = Math.min(
      epochs - ended.length / epochWords,
      abi.trainerEpochRecords,
    );
    const most = checksGradient ? 1 : Math.min(steps - losses.length, abi.trainerHistoryRecords);
    result = core.advance(trainer, pacer.runs, most);
    const total = performance.now() - begun;
    pacer.update(total - spent);
    spent = total;
    const count = get(fields.trainerHistoryCount);
    losses.push(...numbersAt(get(fields.trainerHistory), count));
    ended.push(...numbersAt(get(fields.trainerEpochs), epochWords * get(fields.trainerEpochCount)));
    const done = count > 0 && get(fields.trainerAccumulatedCount) === 0;
    if (checksGradient && done && get(fields.trainerGradientNorm) <= gradientTolerance) break;
  }
  const pieces = request.ranges.map(([at, length]): Piece => ({ at, bytes: bytesAt([at, length]).slice() }));
  const reply = { losses: Float64Array.from(losses), ended: Float64Array.from(ended), pieces, fault: fault() };
  return { kind: "advanced", seconds: spent / 1000, ...reply };
}

function evaluate({ chunks, results, seed, step, ...request }: Evaluate): Evaluated {
  const { columns, columnCount, block, order } = request;
  const all = new Uint8Array(chunks.length * results[1]);
  for (const [k, { program, from, rows }] of chunks.entries()) {
    core.gather(columns, columnCount, block, order + 4 * from, rows);
    core.bindRandom(...seed, ...step, from);
    core.bindSpace(abi.spaceParameters, request.parameters);
    core.bindSpace(abi.spaceState, request.state);
    if (core.run(program, block, results[0]) < 0) break;
    all.set(bytesAt(results), k * results[1]);
  }
  return { kind: "evaluated", results: all, fault: fault() };
}

function serve(request: Request): Reply | null {
  switch (request.kind) {
    case "open":
      open(request);
      return null;
    case "write":
      bytesAt([request.at, request.bytes.length]).set(request.bytes);
      return null;
    case "adopt":
      engineRecord = request.record;
      core.adopt(engineRecord);
      // The tables are those of the record; what this instance itself must know, as that there are loops, is said again.
      core.complete?.();
      return null;
    case "advance":
      return advance(request);
    case "evaluate":
      return evaluate(request);
  }
}

/** The buffers of a reply, which are transferred instead of copied. */
function buffersOf(reply: Reply): ArrayBuffer[] {
  if (reply.kind === "advanced") return reply.pieces.map(({ bytes }) => bytes.buffer);
  return reply.kind === "evaluated" ? [reply.results.buffer] : [];
}

scope.onmessage = ({ data }) => {
  let reply: Reply | null;
  try {
    reply = serve(data);
  } catch (error) {
    reply = { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
  if (reply) scope.postMessage(reply, buffersOf(reply));
};
scope.postMessage({ kind: "ready" }, []);
