// The description of a method.

import type { LineSearch } from "./lineSearches.js";

/** How to search for a minimum: a description that `minimize` takes. */
export interface Method {
  readonly method: string;
  /** Code of the core. */
  readonly direction: number;
  /** Numbers as the direction's class lists them. */
  readonly numbers: readonly number[];
  /** What it needs beside value and gradient: bits of the core's requests. */
  readonly needs: number;
  /** Pairs of steps and changes it remembers at most. */
  readonly pairs: number;
  readonly lineSearch: LineSearch | null;
}
