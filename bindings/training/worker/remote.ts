// The main side of a run in a worker: the trainer's regions are copied to their own addresses in the worker's memory, and
// after every reply what training changed is copied back. So the trainer here always stands at the whole step that was
// last reported, and may be asked and saved while the worker goes on. The numbers are those of a run without a worker,
// because the same instructions run over the same bytes.
//
// It is loaded on demand, and what it needs of the program it is given: an import would cut that out of the program, as
// one more file for every page to load.

import source from "#worker";
import * as abi from "../../../assembly/abi.js";
import type { Dataset } from "../../data/dataset.js";
import type { Address } from "../../engine/globals.js";
import type { Thread, Threads } from "../../engine/threads.js";
import type { EngineError } from "../../values/errors.js";
import type { Evaluation, Trainer } from "../trainer.js";
import type { Advanced, Evaluate, Evaluated, Range, Reply, Request } from "./protocol.js";

/** Milliseconds between two replies. */
const replyTime = 100;
/** Milliseconds a worker may take to start before the host counts as one without. */
const startTime = 10_000;
/** Bytes copied at a time, so that a page stays alive. */
const pieceBytes = 2 ** 22;

/** What a call of `advance` may do. */
export interface Limits {
  readonly steps: number;
  readonly epochs: number;
  readonly gradientTolerance: number | null;
}

/** How samples are evaluated, as numbers: the programs for it lie over the argument block as it is. */
interface EvaluationPlan {
  readonly data: Dataset;
  /** The column records. */
  readonly columns: Uint8Array;
  /** Address of the argument block. */
  readonly block: number;
  /** Bytes of the results of one chunk. */
  readonly resultBytes: number;
  /** The runs as they are now: whoever evaluates other samples meanwhile has programs made that answer otherwise. */
  readonly parts: ReturnType<Trainer["evaluations"]>;
  readonly chunks: readonly { readonly program: number; readonly from: number; readonly rows: number }[];
}

/** Makes ready to evaluate samples. */
function planEvaluation(trainer: Trainer, data: Dataset): EvaluationPlan {
  const { engine, memory } = trainer;
  trainer.prepareEvaluation(data);
  const parts = trainer.evaluations(data);
  return {
    data,
    columns: engine.bytes.slice(memory.columns, memory.columns + data.columns.length * abi.columnBytes),
    block: memory.get(abi.trainerArguments),
    resultBytes: trainer.resultBytes(data),
    parts,
    chunks: parts.map(({ chunk, from, rows }) => ({ program: chunk.program.address, from, rows })),
  };
}

/** What it needs of the program. */
export interface Means {
  readonly EngineError: new (message: string) => EngineError;
  readonly breathe: () => Promise<void>;
  /** Prepares the trainer for the run. */
  readonly prepare: () => void;
}

/** A range cut into pieces that are copied at a time. */
function piecesOf([at, length]: Range): Range[] {
  return Array.from({ length: Math.ceil(length / pieceBytes) }, (_, k): Range => {
    const done = k * pieceBytes;
    return [at + done, Math.min(pieceBytes, length - done)];
  });
}

/** A worker that has started, and its next reply. */
class Connection {
  readonly #EngineError: Means["EngineError"];
  #thread: Thread | null = null;
  #settle: { resolve(reply: Reply): void; reject(reason: Error): void } | null = null;
  #failure: string | null = null;

  constructor({ EngineError }: Means) {
    this.#EngineError = EngineError;
  }

