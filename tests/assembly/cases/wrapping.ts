// What surrounds an update, in the core against scalar f64 loops: kernels of signs, masks tensor by tensor, slow weights,
// perturbed weights; neighbours and padding untouched.

import {
  f32Type,
  f64Type,
  tensorBytes,
  wrapperBytes,
  wrapperCautious,
  wrapperCode,
  wrapperCount,
  wrapperFields,
  wrapperLookahead,
  wrapperSam,
  wrapperState,
} from "../../../assembly/abi";
import { addDecayed, countOpposed, keepOpposed } from "../../../assembly/kernels/agree";
import { wrapperEntry } from "../../../assembly/memory/engine";
import { registerWholeWrappers } from "../../../assembly/optimizers/wrappers/index";
import { afterUpdate, changeUpdates, perturbWeights, Wrapping } from "../../../assembly/optimizers/wrappers/wrapper";
import "../scenes/engine";

registerWholeWrappers();

// Tensors of 3, 15 and 1 numbers: 19, padded to 32.
const PADDED: usize = 32;
const ELEMENTS: usize = 19;
const A = memory.data(32 * 8 + 64, 16);
const B = memory.data(32 * 8 + 64, 16);
const OUT = memory.data(32 * 8 + 64, 16);
const TENSORS = memory.data(64, 16);
const WRAPPERS = memory.data(64, 16);
const WRAPPING = memory.data(64, 16);

function numberAt(i: usize, factor: usize): f64 {
  return i < ELEMENTS ? <f64>((i * factor + 3) % 13) / 16 - 0.375 : 0;
}
const first: usize = 5;
const second: usize = 7;

function get<T>(x: usize, i: usize): f64 {
  return <f64>load<T>(x + i * sizeof<T>());
}

function fill<T>(): void {
  for (let i: usize = 0; i < PADDED; i++) {
    store<T>(A + i * sizeof<T>(), <T>numberAt(i, first));
    store<T>(B + i * sizeof<T>(), <T>numberAt(i, second));
    store<T>(OUT + i * sizeof<T>(), <T>numberAt(i, first));
  }
}

function near<T>(a: f64, b: f64): bool {
  return abs(a - b) <= (sizeof<T>() === 4 ? 1e-7 : 1e-15);
}

function setTensor(k: usize, offset: u32, elements: u32): void {
  store<u32>(TENSORS + k * tensorBytes, offset);
  store<u32>(TENSORS + k * tensorBytes, elements, 4);
}

/** A wrapping of one wrapper with fields a, b and a vector of its own at OUT. */
function wrappingOf<T>(code: i32, a: f64, b: f64): Wrapping {
  fill<T>();
  setTensor(0, 0, 3);
  setTensor(1, 3, 15);
  setTensor(2, 18, 1);
  memory.fill(WRAPPERS, 0, wrapperBytes);
  store<i32>(WRAPPERS, code, wrapperCode);
  store<u32>(WRAPPERS, <u32>OUT, wrapperState);
  store<f64>(WRAPPERS, a, wrapperFields);
  store<f64>(WRAPPERS, b, wrapperFields + 8);
  const wrapping = changetype<Wrapping>(WRAPPING);
  wrapping.type = sizeof<T>() === 4 ? f32Type : f64Type;
  wrapping.elements = <u32>PADDED;
  wrapping.tensors = <u32>TENSORS;
  wrapping.tensorCount = 3;
  wrapping.wrappers = <u32>WRAPPERS;
  wrapping.wrapperCount = 1;
  wrapping.updates = <u32>A;
  wrapping.perturbed = <u32>OUT;
  return wrapping;
}

function isOpposed(i: usize): bool {
  return numberAt(i, first) * numberAt(i, second) < 0;
}

function wrongMask<T>(): i32 {
  changeUpdates(wrappingOf<T>(wrapperCautious, 0.25, 0), B);
  let wrong = 0;
  for (let i: usize = 0; i < PADDED; i++) {
    const from: usize = i < 3 ? 0 : i < 18 ? 3 : 18;
    const to: usize = i < 3 ? 3 : i < 18 ? 18 : 19;
    let kept: f64 = 0;
    for (let k = from; k < to; k++) if (isOpposed(k)) kept++;
    const factor = 1 / max<f64>(kept / <f64>(to - from), 0.25);
    if (!near<T>(get<T>(A, i), isOpposed(i) ? factor * numberAt(i, first) : 0)) wrong++;
  }
  return wrong;
}

/** Slow weights at OUT start as A, fast ones are B. */
function wrongSlow<T>(step: f64): i32 {
  afterUpdate(wrappingOf<T>(wrapperLookahead, 3, 0.25), B, step);
  let wrong = 0;
  for (let i: usize = 0; i < PADDED; i++) {
    const slow = numberAt(i, first);
    const fast = numberAt(i, second);
    const synchronized = step === 3 || step === 6;
    if (!near<T>(get<T>(OUT, i), synchronized ? slow + 0.25 * (fast - slow) : slow)) wrong++;
    if (!near<T>(get<T>(B, i), synchronized ? slow + 0.25 * (fast - slow) : fast)) wrong++;
  }
  return wrong;
}

