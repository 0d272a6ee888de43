// Description of a minimization method.

import type { Opaque } from "../values/opaque.js";
import type { LineSearch } from "./lineSearches.js";

/** Description of a minimization method, an argument of `minimize`. */
export interface MinimizeMethod extends Opaque<"MinimizeMethod"> {
  /** Name of the method. @internal */
  readonly method: string;
  /** Code of the direction in the core. @internal */
  readonly direction: number;
  /** Numbers in the order of the fields of the core's class. @internal */
  readonly numbers: readonly number[];
  /** Bits of the core's requests that it makes beside value and gradient. @internal */
  readonly needs: number;
  /** Number of stored pairs of steps and gradient changes. @internal */
  readonly pairs: number;
  /** Line search along the direction; null if the method has none. @internal */
  readonly lineSearch: LineSearch | null;
}
