// Factorizations against the products they claim, in rows that lie further apart than they are long, with bytes around
// matrices and scratch that must stay as they are.

import { norm, powerBelow } from "../../../assembly/kernels/vectors";
import { cholesky, choleskyScratch, solveCholesky } from "../../../assembly/linalg/cholesky";
import { ldlt, solveLdlt, solveLdltScratch } from "../../../assembly/linalg/ldlt";
import { qr, rankOf } from "../../../assembly/linalg/qr";
import { singularValues, singularValuesScratch } from "../../../assembly/linalg/singularValues";
import { symmetricEigen, symmetricEigenScratch } from "../../../assembly/linalg/symmetricEigen";
import { backward, forward } from "../../../assembly/linalg/triangular";
import { panelBytes, subtractProduct } from "../../../assembly/linalg/update";

const SIZES = memory.data<u32>([0, 1, 2, 3, 5, 8, 9, 17, 33, 64, 70]);
const A = memory.data(60000, 16);
const B = memory.data(60000, 16);
const C = memory.data(60000, 16);
const V = memory.data(60000, 16);
const SCRATCH = memory.data(120000, 16);
const CANARY: u8 = 0xff;

/** Numbers in [-1/2, 1/2). */
function fill(at: usize, count: usize, seed: u32): void {
  let s = seed;
  for (let i: usize = 0; i < count; i++) {
    s = s * 1664525 + 1013904223;
    store<f64>(at + (i << 3), (s as f64) / 4294967296 - 0.5);
  }
}

function touched(from: usize, bytes: usize): i32 {
  let count = 0;
  for (const end = from + bytes; from < end; from++) if (load<u8>(from) !== CANARY) count++;
  return count;
}

/** Rows of n numbers, `row` bytes apart, symmetric, with `shift` on the diagonal; NaN between the rows. */
function symmetric(at: usize, row: usize, n: usize, shift: f64): void {
  memory.fill(at, CANARY, n * row + 64);
  let s: u32 = 9;
  for (let i: usize = 0; i < n; i++) {
    for (let j: usize = 0; j <= i; j++) {
      s = s * 1664525 + 1013904223;
      const x = (s as f64) / 4294967296 - 0.5 + (i === j ? shift : 0);
      store<f64>(at + i * row + (j << 3), x);
      store<f64>(at + j * row + (i << 3), x);
    }
  }
}

/** Largest |A - L Lᵀ|, rows `row` bytes apart. */
function choleskyError(n: usize, row: usize): f64 {
  symmetric(A, row, n, <f64>n);
  symmetric(B, row, n, <f64>n);
  memory.fill(SCRATCH, CANARY, <usize>choleskyScratch(n) + 64);
  if (cholesky(A, row, n, SCRATCH) !== -1) return Infinity;
  if (touched(SCRATCH + <usize>choleskyScratch(n), 64) !== 0) return Infinity;
  let worst: f64 = 0;
  for (let i: usize = 0; i < n; i++) {
    if (touched(A + i * row + (n << 3), row - (n << 3)) !== 0) return Infinity;
    for (let j: usize = 0; j <= i; j++) {
      let sum: f64 = 0;
      for (let p: usize = 0; p <= j; p++) sum += load<f64>(A + i * row + (p << 3)) * load<f64>(A + j * row + (p << 3));
      worst = max(worst, abs(sum - load<f64>(B + i * row + (j << 3))));
    }
  }
  return worst;
}

/** Largest |x - x̂| of a system A X = B with known X [n, m], through a factorization of A. */
function solveError(n: usize, m: usize, definite: bool): f64 {
  const row = n << 3;
  symmetric(A, row, n, definite ? <f64>n : 0);
  fill(B, n * m, 3);
  for (let i: usize = 0; i < n; i++) {
    for (let j: usize = 0; j < m; j++) {
      let sum: f64 = 0;
      for (let p: usize = 0; p < n; p++) sum += load<f64>(A + i * row + (p << 3)) * load<f64>(B + ((p * m + j) << 3));
      store<f64>(C + ((i * m + j) << 3), sum);
    }
  }
  if (definite) {
    cholesky(A, row, n, SCRATCH);
    solveCholesky(A, row, n, C, m << 3, m, SCRATCH);
  } else {
    ldlt(A, n, V);
    memory.fill(SCRATCH, CANARY, <usize>solveLdltScratch(n, m) + 64);
    solveLdlt(A, n, V, C, m, SCRATCH);
    if (touched(SCRATCH + <usize>solveLdltScratch(n, m), 64) !== 0) return Infinity;
  }
  let worst: f64 = 0;
  for (let i: usize = 0; i < n * m; i++) worst = max(worst, abs(load<f64>(B + (i << 3)) - load<f64>(C + (i << 3))));
  return worst;
}

