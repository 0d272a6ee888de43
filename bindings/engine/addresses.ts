// Addresses as indices. Wasm addresses reach 2^32, but JavaScript's `>>` is signed and turns those above 2^31 negative, so
// no other file of bindings/ shifts an address; scripts/addresses.mjs holds it to that.

/** Index in `Engine.ints` of what lies at an address. @internal */
export function wordAt(address: number): number {
  return address >>> 2;
}

/** Index in `Engine.doubles` of what lies at an address. @internal */
export function doubleAt(address: number): number {
  return address >>> 3;
}

/** A field of the record called `Name`: its offset, plus 1 if it is an f64 rather than a 32-bit integer. */
export type Field<Name extends string> = number & { readonly record: Name };

/** Whether a field is an f64. Its odd offset is rounded down to an index of doubles. @internal */
export function isReal(field: number): boolean {
  return field % 2 === 1;
}
