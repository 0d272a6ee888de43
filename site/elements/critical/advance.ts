// Searches in slices: a search runs until it ends or has come where it should, and is freed, also when its work is given up.

import type { MinimizerSearch, SearchTrace } from "thalweg/minimizers";

/** Advances a search by so many updates at a time; `isThere` looks at the coordinates [points, n] so far. */
export function* advanced(
  search: MinimizerSearch,
  updates: number,
  isThere: (x: Float64Array) => boolean = () => false,
): Generator<unknown, SearchTrace> {
  try {
    while (!search.result && !isThere(search.trace.x)) {
      search.advance(updates);
      yield;
    }
    return search.trace;
  } finally {
    search.free();
  }
}