/** Largest |A V - V Λ|. */
function eigenError(n: usize): f64 {
  const row = n << 3;
  symmetric(A, row, n, 0);
  symmetric(B, row, n, 0);
  const scratch = <usize>symmetricEigenScratch(n, true);
  memory.fill(SCRATCH, CANARY, scratch + 64);
  if (!symmetricEigen(A, n, C, V, SCRATCH)) return Infinity;
  if (touched(SCRATCH + scratch, 64) !== 0) return Infinity;
  let worst: f64 = 0;
  for (let i: usize = 0; i < n; i++) {
    for (let j: usize = 0; j < n; j++) {
      let sum: f64 = 0;
      for (let p: usize = 0; p < n; p++) sum += load<f64>(B + i * row + (p << 3)) * load<f64>(V + p * row + (j << 3));
      worst = max(worst, abs(sum - load<f64>(V + i * row + (j << 3)) * load<f64>(C + (j << 3))));
    }
  }
  return worst;
}

describe("factorizations", () => {
  it("of Cholesky multiply to the matrix and leave what lies between rows alone", () => {
    for (let k: usize = 0; k < 11; k++) {
      const n: usize = load<u32>(SIZES + (k << 2));
      expect(choleskyError(n, n << 3)).toBeLessThan(1e-12);
      expect(choleskyError(n, (n << 3) + 24)).toBeLessThan(1e-12);
    }
  });
  it("solve systems with one and with many right-hand sides", () => {
    for (let k: usize = 0; k < 11; k++) {
      const n: usize = load<u32>(SIZES + (k << 2));
      expect(solveError(n, 1, true)).toBeLessThan(1e-12);
      expect(solveError(n, 7, true)).toBeLessThan(1e-12);
      expect(solveError(n, 1, false)).toBeLessThan(1e-10);
      expect(solveError(n, 7, false)).toBeLessThan(1e-10);
    }
  });
  it("of eigenvalues have residuals of rounding", () => {
    for (let k: usize = 0; k < 11; k++) expect(eigenError(load<u32>(SIZES + (k << 2)))).toBeLessThan(1e-13);
  });
  it("end at once for NaN and infinities", () => {
    symmetric(A, 72, 9, 9);
    store<f64>(A + 72 * 5 + 8, NaN);
    expect(cholesky(A, 72, 9, SCRATCH)).toBe(5);
    symmetric(A, 72, 9, 9);
    store<f64>(A + 72 * 5 + 8, NaN);
    expect(symmetricEigen(A, 9, C, V, SCRATCH)).toBe(false);
    symmetric(A, 72, 9, 9);
    store<f64>(A + 72 * 5 + 8, Infinity);
    expect(symmetricEigen(A, 9, C, V, SCRATCH)).toBe(false);
    for (let at: usize = 0; at < 81; at++) {
      symmetric(A, 72, 9, 0);
      store<f64>(A + (at << 3), NaN);
      store<f64>(A + (at % 9) * 72 + ((at / 9) << 3), NaN);
      expect(ldlt(A, 9, V)).toBe(false);
    }
  });
  it("show the rank, and the singular values, of a product of two thin matrices", () => {
    // 6 columns of 8 numbers, as rows, of rank 2.
    fill(B, 12, 5);
    fill(C, 16, 6);
    for (let i: usize = 0; i < 6; i++) {
      for (let j: usize = 0; j < 8; j++) {
        const x =
          load<f64>(B + (i << 4)) * load<f64>(C + (j << 4)) + load<f64>(B + (i << 4), 8) * load<f64>(C + (j << 4), 8);
        store<f64>(A + ((i * 8 + j) << 3), x);
      }
    }
    memory.copy(B, A, 384);
    qr(A, 8, 6, C, V, SCRATCH);
    expect(rankOf(A, 8, 6) as u32).toBe(2);
    memory.fill(SCRATCH, CANARY, <usize>singularValuesScratch(6) + 64);
    expect(singularValues(B, 8, 6, C, SCRATCH)).toBe(true);
    expect(touched(SCRATCH + <usize>singularValuesScratch(6), 64)).toBe(0);
    expect(load<f64>(C, 8)).toBeGreaterThan(1e-3);
    expect(load<f64>(C, 16)).toBeLessThan(1e-15);
  });
});

