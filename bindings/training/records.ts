// Writes the records of a trainer: its groups, tensors and wrappers.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import { registered } from "../engine/featureSets.js";
import type { RecordView } from "../engine/record.js";
import * as fields from "../engine/recordFields.js";
import { typeCode } from "../values/arrays.js";
import { arenaBytes, type Blocks, type UpdateParts } from "./layout.js";
import type { Group, Layout, StoredArray } from "./parameters.js";

type TrainerRecord = RecordView<"trainer">;

/** Writes a group record and its table of matrices. */
export function writeGroup(engine: Engine, address: number, table: number, group: Group): void {
  const numbers = group.hyper.map((hyper) => (typeof hyper === "number" ? hyper : 0));
  engine.doubles.set(numbers, doubleAt(address + abi.groupDecoupledDecay));
  engine.write(address, {
    [fields.groupOffset]: group.offset,
    [fields.groupElements]: group.elements,
    [fields.groupRule]: registered(engine, "rule", group.rule, group.name),
    [fields.groupProximal]: Number(group.proximal),
    [fields.groupCautious]: Number(group.cautious),
    [fields.groupMatrices]: table,
    [fields.groupMatrixCount]: group.matrices.length,
  });
  for (const [k, { offset, rows, columns }] of group.matrices.entries())
    engine.write(table + k * abi.matrixBytes, {
      [fields.matrixOffset]: offset,
      [fields.matrixRows]: rows,
      [fields.matrixColumns]: columns,
    });
}

/** Writes a table of tensors, for code that works tensor by tensor. */
export function writeTable(engine: Engine, table: number, tensors: readonly StoredArray[]): void {
  for (const [k, { offset, elements, shape }] of tensors.entries()) {
    const columns = shape.length >= 2 ? (shape.at(-1) as number) : 0;
    engine.write(table + k * abi.tensorBytes, {
      [fields.tensorOffset]: offset,
      [fields.tensorElements]: elements,
      [fields.tensorRows]: columns > 0 ? elements / columns : 0,
      [fields.tensorColumns]: columns,
    });
  }
}

/** Writes the tensors that are trained, for transforms and wrappers. */
export function writeTensors(trainer: TrainerRecord, table: number, { parameters }: Layout): void {
  const trained = parameters.filter(({ elements, frozen }) => elements > 0 && !frozen);
  writeTable(trainer.engine, table, trained);
  trainer.set(fields.trainerTensors, table);
  trainer.set(fields.trainerTensorCount, trained.length);
}

/** Writes the wrappers of the update and the blocks they share. */
export function writeWrapping(trainer: TrainerRecord, blocks: Blocks, update: UpdateParts, layout: Layout): void {
  const { engine } = trainer;
  const { wrapping } = blocks;
  const records = wrapping + abi.wrappingBytes;
  engine.write(wrapping, {
    [fields.wrappingType]: typeCode(layout.dtype),
    [fields.wrappingElements]: layout.elements,
    [fields.wrappingTensors]: trainer.get(fields.trainerTensors),
    [fields.wrappingTensorCount]: trainer.get(fields.trainerTensorCount),
    [fields.wrappingWrappers]: records,
    [fields.wrappingWrapperCount]: update.wrappers.length,
    [fields.wrappingUpdates]: update.keepsUpdate ? blocks.updates : 0,
    [fields.wrappingPerturbed]: update.evaluatesTwice ? blocks.perturbed : 0,
  });
  let next = blocks.kept;
  for (const [k, wrapper] of update.wrappers.entries()) {
    const at = records + k * abi.wrapperBytes;
    engine.set(at, fields.wrapperCode, registered(engine, "wrapper", wrapper.code, wrapper.wrapper));
    engine.set(at, fields.wrapperState, wrapper.keepsWeights ? next : 0);
    engine.doubles.set(wrapper.fields, doubleAt(at + abi.wrapperFields));
    if (wrapper.keepsWeights) next += arenaBytes(layout);
  }
  trainer.set(fields.trainerWrapping, wrapping);
}
