// The reverse walk against closed forms in f64. Derivatives are evaluated node by node, without a plan.

import {
  f32Type,
  f64Type,
  faultMemory,
  faultScalar,
  i32Type,
  opMatmul,
  opMultiply,
  opSquare,
  opStopGradient,
} from "../../../assembly/abi";
import { reverse } from "../../../assembly/autodiff/reverse";
import { emit, stage, stageInput } from "../../../assembly/graph/emit";
import { elementsOf, nodeCount, opOf, rankOf, sameShape, typeOf } from "../../../assembly/graph/graph";
import {
  add,
  cast,
  divide,
  gather,
  matmul,
  multiply,
  negate,
  reciprocal,
  square,
  subtract,
  sum,
} from "../../../assembly/graph/vocabulary";
import { allocateRegion, bytesInUse, limitPages } from "../../../assembly/memory/regions";
import { registerArithmetic } from "../../../assembly/ops/arithmetic";
import { registerIndexing } from "../../../assembly/ops/indexing";
import { registerMovement } from "../../../assembly/ops/movement";
import { registerProduct } from "../../../assembly/ops/product";
import { registerRandom } from "../../../assembly/ops/random";
import { registerReductions } from "../../../assembly/ops/reduction";
import { registerSources } from "../../../assembly/ops/source";
import { clearFault, expectFault, faultCode, freshGraph, leafAt } from "../scenes/engine";
import { elementOf, evaluate } from "../scenes/interpreter";

registerRandom();
registerSources();
registerMovement();
registerArithmetic();
registerReductions();
registerProduct();
registerIndexing();

const LIST = memory.data(64, 16);
const BLOCK = allocateRegion(4096);

/** Values of leaves: element i of the block is i % 7 − 2.5, never 0. */
function fillBlock(): void {
  for (let i: usize = 0; i < 512; i++) store<f64>(BLOCK + (i << 3), value(i));
}

function value(i: usize): f64 {
  return <f64>(i % 7) - 2.5;
}

function want(k: i32, node: i32): void {
  store<i32>(LIST + ((<usize>k) << 2), node);
}

function got(k: i32): i32 {
  return load<i32>(LIST + ((<usize>k) << 2));
}

/** Cotangents of `count` wanted nodes of the scalar y, or of any y with a seed; all are evaluated. */
function derive(y: i32, count: i32, seed: i32 = -1): void {
  expect(reverse(y, seed, LIST, count)).toBe(true);
  expect(faultCode()).toBe(0);
  fillBlock();
  evaluate(BLOCK);
}

function near(a: f64, b: f64): bool {
  return abs(a - b) <= 1e-13 * max(1, abs(b));
}

function isZero(n: i32, like: i32): bool {
  if (!sameShape(n, like) || typeOf(n) !== typeOf(like)) return false;
  for (let i: usize = 0; i < <usize>elementsOf(n); i++) if (elementOf(n, i) !== 0) return false;
  return true;
}

