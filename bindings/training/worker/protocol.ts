// Messages between a run and its worker. The worker is an instance of the same module with the trainer's regions at the
// same addresses, so that addresses are valid on both sides.

import type { WasmModule } from "../../engine/globals.js";

/** Bytes and their address. */
export interface Piece {
  readonly at: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Address and length. */
export type Range = readonly [at: number, length: number];

/** Creates the instance, unless an earlier run did, with a memory of at least `bytes` bytes. */
export interface Open {
  readonly kind: "open";
  readonly module: WasmModule;
  readonly bytes: number;
}

/** Writes bytes to the worker's memory. */
export interface Write extends Piece {
  readonly kind: "write";
}

/** Announces that the memory is complete. */
export interface Adopt {
  readonly kind: "adopt";
  /** Address of the engine record. */
  readonly record: number;
}

/** Trains until the time or a limit is reached; the reply is Advanced. */
export interface Advance {
  readonly kind: "advance";
  readonly trainer: number;
  readonly milliseconds: number;
  /** Floating-point operations of a run. */
  readonly flops: number;
  /** Maximum updates. */
  readonly steps: number;
  /** Maximum epochs that end. */
  readonly epochs: number;
  /** Stops after an update whose gradient has at most this norm; null for none. */
  readonly gradientTolerance: number | null;
  /** Bytes to write before. */
  readonly pieces: readonly Piece[];
  /** Ranges to return after. */
  readonly ranges: readonly Range[];
}

/** Runs the evaluation programs over all rows of a data set; the reply is Evaluated. */
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

/** The worker has started. */
export interface Ready {
  readonly kind: "ready";
}

export interface Advanced {
  readonly kind: "advanced";
  /** Seconds of training. */
  readonly seconds: number;
  /** Loss of every update. */
  readonly losses: Float64Array;
  /** Triples (updates done, mean loss, mean penalty), one per epoch that ended. */
  readonly ended: Float64Array;
  readonly pieces: readonly Piece[];
  /** The fault record after a fault. */
  readonly fault: Int32Array | null;
}

export interface Evaluated {
  readonly kind: "evaluated";
  /** The results of all chunks in order. */
  readonly results: Uint8Array<ArrayBuffer>;
  readonly fault: Int32Array | null;
}

/** The instance could not be created, or trapped. */
export interface Failed {
  readonly kind: "failed";
  readonly reason: string;
}

export type Reply = Ready | Advanced | Evaluated | Failed;
