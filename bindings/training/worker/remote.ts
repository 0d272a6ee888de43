// The main side of a run in a worker: the trainer's regions are copied to the same addresses in the worker's memory, and
// after every reply the ranges that training wrote are copied back. So the trainer here is always in the state of the step
// last reported, and can be evaluated and saved meanwhile. The results are those of a run without a worker, because the same
// instructions run over the same bytes.
//
// This file is loaded on demand; what it needs of the main bundle is passed as `RunParts`.

import source from "#worker";
import * as abi from "../../../assembly/abi.js";
import type { Dataset } from "../../data/dataset.js";
import type { Engine } from "../../engine/engine.js";
import type { UrlObject } from "../../engine/globals.js";
import * as fields from "../../engine/recordFields.js";
import type { Thread, Threads } from "../../engine/threads.js";
import type { Driver, Slice, SliceLimits } from "../driver.js";
import type { Evaluation, EvaluationRun, Evaluator } from "../evaluate.js";
import type { TrainerInternals } from "../internals.js";
import type { RunParts } from "../runParts.js";
import type { Advanced, Evaluate, Evaluated, Range, Reply, Request } from "./protocol.js";

/** Maximum of milliseconds between two replies. */
const replyTime = 100;
/** Milliseconds after which a worker that has not started counts as missing. */
const startTime = 10_000;
/** Milliseconds for which a worker waits for another run. */
const restTime = 10_000;
/** Bytes copied at a time, so that a page stays responsive. */
const pieceBytes = 2 ** 22;

/** An evaluation as numbers; its programs refer to the current argument block. */
interface EvaluationPlan {
  readonly data: Dataset;
  /** The column records. */
  readonly columns: Uint8Array;
  /** Address of the argument block. */
  readonly block: number;
  /** Bytes of the results of one run. */
  readonly resultBytes: number;
  /** Snapshot of the runs: evaluating other samples meanwhile would trace other programs. */
  readonly runs: readonly EvaluationRun[];
  readonly chunks: readonly { readonly program: number; readonly from: number; readonly rows: number }[];
}

/** Prepares the evaluation of samples. */
function planEvaluation({ engine, memory }: TrainerInternals, evaluator: Evaluator, data: Dataset): EvaluationPlan {
  evaluator.prepare(data);
  const records = memory.get(fields.trainerColumns);
  const runs = evaluator.runs(data);
  return {
    data,
    columns: engine.bytes.slice(records, records + data.columns.length * abi.columnBytes),
    block: memory.get(fields.trainerArguments),
    resultBytes: evaluator.resultBytes(data),
    runs,
    chunks: runs.map(({ program, from, rows }) => ({ program: program.program.address, from, rows })),
  };
}

/** Splits a range into pieces that are copied at a time. */
function piecesOf([at, length]: Range): Range[] {
  return Array.from({ length: Math.ceil(length / pieceBytes) }, (_, k): Range => {
    const done = k * pieceBytes;
    return [at + done, Math.min(pieceBytes, length - done)];
  });
}

/** Workers that wait for another run, whose memories are those of an engine. */
const resting = new WeakMap<Engine, Set<Connection>>();

/** A worker and its next reply. */
class Connection {
  readonly #EngineError: RunParts["EngineError"];
  /** Data sets whose rows are in its memory. */
  readonly copied = new WeakSet<Dataset>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #thread: Thread | null = null;
  #pending: { resolve(reply: Reply): void; reject(reason: Error): void } | null = null;
  #failure: string | null = null;
  /** The verb of the failure: a worker that says what failed has not died. */
  #how: "died" | "failed" = "died";

  constructor(
    { EngineError }: RunParts,
    readonly url: string | UrlObject | null,
  ) {
    this.#EngineError = EngineError;
  }

  /** Returns a worker that waits, from this URL, or undefined. */
  static awake(engine: Engine, url: string | UrlObject | null): Connection | undefined {
    const all = resting.get(engine) ?? [];
    const found = [...all].find((one) => one.#failure === null && String(one.url) === String(url));
    if (!found) return undefined;
    found.#awake(engine);
    return found;
  }

  #awake(engine: Engine): void {
    resting.get(engine)?.delete(this);
    clearTimeout(this.#timer);
    this.#thread?.rest?.(false);
  }

  /** Keeps the worker for the next run, where the host can, unless it failed or has not replied. */
  rest(engine: Engine): void {
    if (!this.#thread?.rest || this.#failure !== null || this.#pending) {
      this.end();
      return;
    }
    this.#thread.rest(true);
    const all = resting.get(engine) ?? new Set();
    resting.set(engine, all.add(this));
    this.#timer = setTimeout(() => {
      all.delete(this);
      this.end();
    }, restTime);
    (this.#timer as { unref?(): void }).unref?.();
  }