  /** Starts it; the reason why there is none. */
  async start(threads: Threads | null, url: string | Address | null): Promise<string | null> {
    if (!threads) return "this host has no workers";
    const started = this.#next();
    const timer = setTimeout(() => this.#fail(`it did not start within ${startTime / 1000} s`), startTime);
    try {
      const { startThread } = await threads();
      const thread = await startThread(source, url, {
        reply: (given) => {
          const reply = given as Reply;
          if (!this.#settle && reply.kind === "failed") this.#fail(reply.reason);
          this.#settle?.resolve(reply);
          this.#settle = null;
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

  #fail(reason: string): void {
    this.#failure = reason;
    this.#settle?.reject(new Error(reason));
    this.#settle = null;
  }

  #next(): Promise<Reply> {
    if (this.#failure) return Promise.reject(new Error(this.#failure));
    const reply = new Promise<Reply>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    reply.catch(() => {}); // a failure between two requests is met by the next one
    return reply;
  }

  /** Sends what needs no answer; the pieces' buffers move. */
  tell(request: Request, transfer: readonly ArrayBuffer[] = []): void {
    this.#thread?.post(request, transfer);
  }

  /** Sends a request and waits for its answer. */
  async ask<R extends Reply>(request: Request): Promise<R> {
    const reply = this.#next();
    this.tell(request);
    const answer = await reply.catch((error: Error) => {
      throw new this.#EngineError(`fit: the worker died (${error.message}). The trainer stands at the last report.`);
    });
    if (answer.kind === "failed")
      throw new this.#EngineError(`fit: the worker failed (${answer.reason}). The trainer stands at the last report.`);
    return answer as R;
  }

  end(): void {
    this.#thread?.end();
    this.#thread = null;
  }
}

/** A run's worker. */
export class Remote {
  readonly #trainer: Trainer;
  readonly #connection: Connection;
  readonly #flops: number;
  readonly #evaluation: EvaluationPlan | null;
  readonly #spare: Range;

  private constructor(trainer: Trainer, connection: Connection, evaluation: EvaluationPlan | null) {
    this.#trainer = trainer;
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
   * Starts a worker, prepares the trainer for its run and brings it there. Returns why there is none where the host has no
   * workers, or where the validation samples are of another form; a worker whose file was named has to start. The trainer
   * may be asked all the while.
   */
  static async start(
    trainer: Trainer,
    url: string | Address | null,
    data: Dataset,
    validation: Dataset | null,
    means: Means,
  ): Promise<Remote | string> {
    const connection = new Connection(means);
    const reason = await connection.start(trainer.engine.threads, url);
    if (reason !== null && url === null) return reason;
    if (reason !== null)
      throw new means.EngineError(
        `fit: the worker at ${url} does not run: ${reason}. Serve the package's worker.js there, or give worker: true.`,
      );
    try {
      const remote = trainer.hold(() => {
        const evaluation = validation && planEvaluation(trainer, validation);
        means.prepare();
        // Its programs lie over the argument block as it was: rows of another form have replaced both.
        if (evaluation && evaluation.block !== trainer.memory.get(abi.trainerArguments)) return null;
        const remote = new Remote(trainer, connection, evaluation);
        remote.#bring(validation ? [data, validation] : [data]);
        return remote;
      });
      if (!remote) connection.end();
      else await remote.#bringRows(validation ? [data, validation] : [data], means);
      return remote ?? "the validation samples have another form";
    } catch (error) {
      connection.end();
      throw error;
    }
  }

  /** Copies what the run reads to where it lies here, all at once: a call in between would change it. */
  #bring(data: readonly Dataset[]): void {
    const { engine, memory, programs } = this.#trainer;
    const connection = this.#connection;
    const own = [...memory.regions, ...programs.regions, engine.record].map((address) => this.#wholeRegion(address));
    const rows = data.map(({ region }) => this.#wholeRegion(region));
    const scratch = engine.word(engine.record + abi.engineBases + 4 * abi.spaceScratch) - abi.regionHeader;
    const end = Math.max(...[...own, ...rows].map(([at, length]) => at + length), engine.memoryBytes);
    connection.tell({ kind: "open", module: engine.module, bytes: end });
    // Of the scratch, which every run writes before it reads, only the header.
    for (const range of [...own, [scratch, abi.regionHeader] as const])
      for (const piece of piecesOf(range)) this.#write(piece);
    memory.disown(this.#spare[0]);
  }

  /** Copies the rows, which nobody changes, and lets the run begin. */
  async #bringRows(data: readonly Dataset[], { breathe }: Means): Promise<void> {
    for (const { region } of data)
      for (const piece of piecesOf(this.#wholeRegion(region))) {
        this.#write(piece);
        await breathe();
      }
    this.#connection.tell({ kind: "adopt", record: this.#trainer.engine.record });
  }

  /** A region, its header included. */
  #wholeRegion(address: number): Range {
    const { engine } = this.#trainer;
    return [address - abi.regionHeader, abi.regionHeader + engine.core.regionBytes(address)];
  }

  #write([at, length]: Range): void {
    const bytes = this.#trainer.engine.bytes.slice(at, at + length);
    this.#connection.tell({ kind: "write", at, bytes }, [bytes.buffer]);
  }

  /** Trains for a while; the trainer here then stands where the worker stands. */
  async advance({ steps: most, epochs, gradientTolerance }: Limits): Promise<Advanced> {
    const { engine, memory } = this.#trainer;
    const steps = Math.min(most, memory.schedules.reach);
    this.#trainer.lookUpSchedules(steps);
    const pieces = memory.followed.map(([at, length]) => ({ at, bytes: engine.bytes.slice(at, at + length) }));
    const limits = { steps, epochs, gradientTolerance, milliseconds: replyTime, flops: this.#flops };
    const ranges = memory.changing;
    const request = { kind: "advance", trainer: memory.record, ...limits, pieces, ranges } as const;
    const reply = await this.#connection.ask<Advanced>(request);
    for (const { at, bytes } of reply.pieces) engine.bytes.set(bytes, at);
    memory.writeRate(); // it may have been set meanwhile
    this.#meet(reply.fault);
    return reply;
  }

  /** Evaluates the validation samples. */
  async evaluate(): Promise<Evaluation> {
    const { memory, options } = this.#trainer;
    const { data, parts, chunks, block, resultBytes } = this.#evaluation as EvaluationPlan;
    const step = memory.real(abi.trainerStep);
    this.#trainer.followLayers();
    const state = memory.get(abi.trainerState);
    // What layers read of schedules lies behind the running state.
    this.#write([state + memory.get(abi.trainerStateBytes), 8 * memory.stateLayout.followed.length]);
    const [columns, columnBytes] = this.#spare;
    const request: Evaluate = {
      kind: "evaluate",
      parameters: memory.get(abi.trainerParameters),
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
    const reply = await this.#connection.ask<Evaluated>(request);
    this.#meet(reply.fault);
    let at = -resultBytes;
    const next = (): [Uint8Array, number] => {
      at += resultBytes;
      return [reply.results, at];
    };
    return this.#trainer.addUp(data, next, parts);
  }

  /** Throws a fault of the worker as if it had happened here. */
  #meet(fault: Int32Array | null): void {
    if (!fault) return;
    const trainer = this.#trainer;
    trainer.naming(() => trainer.engine.throwFault(fault));
  }

  end(): void {
    this.#connection.end();
  }
}
