// What the core registers, for tests that want a row of each.

import * as contract from "../../bindings/values/contract.js";

/** Codes of all that is registered of a kind, ascending. */
export function codesOf(kind: "rule" | "transform" | "wrapper" | "law" | "search" | "direction"): number[] {
  const entries = Object.entries(contract) as [string, { readonly code: number }][];
  return ascending(entries.flatMap(([name, { code }]) => (new RegExp(`^${kind}[A-Z](?!izes)`).test(name) ? code : [])));
}

/** Each once, ascending. */
export function ascending(codes: Iterable<number>): number[] {
  return [...new Set(codes)].sort((a, b) => a - b);
}
