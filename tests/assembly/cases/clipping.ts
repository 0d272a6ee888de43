// Gradient transforms in the core against scalar f64 loops: every tensor on its own, neighbours and padding untouched.

import {
  f32Type,
  f64Type,
  tensorBytes,
  transformBytes,
  transformCentralize,
  transformClipGlobalNorm,
  transformClipNorm,
  transformClipValue,
  transformCode,
  transformCount,
  transformFields,
} from "../../../assembly/abi";
import { clampSymmetric, scale, subtractRow } from "../../../assembly/kernels/vectors";
import { transformEntry } from "../../../assembly/memory/engine";
import { applyChain, Chain } from "../../../assembly/optimizers/transforms/chain";
import { registerDenseTransforms, registerWholeTransforms } from "../../../assembly/optimizers/transforms/index";
import "../scenes/engine";

registerDenseTransforms();
registerWholeTransforms();

// A vector of 3, a matrix [5, 3], a vector of 1: 19 numbers, padded to 32.
const PADDED: usize = 32;
const ELEMENTS: usize = 19;
const G = memory.data(32 * 8 + 64, 16);
const CHAIN = memory.data(64, 16);
const TENSORS = memory.data(64, 16);
const TRANSFORMS = memory.data(64, 16);
const ROW = memory.data(128, 16);

function valueAt(i: usize): f64 {
  return <f64>((i * 5 + 3) % 13) / 16 - 0.375;
}

function get<T>(i: usize): f64 {
  return <f64>load<T>(G + i * sizeof<T>());
}

function fill<T>(): void {
  memory.fill(G, 0, PADDED * 8 + 64);
  for (let i: usize = 0; i < ELEMENTS; i++) store<T>(G + i * sizeof<T>(), <T>valueAt(i));
}

function setTensor(k: usize, offset: u32, elements: u32, rows: u32, columns: u32): void {
  const at = TENSORS + k * tensorBytes;
  store<u32>(at, offset);
  store<u32>(at, elements, 4);
  store<u32>(at, rows, 8);
  store<u32>(at, columns, 12);
}

/** Applies one transform to the 19 numbers. */
function apply<T>(code: i32, c: f64, epsilon: f64): i32 {
  fill<T>();
  setTensor(0, 0, 3, 0, 0);
  setTensor(1, 3, 15, 5, 3);
  setTensor(2, 18, 1, 0, 0);
  memory.fill(TRANSFORMS, 0, transformBytes);
  store<i32>(TRANSFORMS, code, transformCode);
  store<f64>(TRANSFORMS, c, transformFields);
  store<f64>(TRANSFORMS, epsilon, transformFields + 8);
  const chain = changetype<Chain>(CHAIN);
  chain.type = sizeof<T>() === 4 ? f32Type : f64Type;
  chain.elements = <u32>PADDED;
  chain.tensors = <u32>TENSORS;
  chain.tensorCount = 3;
  chain.transforms = <u32>TRANSFORMS;
  chain.transformCount = 1;
  chain.workspace = <u32>ROW;
  return applyChain(chain, G, squares(0, ELEMENTS));
}

function squares(from: usize, to: usize): f64 {
  let sum: f64 = 0;
  for (let i = from; i < to; i++) sum += valueAt(i) * valueAt(i);
  return sum;
}

function near<T>(a: f64, b: f64): bool {
  return abs(a - b) <= (sizeof<T>() === 4 ? 1e-7 : 1e-15);
}

function wrongPadding<T>(): i32 {
  let wrong = 0;
  for (let i = ELEMENTS; i < PADDED; i++) if (get<T>(i) !== 0) wrong++;
  return wrong;
}

function wrongValue<T>(c: f64): i32 {
  apply<T>(transformClipValue, c, 0);
  let wrong = wrongPadding<T>();
  for (let i: usize = 0; i < ELEMENTS; i++) {
    if (get<T>(i) !== <f64>(<T>min<f64>(max<f64>(valueAt(i), -c), c))) wrong++;
  }
  return wrong;
}

