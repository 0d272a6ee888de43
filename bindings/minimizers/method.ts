// The description of a method.

import type { Opaque } from "../values/opaque.js";
import type { LineSearch } from "./lineSearches.js";

/** How to search for a minimum: a description that `minimize` takes. */
export interface MinimizeMethod extends Opaque<"MinimizeMethod"> {
  /** @internal */
  readonly method: string;
  /** Code of the core. @internal */
  readonly direction: number;
  /** Numbers as the direction's class lists them. @internal */
  readonly numbers: readonly number[];
  /** What it needs beside value and gradient: bits of the core's requests. @internal */
  readonly needs: number;
  /** Pairs of steps and changes it remembers at most. @internal */
  readonly pairs: number;
  /** @internal */
  readonly lineSearch: LineSearch | null;
}
