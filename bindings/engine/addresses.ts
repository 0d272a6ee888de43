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
