// A parameter, for code that works tensor by tensor.

/** @record tensor */
@unmanaged
export class TensorRange {
  /** First element, from the start of the arena. */
  offset: u32;
  elements: u32;
  /** Rows of the matrix [all axes but the last, last]; 0 with fewer than two axes. */
  rows: u32;
  columns: u32;
}
