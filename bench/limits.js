// What one core can do, measured in the same process: see limit.ts.

import { race } from "./measure.js";

/** GFLOP/s of ten register-only chains, the clock in GHz from dependent additions, and flop per cycle. */
export function limits(kernels) {
  const { limit, clock } = race({ limit: kernels.limit, clock: kernels.dependentAdds }, 0.5);
  return { gflops: 80 / limit.best / 1e9, ghz: 8 / clock.best / 1e9, flopPerCycle: (10 * clock.best) / limit.best };
}
