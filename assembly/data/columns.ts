// A data set: columns of rows in wasm memory, in the element type of the user's array. A batch is gathered row by row, in the
// order of the epoch, into the argument block of the program, and converted and standardized while copying.

import { columnBytes, f32Type, f64Type, i32Type, u8Type } from "../abi";
import { gatherScaled } from "../kernels/convert";
import { forSize } from "../kernels/lanes";
import { copyElements } from "../kernels/strided";

/** @record */
@unmanaged
export class Column {
  address: u32;
  type: u32;
  rowElements: u32;
  target: u32; // offset in the argument block
  targetType: u32;
  scale: f64;
  shift: f64;
}

/** Writes rows order[0 .. count] of the column to `out`. */
function gatherColumn(column: Column, out: usize, order: usize, count: u32): void {
  const x = column.address;
  const length = column.rowElements;
  if (column.targetType === i32Type) {
    for (let r: u32 = 0; r < count; r++) {
      copyElements<i32>(out, x + load<u32>(order + (r << 2)) * length * 4, length);
      out += length * 4;
    }
  } else if (column.targetType === f32Type) gatherFloats<f32>(column, out, order, x, count, length);
  else gatherFloats<f64>(column, out, order, x, count, length);
}

function gatherFloats<To>(column: Column, out: usize, order: usize, x: usize, rows: u32, length: u32): void {
  const scale = column.scale;
  const shift = column.shift;
  if (column.type === u8Type) gatherScaled<u8, To>(out, order, x, rows, length, scale, shift);
  else if (column.type === i32Type) gatherScaled<i32, To>(out, order, x, rows, length, scale, shift);
  else if (column.type === f32Type) gatherScaled<f32, To>(out, order, x, rows, length, scale, shift);
  else if (column.type === f64Type) gatherScaled<f64, To>(out, order, x, rows, length, scale, shift);
}

/** Bytes of rows that are fetched at once: they stay in a near cache until they are converted. */
const fetchedBytes: u32 = 32768;

/** Rows below which the processor is far enough ahead by itself. */
const fewestFetched: u32 = 8;

/** Bytes at the start of a row that are fetched: behind them the processor notices by itself that it is read in order. */
const fetchedStart: u32 = 1024;

/**
 * Reads a byte of every cache line of `count` rows that do not follow each other. Such rows are missing in the caches; their lines
 * arrive side by side if they are read one after another, without the work on a row between: 2 to 4 times as fast.
 * Builds optimized for size do without.
 */
function fetchRows(x: usize, rowBytes: u32, order: usize, count: u32): void {
  const size = min(rowBytes, fetchedStart);
  let next: u32 = 0;
  for (const end = order + (count << 2); order !== end; order += 4) {
    const row = load<u32>(order);
    if (row !== next) {
      const start = x + row * rowBytes;
      for (let at: u32 = 0; at < size; at += 64) load<u8>(start + at);
      load<u8>(start + size - 1);
    }
    next = row + 1;
  }
}

/** Gathers a batch of every column into the argument block at `block`, from its row `first` on. */
export function gatherBatch(
  columns: usize,
  columnCount: u32,
  block: usize,
  order: usize,
  count: u32,
  first: u32 = 0,
): void {
  for (let k: u32 = 0; k < columnCount; k++) {
    const column = changetype<Column>(columns + k * columnBytes);
    const bytes: u32 = column.targetType === f64Type ? 8 : 4;
    const length = column.rowElements;
    const rowBytes = length * (column.type === u8Type ? 1 : column.type === f64Type ? 8 : 4);
    if (ASC_SHRINK_LEVEL >= forSize || count < fewestFetched || rowBytes === 0) {
      gatherColumn(column, block + column.target + first * length * bytes, order, count);
      continue;
    }
    const fetched = fetchedBytes / rowBytes + 1;
    for (let done: u32 = 0; done < count; done += fetched) {
      const rows = min(count - done, fetched);
      const at = order + (done << 2);
      fetchRows(column.address, rowBytes, at, rows);
      gatherColumn(column, block + column.target + (first + done) * length * bytes, at, rows);
    }
  }
}
