// Columns of a data set in the argument block of a program, where the core gathers the rows of a run.

import * as abi from "../../assembly/abi.js";
import { type ColumnShape, type Dataset, type Role, sameForm } from "../data/dataset.js";
import * as fields from "../engine/recordFields.js";
import { type NamedTensors, recordOf } from "../tensors/named.js";
import type { Tensor } from "../tensors/tensor.js";
import { blockBytes } from "../tensors/trace.js";
import { elementCount, typeCode } from "../values/arrays.js";
import { targetKind } from "../values/options.js";
import type { TrainerParts } from "./parts.js";
import { gathered, momentsOf } from "./standardize.js";

/** A column in the argument block. */
export interface Argument extends Omit<ColumnShape, "type"> {
  readonly type: "f32" | "f64" | "i32";
  readonly offset: number;
}

/** Element type of a column in the block: integers stay integers as labels, and as inputs that are not standardized. */
function argumentType({ role, name, type }: ColumnShape, parts: TrainerParts, dtype: "f32" | "f64"): Argument["type"] {
  if (type !== "i32") return dtype;
  if (role === "inputs") return momentsOf(parts.standardize, name) ? dtype : type;
  return role === "targets" && targetKind(parts.loss.targets, name) === "classes" ? type : dtype;
}

/** Lays out the columns for a number of rows from an offset on; returns them and the end. */
export function layOutColumns(
  columns: readonly ColumnShape[],
  parts: TrainerParts,
  rows: number,
  from: number,
  dtype = parts.dtype,
): { columns: Argument[]; end: number } {
  let end = from;
  const placed = columns.map((column) => {
    const own = { ...column, type: argumentType(column, parts, dtype), offset: end };
    end += blockBytes(own.type, rows * elementCount(own.row));
    return own;
  });
  return { columns: placed, end };
}

/** Returns the column of the block for a column of data; undefined if there is none of its type and shape. */
export function columnFor(
  columns: readonly Argument[],
  column: ColumnShape,
  parts: TrainerParts,
  dtype = parts.dtype,
): Argument | undefined {
  const placed = { ...column, type: argumentType(column, parts, dtype) };
  return columns.find((own) => sameForm(own, placed));
}

/** Returns the columns of a role. */
export function ofRole<C extends { readonly role: Role }>(columns: readonly C[], role: Role): C[] {
  return columns.filter((column) => column.role === role);
}

/** Reads the columns of a role: a tensor, or tensors by name; undefined if there are none. */
export function readColumns(
  columns: readonly Argument[],
  role: Role,
  read: (column: Argument) => Tensor,
): Tensor | NamedTensors | undefined {
  const own = ofRole(columns, role);
  return own[0] && recordOf(own.map((one) => [one.name, read(one)] as const));
}

/** Writes the records at an address by which the core gathers rows of the data; standardizes unless that is left to the program. */
export function writeColumns(
  at: number,
  data: Dataset,
  columns: readonly Argument[],
  parts: TrainerParts,
  dtype = parts.dtype,
  standardizes = true,
): void {
  for (const [k, column] of data.columns.entries()) {
    const target = columnFor(columns, column, parts, dtype) as Argument;
    const standard = standardizes && column.role === "inputs" && gathered(momentsOf(parts.standardize, column.name));
    data.engine.write(at + k * abi.columnBytes, {
      [fields.columnAddress]: data.addresses[k] as number,
      [fields.columnType]: typeCode(column.type),
      [fields.columnRowElements]: elementCount(column.row),
      [fields.columnTarget]: target.offset,
      [fields.columnTargetType]: typeCode(target.type),
      // (x − mean) / deviation as scale · x + shift.
      [fields.columnScale]: standard ? 1 / standard[1] : 1,
      [fields.columnShift]: standard ? -standard[0] / standard[1] : 0,
    });
  }
}
