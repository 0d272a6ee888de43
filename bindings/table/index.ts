// thalweg/table: tables of numbers and words as samples. A separate entry, because of the CSV parser that it contains.

export { readMetadata, withMetadata } from "../files/metadata.js";
export {
  type TableCoding,
  type TableCodingData,
  type TableCodingOptions,
  type TableSamples,
  tableCoding,
} from "./coding.js";
export { tableCodingFrom } from "./codingData.js";
export type { ColumnType, TableColumn } from "./column.js";
export type { ColumnCode, NumberCode, WordCode } from "./columnCode.js";
export type { CodingDefaults, ColumnCoding, GapRule } from "./fitCode.js";
export { type ReadTableOptions, readTable, type TableRecords, tableOf } from "./read.js";
export { type SplitTableOptions, splitTable } from "./splitTable.js";
export type { Table, TableCell } from "./table.js";
export type { TableStream } from "./texts.js";
export { type TableWindows, type WindowsOptions, windows } from "./windows.js";
