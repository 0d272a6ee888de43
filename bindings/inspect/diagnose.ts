import * as abi from "../../assembly/abi.js";
import type { AnySamples, Dataset } from "../data/dataset.js";
import { doubleAt, wordAt } from "../engine/addresses.js";
import { wholeOnly } from "../engine/featureSets.js";
import * as fields from "../engine/recordFields.js";
import type { Program } from "../tensors/trace.js";
import { lookUpNext } from "../training/schedules.js";
import { type AnyTrainer, Trainer } from "../training/trainer.js";
import { elementCount } from "../values/arrays.js";
import { DivergenceError } from "../values/errors.js";
import { wrongKind } from "../values/options.js";
import { type ExplainedOp, type ListedOp, listOps } from "./listing.js";
import { replanned, withData } from "./subject.js";

/** First number of a step that is not finite. */
export interface Diagnosis {
  /** Op that produced it; null if every op is finite, but the penalty or the sum over the batch is not. */
  readonly op: ExplainedOp | null;
  /** Layer of that op: see ExplainedOp. */
  readonly layer: string | null;
  /** Index of the sample in the given samples; null if the number does not depend on a single sample. */
  readonly row: number | null;
  /** Index of the number in the op's output; its first entry counts in the rows of one run. */
  readonly index: readonly number[];
  /** NaN, Infinity or -Infinity. */
  readonly value: number;
  /** Operands of an elementwise op, one number for each input, at most 3; empty for other ops. */
  readonly inputs: readonly number[];
  /** The diagnosis as text. */
  readonly message: string;
}

/**
 * Finds the first op in program order whose output contains NaN or an infinity, with its layer and the row. Repeats the
 * step at the current weights and checks the output of every op; the trainer is not changed.
 *
 * After `fit` threw a DivergenceError, give the same samples: this repeats the failed batch and then, if that is finite,
 * a step over all samples as one batch. After `step`, give the batch.
 *
 * @param trainer  a trainer with no run in progress
 * @param samples  the argument of `step` or `fit`
 * @returns        the first number that is not finite, or null if the whole step is finite
 * @throws TypeError    the first argument is not a trainer
 * @throws ShapeError   the samples do not fit the model
 * @throws EngineError  the engine has the feature set "dense" only
 * @example
 * diagnose(trainer, data); // null
 */
export const diagnose = /* @__PURE__ */ wholeOnly(function diagnose(
  trainer: AnyTrainer,
  samples: AnySamples | Dataset,
): Diagnosis | null {
  const where = "diagnose";
  if (!(trainer instanceof Trainer))
    throw wrongKind(where, "the first argument", "a trainer", trainer, "createTrainer()");
  return withData(where, trainer, samples, (data) => {
    trainer.cost(data, Math.min(data.rows, trainer.options.microBatch)); // throws if the samples do not fit
    const running = runningBatch(trainer, data);
    return (
      (running && diagnoseBatch(where, trainer, data, running)) ??
      diagnoseBatch(where, trainer, data, { order: data.order, rows: data.rows })
    );
  });
});

interface Batch {
  /** Address of the rows. */
  readonly order: number;
  readonly rows: number;
}

/** Current batch of the last run, if it was over as many samples as `data` has. */
function runningBatch(trainer: AnyTrainer, data: Dataset): Batch | null {
  const { engine, memory } = trainer;
  const rows = memory.get(fields.trainerRows);
  const batch = memory.get(fields.trainerBatch);
  const position = memory.get(fields.trainerPosition);
  if (rows !== data.rows || batch === 0) return null;
  memory.reserveOrder(rows);
  const order = memory.get(fields.trainerOrder);
  engine.bytes.copyWithin(order, data.order, data.order + 4 * rows);
  engine.call((core) => core.restoreOrder(memory.record));
  return { order: order + 4 * position, rows: Math.min(batch, rows - position) };
}

