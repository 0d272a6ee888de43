// Conversion of addresses to indices. Wasm addresses reach 2^32, but JavaScript's `>>` is signed and turns those above
// 2^31 negative. No other file of bindings/ may shift an address, which scripts/addresses.mjs checks.

/** Index in `Engine.ints` of an address. @internal */
export function wordAt(address: number): number {
  return address >>> 2;
}

/** Index in `Engine.doubles` of an address. @internal */
export function doubleAt(address: number): number {
  return address >>> 3;
}

/** Field of the record called `Name`: its offset, plus 1 if it is an f64 rather than a 32-bit integer. */
export type Field<Name extends string> = number & { readonly record: Name };

/** True for a field that is an f64. Its odd offset is rounded down to an index of doubles. @internal */
export function isReal(field: number): boolean {
  return field % 2 === 1;
}
