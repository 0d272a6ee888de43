// Error classes, and the messages for the faults that the core reports as numbers. Every message has the form
// "where: what is wrong: got, expected. What to do."

import * as abi from "../../assembly/abi.js";
import { opList, typeNames } from "./contract.js";

/** Thrown for shapes that are invalid or do not fit together. */
export class ShapeError extends RangeError {
  /** "ShapeError". */
  override name = "ShapeError";
}

/** Thrown if a tensor is used outside the trace that made it or as a number, or an object after it was freed. */
export class TraceError extends TypeError {
  /** "TraceError". */
  override name = "TraceError";
}

/** Thrown when an allocation would exceed the memory limit of the engine. */
export class MemoryError extends RangeError {
  /** "MemoryError". */
  override name = "MemoryError";
}

/** Thrown when the loss or a gradient is not finite. The trainer keeps the weights of the last finite step. */
export class DivergenceError extends RangeError {
  /** "DivergenceError". */
  override name = "DivergenceError";
  /** Number of completed updates. */
  readonly step: number;
  /** Name of the parameter whose gradient is not finite, or null if it was the loss. */
  readonly parameter: string | null;
  /** @internal */
  constructor(message: string, step: number, parameter: string | null) {
    super(message);
    this.step = step;
    this.parameter = parameter;
  }
}

/** Thrown if the core cannot be loaded, lacks a feature, or has trapped; after a trap, create a new engine. */
export class EngineError extends Error {
  /** "EngineError". */
  override name = "EngineError";
}

const names = opList.split(" ");

/** Name of the op with this code, undefined if there is none. */
export const opNameOf = (code: number): string | undefined => names[code - 1];

/** Name of the op with this code for error messages, "trace" if there is none. */
export function opName(code: number): string {
  return opNameOf(code) ?? "trace";
}

/** Runs `body` and prefixes the message of a ShapeError or MemoryError it throws with `where`. */
export function within<T>(where: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof ShapeError || error instanceof MemoryError)) throw error;
    throw new (error.constructor as typeof ShapeError)(`${where}: ${error.message}`, { cause: error });
  }
}

/** Element type of a tensor: 32-bit or 64-bit floating point, or 32-bit integer. */
export type DType = "f32" | "f64" | "i32";

/** Names for the numbers in a fault of training. */
export interface FaultNames {
  /** Name of the parameter that contains an element. */
  elementName(element: number): string;
  /** Name of the option that schedule k drives. */
  optionName(k: number): string;
}

/** Names outside of training. */
export const unnamed: FaultNames = { elementName: () => "?", optionName: () => "?" };

