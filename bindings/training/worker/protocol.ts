// What a run and its worker say to each other. The worker is an instance of the same module with the trainer's regions at
// the addresses they have here, so addresses mean the same on both sides and nothing has to be translated.

import type { WasmModule } from "../../engine/globals.js";

/** Bytes and where they lie. */
export interface Piece {
  readonly at: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Address and length. */
export type Range = readonly [at: number, length: number];

/** Makes the instance, with a memory of at least so many bytes. */
export interface Open {
  readonly kind: "open";
  readonly module: WasmModule;
  readonly bytes: number;
}

/** Bytes that are to lie in the worker's memory. */
export interface Write extends Piece {
  readonly kind: "write";
}

/** The memory is complete: the engine record lies here. */
export interface Adopt {
  readonly kind: "adopt";
  readonly record: number;
}

/** Trains until the time is over, or a limit is reached; answered by Advanced. */
export interface Advance {
  readonly kind: "advance";
  readonly trainer: number;
  readonly milliseconds: number;
  /** Floating-point operations of a run. */
  readonly flops: number;
  /** Updates at most. */
  readonly steps: number;
  /** Epochs that may end. */
  readonly epochs: number;
  /** Stops after an update whose gradient has at most this norm; null never does. */
  readonly gradientTolerance: number | null;
  /** Written before. */
  readonly pieces: readonly Piece[];
  /** Answered after. */
  readonly ranges: readonly Range[];
}

/** Runs the evaluation programs over all rows of a data set; answered by Evaluated. */
export interface Evaluate {
  readonly kind: "evaluate";
  readonly parameters: number;
  readonly state: number;
  readonly columns: number;
  readonly columnCount: number;
  readonly block: number;
  readonly order: number;
  readonly seed: readonly [low: number, high: number];
  readonly step: readonly [low: number, high: number];
  readonly results: Range;
  readonly chunks: readonly { readonly program: number; readonly from: number; readonly rows: number }[];
}

export type Request = Open | Write | Adopt | Advance | Evaluate;

/** The worker's code is running. */
export interface Ready {
  readonly kind: "ready";
}

export interface Advanced {
  readonly kind: "advanced";
  /** Seconds of training. */
  readonly seconds: number;
  /** Loss of every update. */
  readonly losses: Float64Array;
  /** Triples (updates done, mean loss, mean penalty), one an epoch that ended. */
  readonly ended: Float64Array;
  readonly pieces: readonly Piece[];
  /** The fault record after a fault. */
  readonly fault: Int32Array | null;
}

export interface Evaluated {
  readonly kind: "evaluated";
  /** The results of every chunk, one after the other. */
  readonly results: Uint8Array<ArrayBuffer>;
  readonly fault: Int32Array | null;
}

/** The instance could not be made, or trapped. */
export interface Failed {
  readonly kind: "failed";
  readonly reason: string;
}

export type Reply = Ready | Advanced | Evaluated | Failed;