function wrongPoint<T>(adaptive: bool): i32 {
  let squares: f64 = 0;
  let scaled: f64 = 0;
  for (let i: usize = 0; i < ELEMENTS; i++) {
    squares += numberAt(i, second) * numberAt(i, second);
    const product = numberAt(i, first) * numberAt(i, second);
    scaled += product * product;
  }
  perturbWeights(wrappingOf<T>(wrapperSam, 0.5, adaptive ? 1 : 0), A, B, squares);
  let wrong = 0;
  for (let i: usize = 0; i < PADDED; i++) {
    const w = numberAt(i, first);
    const g = numberAt(i, second);
    const e = adaptive ? (0.5 * w * w * g) / sqrt<f64>(scaled) : (0.5 * g) / sqrt<f64>(squares);
    if (!near<T>(get<T>(OUT, i), w + e)) wrong++;
    if (get<T>(A, i) !== <f64>(<T>w)) wrong++;
  }
  return wrong;
}

function wrongShrunk<T>(): i32 {
  fill<T>();
  addDecayed<T>(A, B, 0.5, PADDED);
  let wrong = 0;
  for (let i: usize = 0; i < PADDED; i++) {
    const w = numberAt(i, first);
    const d = numberAt(i, second);
    if (!near<T>(get<T>(A, i), (w * d > 0 ? w : 0.5 * w) + d)) wrong++;
  }
  return wrong;
}

/** Elements that a mask of `count` from element 1 on changes around them, or counts wrongly. */
function wrongBounds<T>(count: usize): i32 {
  for (let i: usize = 0; i < PADDED; i++) {
    store<T>(A + i * sizeof<T>(), <T>8);
    store<T>(B + i * sizeof<T>(), <T>(i % 2 === 0 ? -1 : 1));
  }
  const a = A + sizeof<T>();
  const b = B + sizeof<T>();
  let wrong = countOpposed<T>(a, b, count) === count / 2 ? 0 : 1;
  keepOpposed<T>(a, b, 0.25, count);
  for (let i: usize = 0; i < PADDED; i++) {
    const touched = i !== 0 && i <= count;
    if (get<T>(A, i) !== (touched ? (i % 2 === 0 ? 2 : 0) : 8)) wrong++;
  }
  return wrong;
}

/** Products of the smallest numbers underflow; their signs do not. */
function countsTiny<T>(): usize {
  const tiny: T = sizeof<T>() === 4 ? <T>f32.MIN_NORMAL_VALUE : <T>f64.MIN_NORMAL_VALUE;
  for (let i: usize = 0; i < 4; i++) {
    store<T>(A + i * sizeof<T>(), i === 3 ? <T>0 : tiny);
    store<T>(B + i * sizeof<T>(), i === 1 ? tiny : <T>0 - tiny);
  }
  return countOpposed<T>(A, B, 4);
}

describe("what surrounds an update", () => {
  it("masks it tensor by tensor", () => {
    expect(wrongMask<f32>()).toBe(0);
    expect(wrongMask<f64>()).toBe(0);
  });
  it("moves slow weights every third update, and fast ones to them", () => {
    for (let step: f64 = 1; step <= 6; step++) {
      expect(wrongSlow<f32>(step)).toBe(0);
      expect(wrongSlow<f64>(step)).toBe(0);
    }
  });
  it("moves weights up the gradient, in either measure", () => {
    expect(wrongPoint<f32>(false)).toBe(0);
    expect(wrongPoint<f64>(false)).toBe(0);
    expect(wrongPoint<f32>(true)).toBe(0);
    expect(wrongPoint<f64>(true)).toBe(0);
  });
  it("adds to weights that are shrunk where they do not grow", () => {
    expect(wrongShrunk<f32>()).toBe(0);
    expect(wrongShrunk<f64>()).toBe(0);
  });
  it("writes to its own tensor only, and counts it alone", () => {
    for (let count: usize = 1; count <= 11; count++) {
      expect(wrongBounds<f32>(count)).toBe(0);
      expect(wrongBounds<f64>(count)).toBe(0);
    }
  });
  it("looks at signs, not at products", () => {
    expect(countsTiny<f32>()).toBe(2);
    expect(countsTiny<f64>()).toBe(2);
  });
  it("is in the table under its code", () => {
    for (let code = 0; code <= wrapperCautious; code++) {
      const entry = wrapperEntry(code);
      expect(load<u32>(entry) + load<u32>(entry, 4) + load<u32>(entry, 8)).toBeGreaterThan(0);
    }
    expect(wrapperCautious).toBeLessThan(wrapperCount);
  });
});