  /** Starts the worker; returns null, or the reason why there is none. */
  async start(threads: Threads | null, url: string | UrlObject | null): Promise<string | null> {
    if (!threads) return "this host has no workers";
    const started = this.#next();
    const timer = setTimeout(() => this.#fail(`it did not start within ${startTime / 1000} s`), startTime);
    try {
      const { startThread } = await threads();
      const thread = await startThread(source, url, {
        reply: (given) => {
          const reply = given as Reply;
          if (!this.#pending && reply.kind === "failed") this.#fail(reply.reason, "failed");
          this.#pending?.resolve(reply);
          this.#pending = null;
        },
        failed: (reason) => this.#fail(reason),
      });
      if (!thread && !this.#failure) this.#fail("this host has no workers");
      this.#thread = thread;
      await started;
      return null;
    } catch (error) {
      this.end();
      return (error as Error).message;
    } finally {
      clearTimeout(timer);
    }
  }

  #fail(reason: string, how: "died" | "failed" = "died"): void {
    if (this.#failure === null) [this.#failure, this.#how] = [reason, how];
    this.#pending?.reject(new Error(reason));
    this.#pending = null;
  }

  #next(): Promise<Reply> {
    if (this.#failure) return Promise.reject(new Error(this.#failure));
    const reply = new Promise<Reply>((resolve, reject) => {
      this.#pending = { resolve, reject };
    });
    reply.catch(() => {}); // a failure between two requests is thrown by the next one
    return reply;
  }

  /** Sends a request that has no reply; the buffers are transferred. */
  send(request: Request, transfer: readonly ArrayBuffer[] = []): void {
    this.#thread?.post(request, transfer);
  }

  /** Sends a request and waits for its reply. */
  async request<R extends Reply>(request: Request): Promise<R> {
    const reply = this.#next();
    this.send(request);
    const received = await reply.catch((error: Error) => {
      throw new this.#EngineError(
        `fit: the worker ${this.#how} (${error.message}). The trainer is as of the last report.`,
      );
    });
    if (received.kind !== "failed") return received as R;
    this.#failure = received.reason;
    throw new this.#EngineError(`fit: the worker failed (${received.reason}). The trainer is as of the last report.`);
  }

  end(): void {
    this.#thread?.end();
    this.#thread = null;
  }
}

/** The worker of a run. */
export class Remote implements Driver {
  readonly worker = true;
  readonly reportEvery = replyTime;
  readonly #trainer: TrainerInternals;
  readonly #evaluator: Evaluator;
  readonly #parts: RunParts;
  readonly #connection: Connection;
  readonly #flops: number;
  readonly #evaluation: EvaluationPlan | null;
  readonly #spare: Range;

  private constructor(parts: RunParts, connection: Connection, evaluation: EvaluationPlan | null) {
    const { trainer, evaluator } = parts;
    this.#trainer = trainer;
    this.#evaluator = evaluator;
    this.#parts = parts;
    this.#connection = connection;
    this.#flops = trainer.programs.largestRun.program.cost.flops;
    this.#evaluation = evaluation;
    const { engine, memory } = trainer;
    const columns = evaluation?.columns ?? new Uint8Array(0);
    const room = columns.length + (evaluation?.resultBytes ?? 0);
    const at = memory.own(room);
    engine.bytes.set(columns, at);
    this.#spare = [at, columns.length];
  }

  /**
   * Starts a worker, prepares the trainer for the run and copies it there. Returns the reason if the host has no workers, or
   * if the validation samples have another form. Throws if a worker with a given URL does not start. The trainer can be used
   * meanwhile.
   */
  static async start(parts: RunParts, data: Dataset): Promise<Driver> {
    const { trainer, evaluator, validation, prepare } = parts;
    const { worker } = parts.options;
    const here = (workerReason: string): Driver => ({ worker: false, workerReason });
    if ("append" in data || (validation && "append" in validation))
      return here("a rolling data set grows in this thread");
    const url = worker === true ? null : (worker as string | UrlObject);
    const waiting = Connection.awake(trainer.engine, url);
    const connection = waiting ?? new Connection(parts, url);
    const reason = waiting ? null : await connection.start(trainer.engine.threads, url);
    if (reason !== null && url === null) return here(reason);
    if (reason !== null)
      throw new parts.EngineError(
        `fit: the worker at ${url} does not run: ${reason}. Serve the package's worker.js there, or give worker: true.`,
      );
    try {
      const remote = trainer.lock.hold(() => {
        // Calls meanwhile may have set another augmentation, and setting this one frees programs: those of evaluation come after.
        prepare();
        const evaluation = validation && planEvaluation(trainer, evaluator, validation);
        prepare();
        // Rows of another form have replaced the argument block, to which its programs refer.
        if (evaluation && evaluation.block !== trainer.memory.get(fields.trainerArguments)) return null;
        const remote = new Remote(parts, connection, evaluation);
        remote.#copy(validation ? [data, validation] : [data]);
        return remote;
      });
      if (!remote) connection.rest(trainer.engine);
      // From now on the weights are there.
      else trainer.lock.state = "away";
      if (remote) await remote.#copyRows(validation ? [data, validation] : [data]);
      return remote ?? here("the validation samples have another form");
    } catch (error) {
      connection.end();
      throw error;
    }
  }

  /** Copies the regions of the trainer to the same addresses, at once, as a call in between would change them. */
  #copy(data: readonly Dataset[]): void {
    const { engine, memory, programs } = this.#trainer;
    const connection = this.#connection;
    const own = [...memory.regions, ...programs.regions, engine.record].map((address) => this.#wholeRegion(address));
    const rows = data.map(({ region }) => this.#wholeRegion(region));
    const scratch = engine.word(engine.record + abi.engineBases + 4 * abi.spaceScratch) - abi.regionHeader;
    const end = Math.max(...[...own, ...rows].map(([at, length]) => at + length), engine.memoryBytes);
    connection.send({ kind: "open", module: engine.module, bytes: end });
    // Every run writes the scratch before reading it: only its header is copied.
    for (const range of [...own, [scratch, abi.regionHeader] as const])
      for (const piece of piecesOf(range)) this.#write(piece);
    memory.disown(this.#spare[0]);
  }

  /** Copies the rows that are not there, as they do not change, and starts the run. */
  async #copyRows(data: readonly Dataset[]): Promise<void> {
    const { copied } = this.#connection;
    for (const one of data) {
      if (copied.has(one)) continue;
      for (const piece of piecesOf(this.#wholeRegion(one.region))) {
        this.#write(piece);
        await this.#parts.yieldToHost();
      }
      copied.add(one);
    }
    this.#connection.send({ kind: "adopt", record: this.#trainer.engine.record });
  }

  /** The range of a region, including its header. */
  #wholeRegion(address: number): Range {
    const { engine } = this.#trainer;
    return [address - abi.regionHeader, abi.regionHeader + engine.core.regionBytes(address)];
  }

  #write([at, length]: Range): void {
    const bytes = this.#trainer.engine.bytes.slice(at, at + length);
    this.#connection.send({ kind: "write", at, bytes }, [bytes.buffer]);
  }

  /** Trains until the next reply, and copies the changes back. */
  async advance({ gradientTolerance, ...most }: SliceLimits): Promise<Slice> {
    const { engine, memory } = this.#trainer;
    const reach = Math.min(...memory.plans.map((plan) => plan.reach));
    const [steps, epochs] = [Math.min(most.steps, reach), Math.min(most.epochs, reach)];
    this.#parts.lookUpSchedules(this.#trainer, { runs: Number.POSITIVE_INFINITY, steps, epochs });
    const pieces = memory.scheduledRanges.map(([at, length]) => ({ at, bytes: engine.bytes.slice(at, at + length) }));
    const milliseconds = Math.min(replyTime, this.#parts.options.pace?.reportEvery ?? replyTime);
    const limits = { steps, epochs, gradientTolerance, milliseconds, flops: this.#flops };
    const ranges = memory.trainedRanges;
    const request = { kind: "advance", trainer: memory.record, ...limits, pieces, ranges } as const;
    const before = memory.steps;
    const reply = await this.#connection.request<Advanced>(request);
    for (const { at, bytes } of reply.pieces) engine.bytes.set(bytes, at);
    memory.writeRate(); // the learning rate may have been set meanwhile
    this.#throwFault(reply.fault);
    return { ...reply, steps: memory.steps - before };
  }

  /** Evaluates the validation samples. */
  async evaluate(): Promise<Evaluation> {
    const { memory, options } = this.#trainer;
    const { data, runs, chunks, block, resultBytes } = this.#evaluation as EvaluationPlan;
    const step = memory.steps;
    const state = memory.get(fields.trainerState);
    // What layers read of schedules lies behind the running state.
    this.#parts.writeLayerNumbers(this.#trainer);
    this.#write([memory.layerNumbers, 8 * memory.stateLayout.scheduled.length]);
    const [columns, columnBytes] = this.#spare;
    const request: Evaluate = {
      kind: "evaluate",
      parameters: memory.get(fields.trainerParameters),
      state,
      columns,
      columnCount: data.columns.length,
      block,
      order: data.order,
      seed: [options.seed >>> 0, Math.floor(options.seed / 2 ** 32)],
      step: [step >>> 0, Math.floor(step / 2 ** 32)],
      results: [columns + columnBytes, resultBytes],
      chunks,
    };
    const reply = await this.#connection.request<Evaluated>(request);
    this.#throwFault(reply.fault);
    let at = -resultBytes;
    const next = (): [Uint8Array, number] => {
      at += resultBytes;
      return [reply.results, at];
    };
    return this.#evaluator.combine(data, next, [...runs]);
  }

  /** Throws a fault of the worker like one of this thread. */
  #throwFault(fault: Int32Array | null): void {
    if (fault) this.#trainer.engine.throwFault(this.#trainer.memory, fault);
  }

  end(): void {
    this.#connection.rest(this.#trainer.engine);
  }
}