describe("triangles and blocks", () => {
  it("solve with L, Lᵀ, U and Uᵀ", () => {
    const n: usize = 21;
    const m: usize = 5;
    const row = n << 3;
    for (let transposed: usize = 0; transposed < 2; transposed++) {
      const tRow: usize = transposed ? 8 : row;
      const tStep: usize = transposed ? row : 8;
      for (let upper: usize = 0; upper < 2; upper++) {
        fill(A, n * n, 1);
        for (let i: usize = 0; i < n; i++) store<f64>(A + i * (row + 8), 4);
        fill(B, n * m, 2);
        // C = T B over the triangle alone.
        for (let i: usize = 0; i < n; i++) {
          for (let j: usize = 0; j < m; j++) {
            let sum: f64 = 0;
            const first: usize = upper ? i : 0;
            const end = upper ? n : i + 1;
            for (let p = first; p < end; p++) {
              sum += load<f64>(A + i * tRow + p * tStep) * load<f64>(B + ((p * m + j) << 3));
            }
            store<f64>(C + ((i * m + j) << 3), sum);
          }
        }
        if (upper) backward(A, tRow, tStep, n, C, m << 3, m, false, SCRATCH);
        else forward(A, tRow, tStep, n, C, m << 3, m, false, SCRATCH);
        for (let i: usize = 0; i < n * m; i++) {
          expect(abs(load<f64>(B + (i << 3)) - load<f64>(C + (i << 3))) < 1e-14).toBe(true);
        }
      }
    }
  });
  it("subtract products of every shape, transposed or not, and write no further", () => {
    for (let transposed: usize = 0; transposed < 2; transposed++) {
      for (let m: usize = 0; m < 10; m++) {
        for (let n: usize = 0; n < 10; n++) {
          const k: usize = 5;
          fill(A, m * k, 1);
          fill(B, n * k, 2);
          memory.fill(C, CANARY, m * 120 + 64);
          memory.fill(SCRATCH, CANARY, <usize>panelBytes(k) + 64);
          for (let i: usize = 0; i < m; i++) fill(C + i * 120, n, <u32>i);
          subtractProduct(C, 120, A, k << 3, 8, B, (transposed ? k : n) << 3, transposed !== 0, m, n, k, SCRATCH);
          let wrong = touched(SCRATCH + <usize>panelBytes(k), 64) + touched(C + m * 120, 64);
          for (let i: usize = 0; i < m; i++) {
            wrong += touched(C + i * 120 + (n << 3), 120 - (n << 3));
            fill(V, n, <u32>i);
            for (let j: usize = 0; j < n; j++) {
              let x = load<f64>(V + (j << 3));
              for (let p: usize = 0; p < k; p++) {
                x -= load<f64>(A + ((i * k + p) << 3)) * load<f64>(B + ((transposed ? j * k + p : p * n + j) << 3));
              }
              if (!(abs(x - load<f64>(C + i * 120 + (j << 3))) < 1e-15)) wrong++;
            }
          }
          expect(wrong).toBe(0);
        }
      }
    }
  });
  it("have norms without overflow or underflow", () => {
    store<f64>(A, 3e300);
    store<f64>(A, 4e300, 8);
    expect(abs(norm(A, 2) / 5e300 - 1) < 1e-15).toBe(true);
    store<f64>(A, 3e-300);
    store<f64>(A, 4e-300, 8);
    expect(abs(norm(A, 2) / 5e-300 - 1) < 1e-15).toBe(true);
    store<f64>(A, 0);
    expect(norm(A, 1)).toBe(0);
    expect(powerBelow(5)).toBe(0.25);
    expect(powerBelow(0)).toBe(1);
    expect(powerBelow(Infinity)).toBe(1);
  });
});