describe("reverse", () => {
  it("gives 2x for the sum of squares", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 2, 3);
    const y = sum(square(x), 3);
    want(0, x);
    derive(y, 1);
    expect(sameShape(got(0), x)).toBe(true);
    for (let i: usize = 0; i < 6; i++) expect(elementOf(got(0), i)).toBe(2 * value(i));
  });
  it("gives each factor the other, and a quotient both parts", () => {
    freshGraph();
    const a = leafAt(0, f64Type);
    const b = leafAt(24, f64Type);
    const va = value(0);
    const vb = value(3);
    want(0, a);
    want(1, b);
    derive(multiply(a, b), 2);
    expect(elementOf(got(0))).toBe(vb);
    expect(elementOf(got(1))).toBe(va);
    want(0, a);
    want(1, b);
    derive(divide(a, b), 2);
    expect(near(elementOf(got(0)), 1 / vb)).toBe(true);
    expect(near(elementOf(got(1)), -va / (vb * vb))).toBe(true);
    want(0, a);
    want(1, b);
    derive(subtract(a, b), 2);
    expect(elementOf(got(0))).toBe(1);
    expect(elementOf(got(1))).toBe(-1);
  });
  it("adds the credits of every reader, also of one that reads twice", () => {
    freshGraph();
    const x = leafAt(0, f64Type);
    const v = value(0);
    want(0, x);
    derive(add(multiply(x, x), add(x, negate(multiply(square(x), x)))), 1); // x² + x − x³
    expect(near(elementOf(got(0)), 2 * v + 1 - 3 * v * v)).toBe(true);
    want(0, x);
    derive(add(x, x), 1);
    expect(elementOf(got(0))).toBe(2);
  });
  it("sums what was broadcast, over leading axes and over axes of extent 1", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 4, 3);
    const row = leafAt(256, f64Type, 3);
    const column = leafAt(512, f64Type, 4, 1);
    const scalar = leafAt(1024, f64Type);
    const y = sum(multiply(x, multiply(row, add(column, scalar))), 3);
    want(0, row);
    want(1, column);
    want(2, scalar);
    derive(y, 3);
    expect(sameShape(got(0), row)).toBe(true);
    expect(sameShape(got(1), column)).toBe(true);
    expect(sameShape(got(2), scalar)).toBe(true);
    let wrong = 0;
    let total: f64 = 0;
    for (let j: usize = 0; j < 3; j++) {
      let expected: f64 = 0;
      for (let i: usize = 0; i < 4; i++) expected += value(3 * i + j) * (value(64 + i) + value(128));
      if (!near(elementOf(got(0), j), expected)) wrong++;
    }
    for (let i: usize = 0; i < 4; i++) {
      let expected: f64 = 0;
      for (let j: usize = 0; j < 3; j++) expected += value(3 * i + j) * value(32 + j);
      if (!near(elementOf(got(1), i), expected)) wrong++;
      total += expected;
    }
    expect(wrong).toBe(0);
    expect(near(elementOf(got(2)), total)).toBe(true);
  });
  it("gives a product of matrices G Bᵀ and Aᵀ G, in each transposition", () => {
    for (let transposes = 0; transposes < 4; transposes++) {
      const tA = (transposes & 1) !== 0;
      const tB = (transposes & 2) !== 0;
      freshGraph();
      const a = tA ? leafAt(0, f64Type, 3, 2) : leafAt(0, f64Type, 2, 3); // m = 2, k = 3, n = 4
      const b = tB ? leafAt(256, f64Type, 4, 3) : leafAt(256, f64Type, 3, 4);
      const g = leafAt(1024, f64Type, 2, 4);
      want(0, a);
      want(1, b);
      derive(matmul(a, b, tA, tB), 2, g);
      let wrong = sameShape(got(0), a) && sameShape(got(1), b) ? 0 : 1;
      for (let m: usize = 0; m < 2; m++) {
        for (let k: usize = 0; k < 3; k++) {
          let expected: f64 = 0;
          for (let n: usize = 0; n < 4; n++)
            expected += value(128 + 4 * m + n) * value(32 + (tB ? 3 * n + k : 4 * k + n));
          if (!near(elementOf(got(0), tA ? 2 * k + m : 3 * m + k), expected)) wrong++;
        }
      }
      for (let k: usize = 0; k < 3; k++) {
        for (let n: usize = 0; n < 4; n++) {
          let expected: f64 = 0;
          for (let m: usize = 0; m < 2; m++) expected += value(128 + 4 * m + n) * value(tA ? 2 * k + m : 3 * m + k);
          if (!near(elementOf(got(1), tB ? 3 * n + k : 4 * k + n), expected)) wrong++;
        }
      }
      expect(wrong).toBe(0, `transposes ${transposes.toString()}`);
    }
  });
  it("starts from the seed it is given", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 5);
    const v = leafAt(512, f64Type, 5);
    want(0, x);
    derive(square(x), 1, v);
    for (let i: usize = 0; i < 5; i++) expect(elementOf(got(0), i)).toBe(2 * value(i) * value(64 + i));
  });
  it("answers the seed for y itself, and what passes any node on the way", () => {
    freshGraph();
    const x = leafAt(0, f64Type);
    const u = square(x);
    const y = square(u);
    want(0, y);
    want(1, u);
    want(2, x);
    want(3, u);
    derive(y, 4);
    const v = value(0);
    expect(elementOf(got(0))).toBe(1);
    expect(near(elementOf(got(1)), 2 * v * v)).toBe(true);
    expect(near(elementOf(got(2)), 4 * v * v * v)).toBe(true);
    expect(got(3)).toBe(got(1), "asked for twice");
  });
  it("answers zeros in the shape of what y does not depend on", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 2);
    const other = leafAt(64, f64Type, 3, 2);
    const single = leafAt(128, f32Type, 4);
    const y = sum(square(x), 1);
    const later = square(y); // no part of y
    want(0, other);
    want(1, single);
    want(2, x);
    want(3, later);
    derive(y, 4);
    expect(isZero(got(0), other)).toBe(true);
    expect(isZero(got(1), single)).toBe(true);
    expect(isZero(got(3), later)).toBe(true);
    expect(elementOf(got(2), 1)).toBe(2 * value(1));
  });
  it("emits nothing for inputs nobody asked about", () => {
    freshGraph();
    const a = leafAt(0, f64Type, 4, 4);
    const b = leafAt(256, f64Type, 4, 4);
    const y = sum(matmul(a, b, false, false), 3);
    const before = nodeCount();
    want(0, a);
    derive(y, 1);
    let products = 0;
    for (let n = before; n < nodeCount(); n++) if (opOf(n) === opMatmul) products++;
    expect(products).toBe(1);
  });
  it("passes neither a stop nor an integer", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 3);
    const squared = square(x);
    stage(opStopGradient);
    stageInput(squared);
    const y = sum(multiply(emit(), x), 1);
    want(0, x);
    derive(y, 1);
    for (let i: usize = 0; i < 3; i++) expect(elementOf(got(0), i)).toBe(value(i) * value(i));
    want(0, x);
    derive(sum(cast(cast(x, i32Type), f64Type), 1), 1);
    expect(isZero(got(0), x)).toBe(true);
  });
  it("casts cotangents back to the type of the input", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 3);
    const y = sum(square(cast(x, f32Type)), 1);
    want(0, x);
    derive(y, 1);
    expect(typeOf(got(0))).toBe(f64Type);
    for (let i: usize = 0; i < 3; i++) expect(elementOf(got(0), i)).toBe(2 * value(i));
  });
  it("adds up rows that were gathered more than once", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 3, 2);
    const indices = leafAt(3072, i32Type, 4);
    const y = sum(square(gather(x, indices)), 3);
    want(0, x);
    expect(reverse(y, -1, LIST, 1)).toBe(true);
    fillBlock();
    store<i32>(BLOCK + 3072, 2);
    store<i32>(BLOCK + 3076, 0);
    store<i32>(BLOCK + 3080, 2);
    store<i32>(BLOCK + 3084, 2);
    evaluate(BLOCK);
    for (let j: usize = 0; j < 2; j++) {
      expect(elementOf(got(0), j)).toBe(2 * value(j));
      expect(elementOf(got(0), 2 + j)).toBe(0);
      expect(elementOf(got(0), 4 + j)).toBe(6 * value(4 + j));
    }
  });
  it("differentiates its own answer: 6x, then 6, then 0 for x³; and second derivatives that mix", () => {
    freshGraph();
    const x = leafAt(0, f64Type);
    const v = value(0);
    want(0, x);
    derive(multiply(x, square(x)), 1);
    expect(near(elementOf(got(0)), 3 * v * v)).toBe(true);
    const first = got(0);
    want(0, x);
    derive(first, 1);
    expect(near(elementOf(got(0)), 6 * v)).toBe(true);
    const second = got(0);
    want(0, x);
    derive(second, 1);
    expect(near(elementOf(got(0)), 6)).toBe(true);
    const third = got(0);
    want(0, x);
    derive(third, 1);
    expect(near(elementOf(got(0)), 0)).toBe(true);
    const a = leafAt(8, f64Type);
    const b = leafAt(24, f64Type);
    want(0, a);
    derive(multiply(square(a), reciprocal(b)), 1); // a²/b
    const slope = got(0);
    want(0, b);
    derive(slope, 1);
    expect(near(elementOf(got(0)), (-2 * value(1)) / (value(3) * value(3)))).toBe(true);
  });
  it("takes any y of one element for a scalar", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 1, 1);
    want(0, x);
    derive(square(x), 1);
    expect(rankOf(got(0))).toBe(2);
    expect(elementOf(got(0))).toBe(2 * value(0));
  });
  it("refuses y of several elements without a seed, and of none", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 2);
    const y = square(x);
    const empty = leafAt(0, f64Type, 0);
    const nodes = nodeCount();
    const bytes = bytesInUse();
    want(0, x);
    expect(reverse(y, -1, LIST, 1)).toBe(false);
    expectFault(faultScalar, opSquare, y);
    want(0, x);
    expect(reverse(multiply(empty, empty), -1, LIST, 1)).toBe(false);
    expectFault(faultScalar, opMultiply, nodes);
    expect(got(0)).toBe(x);
    expect(bytesInUse()).toBe(bytes);
  });
  it("gives its tables back, also when memory is short", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 2);
    const y = sum(square(x), 1);
    const bytes = bytesInUse();
    want(0, x);
    derive(y, 1);
    evaluate(BLOCK); // its own values stay the same number of units
    expect(bytesInUse()).toBeLessThanOrEqual(bytes + 65536);
    freshGraph();
    const again = sum(square(leafAt(0, f64Type, 2)), 1);
    const held = bytesInUse();
    limitPages(0);
    want(0, 0);
    expect(reverse(again, -1, LIST, 1)).toBe(false);
    limitPages(65535);
    expect(faultCode()).toBe(faultMemory);
    clearFault();
    expect(bytesInUse()).toBe(held);
    want(0, 0);
    expect(reverse(again, -1, LIST, 1)).toBe(true);
    expect(bytesInUse()).toBe(held);
  });
});