/** Names and shapes for the numbers in a fault. */
export interface FaultContext {
  readonly shape: (node: number) => string;
  readonly names: FaultNames;
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const counter = (low: number, high: number): number => (high >>> 0) * 2 ** 32 + (low >>> 0);

/** An index that the core got, for errors. */
export const wholeIndex = (index: number): number | string => (index === -(2 ** 31) ? "no 32-bit integer" : index);

const diverged = (what: string, step: number, parameter: string | null = null): DivergenceError =>
  new DivergenceError(
    `step ${step + 1}: ${what} is not finite. The weights of step ${step} are kept. Lower learningRate, standardize the ` +
      "inputs, or clip gradients; diagnose() of thalweg/inspect finds the op.",
    step,
    parameter,
  );

/** Error for the operands of a fault. */
export type Sentence = (o: readonly number[], op: string, context: FaultContext) => Error;

/** Sentences by code. Those of rare faults are added by what may cause them. */
export const sentences = new Map<number, Sentence>([
  [
    abi.faultMemory,
    ([high = 0, low = 0]) =>
      new MemoryError(
        `engine: out of memory: ${mebibytes(counter(low, high))} more are needed. Raise memoryLimit, free programs, ` +
          "trainers or data sets, or use a smaller batch or model.",
      ),
  ],
  [
    abi.faultShapes,
    ([, a = 0, b = 0], op, { shape }) =>
      new ShapeError(
        op === "concatenate" || op === "crossEntropy"
          ? `${op}: shapes do not fit together: ${shape(a)} and ${shape(b)}. They must agree in all axes but ` +
              `${op === "concatenate" ? "the one they are joined along" : "the last, of classes"}; reshape one side.`
          : `${op}: shapes do not fit together: ${shape(a)} and ${shape(b)}. Aligned from the right, extents must be ` +
              "equal or 1; reshape one side.",
      ),
  ],
  [
    abi.faultInner,
    ([, a = 0, b = 0, m = 0, n = 0], op, { shape }) =>
      new ShapeError(
        `${op}: inner extents differ: ${shape(a)} · ${shape(b)} (${m} ≠ ${n}). Transpose one side, or check the layer width.`,
      ),
  ],
  [
    abi.faultRank,
    ([, node = 0, got = 0, wanted = 0], op, { shape }) =>
      new ShapeError(
        `${op}: wrong number of axes: got ${got} (shape ${shape(node)}), expected ` +
          `${got < wanted ? `at least ${wanted}` : `at most ${wanted}`}. Reshape the tensor.`,
      ),
  ],
  [
    abi.faultAxis,
    ([, node = 0, axis = 0], op, { shape }) =>
      new ShapeError(
        `${op}: no such axis or axis named twice: got ${axis} for shape ${shape(node)}. Axes count from 0.`,
      ),
  ],
  [
    abi.faultType,
    ([, , got = 0, wanted = 0], op) =>
      new TypeError(
        `${op}: wrong element type: got ${typeNames[got] ?? "none"}, expected ${wanted < 0 ? "f32 or f64" : typeNames[wanted]}. ` +
          "Use cast().",
      ),
  ],
  [
    abi.faultTypes,
    (_, op) => new TypeError(`${op}: element types are mixed: got f32 and f64 together. Use cast() on one side.`),
  ],
  [
    abi.faultReshape,
    ([, node = 0], op, { shape }) =>
      new ShapeError(`${op}: the new shape and ${shape(node)} differ in number of elements. Check the extents.`),
  ],
  [
    abi.faultRange,
    ([, node = 0, axis = 0, from = 0, to = 0], op, { shape }) =>
      new ShapeError(
        op === "max" || op === "min" || op === "argMax"
          ? `${op}: axis ${axis} of shape ${shape(node)} is empty: got 0 elements, expected at least 1.`
          : op === "broadcastTo"
            ? `${op}: axis ${axis} cannot be broadcast: got extent ${from} in shape ${shape(node)}, expected 1 or ${to}. Reshape first.`
            : `${op}: range out of bounds on axis ${axis}: got ${from} .. ${to} for shape ${shape(node)}. Check start and stop.`,
      ),
  ],
  [
    abi.faultExtent,
    ([, node = 0, axis = 0, got = 0, wanted = 0], op, { shape }) =>
      new ShapeError(`${op}: axis ${axis} of ${shape(node)} does not fit: got ${got}, expected ${wanted}. Reshape it.`),
  ],
  [
    abi.faultScalar,
    ([, node = 0], _, { shape }) =>
      new ShapeError(
        `grad: the function must return a scalar: got shape ${shape(node)}. Reduce it with mean() or sum().`,
      ),
  ],
  [
    abi.faultTooLarge,
    ([, high = 0, low = 0], op) =>
      new MemoryError(
        `${op}: the result of ${mebibytes(counter(low, high))} has more elements than an engine can address. Split the work.`,
      ),
  ],
  [
    abi.faultIndex,
    ([, index = 0, extent = 0, at = 0], op) =>
      new RangeError(
        `${op}: index ${at} out of range: got ${wholeIndex(index)}, expected 0 .. ${extent - 1}. Check the labels or indices.`,
      ),
  ],
  [abi.faultLoss, ([low = 0, high = 0]) => diverged("the loss", counter(low, high))],
  [
    abi.faultGradient,
    ([low = 0, high = 0, element = 0], _, { names }) => {
      const name = names.elementName(element);
      return diverged(`the gradient of parameter "${name}"`, counter(low, high), name);
    },
  ],
  [
    abi.faultSchedule,
    ([low = 0, high = 0, k = 0], _, { names }) => {
      const step = counter(low, high);
      return new RangeError(
        `step ${step + 1}: the schedule of ${names.optionName(k)} is not finite. The weights of step ${step} ` +
          "are kept. Bound the schedule, or shorten it.",
      );
    },
  ],
  [
    abi.faultUnknownOp,
    (_, op) => new EngineError(`${op}: not in the feature set of this engine. Give createEngine thalweg.wasm.`),
  ],
]);

/** Error for a fault of the core: a code and its operands. */
export function faultError(
  code: number,
  operands: readonly number[],
  shape: (node: number) => string,
  names: FaultNames,
): Error {
  const [op = 0] = operands;
  // An index out of range may have the sentence of a layer.
  const sentence = sentences.get((code === abi.faultIndex && op & -65536) || code);
  if (!sentence) return new EngineError(`engine: unknown fault ${code}. Use matching files of one version.`);
  return sentence(operands, opNameOf(op) ?? "engine", { shape, names });
}

/** Codes that have a message, for the test that compares them with the core's. */
export const faultCodes = (): readonly number[] => [...sentences.keys()];
