// Dense linear algebra in double precision. Also the entry thalweg/linalg.

export { type Cholesky, cholesky } from "./cholesky.js";
export { conditionNumber, singularValues } from "./conditionNumber.js";
export { type Ldlt, ldlt } from "./ldlt.js";
export type { F64Array } from "./matrix.js";
export { type Qr, type QrOptions, qr } from "./qr.js";
export { solve, solveLeastSquares } from "./solve.js";
export { type EigenOptions, type SymmetricEigen, symmetricEigen } from "./symmetricEigen.js";