function wrongPart<T>(from: usize, to: usize, c: f64, epsilon: f64): i32 {
  const factor = min<f64>(1, c / (sqrt<f64>(squares(from, to)) + epsilon));
  let wrong = 0;
  for (let i = from; i < to; i++) if (!near<T>(get<T>(i), valueAt(i) * factor)) wrong++;
  return wrong;
}

function wrongNorm<T>(c: f64, epsilon: f64): i32 {
  apply<T>(transformClipNorm, c, epsilon);
  const vectors = wrongPart<T>(0, 3, c, epsilon) + wrongPart<T>(18, 19, c, epsilon);
  return wrongPadding<T>() + vectors + wrongPart<T>(3, 18, c, epsilon);
}

function wrongGlobal<T>(c: f64, epsilon: f64): i32 {
  apply<T>(transformClipGlobalNorm, c, epsilon);
  return wrongPadding<T>() + wrongPart<T>(0, ELEMENTS, c, epsilon);
}

function wrongCentered<T>(): i32 {
  apply<T>(transformCentralize, 0, 0);
  let wrong = wrongPadding<T>();
  for (let i: usize = 0; i < ELEMENTS; i++) {
    let mean: f64 = 0;
    if (i >= 3 && i < 18) for (let k: usize = 0; k < 5; k++) mean += valueAt(3 + (i % 3) + 3 * k) / 5;
    if (!near<T>(get<T>(i), valueAt(i) - mean)) wrong++;
  }
  return wrong;
}

/** Numbers that kernels of `count` elements from element 1 on change around them, or leave unchanged among them. */
function wrongBounds<T>(count: usize): i32 {
  let wrong = 0;
  for (let kernel = 0; kernel < 3; kernel++) {
    for (let i: usize = 0; i < PADDED; i++) store<T>(G + i * sizeof<T>(), <T>8);
    for (let i: usize = 0; i < 16; i++) store<T>(ROW + i * sizeof<T>(), <T>1);
    const x = G + sizeof<T>();
    if (kernel === 0) scale<T>(x, x, 0.5, count);
    else if (kernel === 1) clampSymmetric<T>(x, 2, count);
    else subtractRow<T>(x, ROW, 2, count);
    const touched: usize = kernel === 2 ? count + count : count;
    const value: f64 = kernel === 0 ? 4 : kernel === 1 ? 2 : 7;
    for (let i: usize = 0; i < PADDED; i++) if (get<T>(i) !== (i !== 0 && i <= touched ? value : 8)) wrong++;
  }
  return wrong;
}

describe("a gradient transform", () => {
  it("clips by value", () => {
    expect(wrongValue<f32>(0.125)).toBe(0);
    expect(wrongValue<f64>(0.125)).toBe(0);
  });
  it("clips the norm of each tensor", () => {
    expect(wrongNorm<f32>(0.25, 1e-6)).toBe(0);
    expect(wrongNorm<f64>(0.25, 1e-6)).toBe(0);
    expect(wrongNorm<f64>(0.25, 0)).toBe(0);
  });
  it("clips the norm of all", () => {
    expect(wrongGlobal<f32>(0.25, 1e-6)).toBe(0);
    expect(wrongGlobal<f64>(0.25, 1e-6)).toBe(0);
    expect(wrongGlobal<f64>(100, 1e-6)).toBe(0, "short enough already");
  });
  it("takes the mean of every column off a matrix", () => {
    expect(wrongCentered<f32>()).toBe(0);
    expect(wrongCentered<f64>()).toBe(0);
  });
  it("writes to its own tensor only", () => {
    for (let count: usize = 1; count <= 11; count++) {
      expect(wrongBounds<f32>(count)).toBe(0);
      expect(wrongBounds<f64>(count)).toBe(0);
    }
  });
  it("is in the table under its code", () => {
    for (let code = 0; code <= transformCentralize; code++) expect(load<u32>(transformEntry(code))).toBeGreaterThan(0);
    expect(transformCentralize).toBeLessThan(transformCount);
  });
});