function diagnoseBatch(where: string, trainer: AnyTrainer, data: Dataset, { order, rows }: Batch): Diagnosis | null {
  const { engine, memory, programs } = trainer;
  const saved = trainer.save();
  const before = memory.get(fields.trainerAccumulatedRows);
  const samples = engine.ints.slice(wordAt(order), wordAt(order) + rows);
  const found = replanned(where, trainer, true, (planned, parts) =>
    engine.borrow(abi.nonFiniteBytes, (record) => {
      engine.bytes.fill(0, record, record + abi.nonFiniteBytes);
      programs.prepareRuns(data, [rows], true, programs.trained ?? data.augment);
      lookUpNext(trainer);
      engine.call((core) => core.watch(record));
      try {
        engine.checked((core) => core.step(memory.record, order, rows), memory);
        return "finite";
      } catch (error) {
        if (!(error instanceof DivergenceError)) throw error;
        return engine.word(record) === 0 ? error : readFound(trainer, planned, parts, record);
      } finally {
        if (!engine.broken) engine.call((core) => core.watch(0));
      }
    }),
  );
  if (found === "finite") {
    trainer.restore(saved);
    return null;
  }
  if (found instanceof DivergenceError)
    return {
      op: null,
      layer: null,
      row: null,
      index: [],
      value: Number.NaN,
      inputs: [],
      message: `${found.message} Every op is finite: the penalty is not, or a sum over the batch.`,
    };
  const { rowOf, ...rest } = found;
  const inBatch = rowOf === null ? null : rowOf - before;
  const row = inBatch === null ? null : (samples[inBatch] as number);
  return { ...rest, row, message: sentence({ ...rest, row }) };
}

type Found = Omit<Diagnosis, "row" | "message" | "op"> & { readonly op: ExplainedOp; readonly rowOf: number | null };

/** Reads the number that the checked run has found. */
function readFound(trainer: AnyTrainer, planned: readonly Program[], parts: readonly string[], record: number): Found {
  const { engine, memory } = trainer;
  const call = engine.word(record + abi.nonFiniteCall);
  const program = planned.findLast(
    ({ address }) => call > address && call < address + engine.word(address + abi.programBytes),
  ) as Program;
  const listed = listOps(engine, program, parts);
  const at = listed.findIndex((op) => op.call === call);
  const { unit, call: _, ...op } = listed[at] as ListedOp;
  const element = engine.word(record + abi.nonFiniteElement);
  const slots = Array.from({ length: abi.trainerProgramSlots }, (_, k) => memory.record + abi.trainerPrograms + 8 * k);
  const slot = slots.find((at) => engine.word(at + 4) === program.address) as number;
  const rows = engine.word(slot);
  const { shape } = op.output;
  const led = shape[0] === rows && readsBatch(listed.slice(0, at + 1)) && op.output.space !== "gradients";
  const reals = doubleAt(record + abi.nonFiniteInputValues);
  return {
    op,
    layer: op.layer,
    index: indexOf(element, shape),
    value: engine.doubles[doubleAt(record + abi.nonFiniteValue)] as number,
    inputs: [...engine.doubles.subarray(reals, reals + engine.word(record + abi.nonFiniteInputs))],
    rowOf: led ? engine.word(record + abi.nonFiniteRow) + Math.floor(element / (elementCount(shape) / rows)) : null,
  };
}

/** True if the last of these ops depends on the rows of the batch, not only on the weights. */
function readsBatch(ops: readonly ExplainedOp[]): boolean {
  const rows = new Map<string, boolean>();
  let reads = false;
  for (const { inputs, output } of ops) {
    reads = inputs.some(({ space, offset }) => space === "arguments" || rows.get(`${space}+${offset}`));
    rows.set(`${output.space}+${output.offset}`, reads);
  }
  return reads;
}

function indexOf(element: number, shape: readonly number[]): number[] {
  let left = element;
  const index = [...shape].reverse().map((extent) => {
    const place = left % extent;
    left = Math.floor(left / extent);
    return place;
  });
  return index.reverse();
}

function sentence({
  op,
  layer,
  row,
  index,
  value,
  inputs,
}: Omit<Diagnosis, "message"> & { readonly op: ExplainedOp }): string {
  const part = layer === null ? "" : layer === "model" || layer === "loss" ? `${layer}: ` : `layer "${layer}": `;
  const of = op.inputs.map(({ shape }) => `[${shape.join(", ")}]`).join(" and ");
  const from = inputs.length > 0 ? `, made of ${inputs.join(" and ")}` : "";
  const where = `${row === null ? "" : `row ${row}, `}index [${index.join(", ")}]`;
  return `${part}${op.backward ? "the derivative's " : ""}${op.name}${of ? ` of ${of}` : ""} is ${value} at ${where}${from}.`;
}
