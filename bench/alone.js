// GFLOP/s of plain JavaScript in a process of its own. Once any WebAssembly memory has grown, its old buffer is detached,
// and from then on V8 checks at every access of a typed array whether it is detached: measured 4.1 before and 3.1 after
// on Node 20. Beside the engine the baseline is measured as programs that use one meet it; here, at its best.

import { race, repeated } from "./measure.js";
import { uniform } from "./numbers.js";
import { matmul } from "./plain/matmul.js";

const n = 256;
const [a, b, out] = [uniform(n * n), uniform(n * n), new Float32Array(n * n)];
const { plain } = race({ plain: repeated(() => matmul(out, a, b, n, n, n)) }, 1);
console.log((2 * n ** 3) / plain.best / 1e9);
