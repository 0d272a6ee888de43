// thalweg/table: tables of numbers and words as samples. A separate entry, because of the CSV parser that it contains.

export type { ColumnType, TableColumn } from "./column.js";
export { type ReadTableOptions, readTable, type TableRecords, tableOf } from "./read.js";
export type { Table, TableCell } from "./table.js";
export type { TableStream } from "./texts.js";
