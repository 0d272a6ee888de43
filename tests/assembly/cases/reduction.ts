// Sums, extrema, running sums, casts and gathering, against their definitions.

import { axisProduct } from "../../../assembly/kernels/axisProduct";
import { castElements, gatherScaled } from "../../../assembly/kernels/convert";
import {
  argMaxRows,
  extremumScalar,
  Largest,
  maxColumns,
  maxRows,
  minColumns,
  minRows,
  Smallest,
} from "../../../assembly/kernels/extremum";
import { cumulativeSum, cumulativeSumScalar } from "../../../assembly/kernels/scan";
import { sumColumns, sumOfSquares, sumRows, sumScalar, sumWide } from "../../../assembly/kernels/sum";

const LENGTHS = memory.data<u32>([1, 2, 3, 4, 5, 8, 14, 15, 16, 17, 31, 33, 100, 1023, 1024, 1025, 2049, 3100]);
const LENGTH_COUNT: usize = 18;
const WIDTHS = memory.data<u32>([1, 2, 3, 4, 5, 8, 10, 16, 17]);
const WIDTH_COUNT: usize = 9;
const IN = memory.data(900000, 16);
const OUT = memory.data(900000, 16);
const WIDE = memory.data(70000, 16);
const CHAIN = memory.data(450000, 16);
const ROWS = memory.data<u32>([3, 0, 2, 2]);
/** 0, -0, 1.5, -1.5, 3e9, -3e9, NaN, ∞, -∞ and what they are as i32. */
const FLOATS = memory.data<f64>([0, -0.0, 1.5, -1.5, 3e9, -3e9, NaN, Infinity, -Infinity]);
const INTEGERS = memory.data<i32>([0, 0, 1, -1, i32.MAX_VALUE, i32.MIN_VALUE, 0, i32.MAX_VALUE, i32.MIN_VALUE]);

/** Puts `count` values `start` elements behind IN, NaN around them, and clears as much of OUT to 0xff. */
function fill<T>(count: usize, start: usize): usize {
  memory.fill(IN, 0xff, (count + start + 4) * sizeof<T>() + 16);
  memory.fill(OUT, 0xff, (count + start + 4) * sizeof<T>() + 16);
  let s: u32 = 1;
  for (let i: usize = start; i < start + count; i++) {
    s = s * 1664525 + 1013904223;
    store<T>(IN + i * sizeof<T>(), ((s as f64) / 4294967296 - 0.5) as T);
  }
  return IN + start * sizeof<T>();
}

/** 0 if the bits at `at` are those of `value`, else 1. */
function differ<T>(at: usize, value: T): i32 {
  if (sizeof<T>() === 4) return load<u32>(at) === reinterpret<u32>(value) ? 0 : 1;
  else return load<u64>(at) === reinterpret<u64>(value) ? 0 : 1;
}

/** Wrong results of sums and extrema of two rows at every length and start. */
function wrongRows<T>(): i32 {
  let wrong = 0;
  for (let i: usize = 0; i < LENGTH_COUNT; i++) {
    const length: usize = load<u32>(LENGTHS + 4 * i);
    const x = fill<T>(2 * length, i & 3);
    const second = x + length * sizeof<T>();
    sumRows<T>(OUT, x, 2, length);
    wrong += differ<T>(OUT, sumScalar<T>(x, sizeof<T>(), length));
    wrong += differ<T>(OUT + sizeof<T>(), sumScalar<T>(second, sizeof<T>(), length));
    maxRows<T>(OUT, x, 2, length);
    wrong += differ<T>(OUT + sizeof<T>(), extremumScalar<Largest, T>(second, sizeof<T>(), length));
    minRows<T>(OUT, x, 2, length);
    wrong += differ<T>(OUT + sizeof<T>(), extremumScalar<Smallest, T>(second, sizeof<T>(), length));
    if (load<u32>(OUT + 2 * sizeof<T>()) !== 0xffffffff) wrong++;
    for (let l: usize = 0; l < length; l++) {
      store<f64>(WIDE + 8 * l, load<T>(x + l * sizeof<T>()) as f64);
    }
    sumRows<f64>(OUT, WIDE, 1, length);
    wrong += differ<f64>(OUT, sumWide<T>(x, length));
    for (let l: usize = 0; l < length; l++) {
      const v = load<f64>(WIDE + 8 * l);
      store<f64>(WIDE + 8 * l, v * v);
    }
    sumRows<f64>(OUT, WIDE, 1, length);
    wrong += differ<f64>(OUT, sumOfSquares<T>(x, length));
  }
  return wrong;
}

/** Wrong results of sums, extrema and running sums along the middle axis of [2, length, inner]. */
function wrongColumns<T>(): i32 {
  let wrong = 0;
  for (let i: usize = 0; i < LENGTH_COUNT; i++) {
    const length: usize = load<u32>(LENGTHS + 4 * i);
    for (let j: usize = 0; j < WIDTH_COUNT; j++) {
      const inner: usize = load<u32>(WIDTHS + 4 * j);
      const row = inner * sizeof<T>();
      const x = fill<T>(2 * length * inner, (i + j) & 3);
      const column = x + (length * inner + inner - 1) * sizeof<T>(); // the last one
      const out = OUT + 2 * row - sizeof<T>();
      sumColumns<T>(OUT, x, 2, length, inner);
      for (let k: usize = 0; k < inner; k++) {
        const sum = sumScalar<T>(column - k * sizeof<T>(), row, length);
        wrong += differ<T>(out - k * sizeof<T>(), sum);
      }
      maxColumns<T>(OUT, x, 2, length, inner);
      wrong += differ<T>(out, extremumScalar<Largest, T>(column, row, length));
      minColumns<T>(OUT, x, 2, length, inner);
      wrong += differ<T>(out, extremumScalar<Smallest, T>(column, row, length));
      if (load<u32>(OUT + 2 * row) !== 0xffffffff) wrong++;
      for (let reverse: u32 = 0; reverse < 2; reverse++) {
        cumulativeSum<T>(OUT, x, 2, length, inner, reverse !== 0);
        cumulativeSumScalar<T>(CHAIN, column, row, length, reverse !== 0);
        for (let l: usize = 0; l < length; l++) {
          const at = OUT + ((length + l) * inner + inner - 1) * sizeof<T>();
          if (load<T>(at) !== load<T>(CHAIN + l * row)) wrong++;
        }
        if (load<u32>(OUT + 2 * length * row) !== 0xffffffff) wrong++;
      }
    }
  }
  return wrong;
}

/** Wrong products, and products of all others, along the middle axis of [2, length, inner]; numbers are powers of 2. */
function wrongProducts<T>(): i32 {
  let wrong = 0;
  for (let length: usize = 0; length < 9; length++) {
    for (let inner: usize = 1; inner < 4; inner++) {
      const count: usize = 2 * length * inner;
      const x = fill<T>(count, 1);
      for (let k: usize = 0; k < count; k++) {
        const value: f64 = ((k * 7) & 3) === 0 ? 0.5 : ((k * 5) & 7) === 1 ? 0 : -2;
        store<T>(x + k * sizeof<T>(), value as T);
      }
      axisProduct(OUT, x, 2, length, inner, false, sizeof<T>() === 4);
      axisProduct(CHAIN, x, 2, length, inner, true, sizeof<T>() === 4);
      for (let o: usize = 0; o < 2; o++) {
        for (let i: usize = 0; i < inner; i++) {
          const column = (o * length * inner + i) * sizeof<T>();
          let all: f64 = 1;
          for (let l: usize = 0; l < length; l++) {
            all *= load<T>(x + column + l * inner * sizeof<T>()) as f64;
            let rest: f64 = 1;
            for (let k: usize = 0; k < length; k++) {
              if (k !== l) rest *= load<T>(x + column + k * inner * sizeof<T>()) as f64;
            }
            if ((load<T>(CHAIN + column + l * inner * sizeof<T>()) as f64) !== rest) wrong++;
          }
          if ((load<T>(OUT + (o * inner + i) * sizeof<T>()) as f64) !== all) wrong++;
        }
      }
      if (load<u32>(OUT + 2 * inner * sizeof<T>()) !== 0xffffffff) wrong++;
    }
  }
  return wrong;
}

/** Reductions of 37 numbers with a NaN among them that are not NaN, and a wrong first index. */
function hiddenNaN<T>(): i32 {
  let wrong = 0;
  for (let l: usize = 0; l < 37; l++) {
    const x = fill<T>(37, 1);
    store<T>(x + l * sizeof<T>(), NaN as T);
    sumRows<T>(OUT, x, 1, 37);
    if (load<T>(OUT) === load<T>(OUT)) wrong++;
    maxRows<T>(OUT, x, 1, 37);
    if (load<T>(OUT) === load<T>(OUT)) wrong++;
    minColumns<T>(OUT, x, 1, 37, 1);
    if (load<T>(OUT) === load<T>(OUT)) wrong++;
    if (sumOfSquares<T>(x, 37) === sumOfSquares<T>(x, 37)) wrong++;
    store<T>(x + 36 * sizeof<T>(), NaN as T);
    argMaxRows<T>(OUT, x, 1, 37);
    if (load<i32>(OUT) !== (l as i32)) wrong++;
  }
  return wrong;
}

/** First index of the largest of eight zeros with ones at `first` and behind it. */
function indexOfOne(first: usize): i32 {
  memory.fill(IN, 0, 32);
  for (let l = first; l < 8; l += 2) store<f32>(IN + 4 * l, 1);
  argMaxRows<f32>(OUT, IN, 1, 8);
  return load<i32>(OUT);
}

function wrongCasts(): i32 {
  let wrong = 0;
  castElements<f64, f32>(IN, FLOATS, 9);
  castElements<f64, i32>(OUT, FLOATS, 9);
  wrong += memory.compare(OUT, INTEGERS, 36);
  castElements<f32, i32>(OUT, IN, 9);
  wrong += memory.compare(OUT, INTEGERS, 36);
  castElements<f32, f64>(OUT, IN, 9);
  castElements<i32, f64>(WIDE, INTEGERS, 9);
  for (let i: usize = 0; i < 9; i++) {
    const v = load<f64>(FLOATS + 8 * i);
    const back = load<f64>(OUT + 8 * i);
    if (v === v ? back !== v || 1 / back !== 1 / v : back === back) wrong++;
    if (load<f64>(WIDE + 8 * i) !== (load<i32>(INTEGERS + 4 * i) as f64)) wrong++;
  }
  return wrong;
}

/** Wrong elements of four gathered rows of `length`. */
function wrongGather<From, To>(length: usize, scale: f64, shift: f64): i32 {
  for (let i: usize = 0; i < 4 * length; i++) {
    store<From>(IN + i * sizeof<From>(), ((i * 37) & 255) as From);
  }
  const count = 4 * length;
  memory.fill(OUT, 0xff, count * sizeof<To>() + 16);
  gatherScaled<From, To>(OUT, ROWS, IN, 4, length, scale, shift);
  let wrong = load<u32>(OUT + count * sizeof<To>()) === 0xffffffff ? 0 : 1;
  for (let r: usize = 0; r < 4; r++) {
    for (let i: usize = 0; i < length; i++) {
      const v = load<From>(IN + (load<u32>(ROWS + 4 * r) * length + i) * sizeof<From>()) as To;
      const scaled: To = v * (scale as To);
      if (load<To>(OUT + (r * length + i) * sizeof<To>()) !== scaled + (shift as To)) wrong++;
    }
  }
  return wrong;
}

function wrongGathers<From, To>(): i32 {
  let wrong = 0;
  for (let length: usize = 0; length < 20; length++) {
    wrong += wrongGather<From, To>(length, 1, 0) + wrongGather<From, To>(length, 1.0 / 255, -0.3);
  }
  return wrong;
}

describe("sums and extrema", () => {
  it("have the bits of their definition along rows", () => {
    expect(wrongRows<f32>()).toBe(0);
    expect(wrongRows<f64>()).toBe(0);
  });
  it("have the same bits along columns, and write no further", () => {
    expect(wrongColumns<f32>()).toBe(0);
    expect(wrongColumns<f64>()).toBe(0);
  });

  it("multiply all along an axis, and all but one, zeros among them", () => {
    expect(wrongProducts<f32>()).toBe(0);
    expect(wrongProducts<f64>()).toBe(0);
  });

  it("add 200,000 f32 up in place, to the last digit", () => {
    for (let i: usize = 0; i < 200000; i++) store<f32>(IN + 4 * i, 0.1);
    cumulativeSum<f32>(IN, IN, 1, 200000, 1, false);
    expect(abs<f64>((load<f32>(IN + 4 * 199999) as f64) - 200000 * <f64>(<f32>0.1))).toBeLessThan(0.001);
  });
  it("of nothing are zero", () => {
    sumRows<f32>(OUT, IN, 1, 0);
    expect(load<f32>(OUT)).toBe(0);
    sumColumns<f64>(OUT, IN, 1, 0, 2);
    expect(load<f64>(OUT, 8)).toBe(0);
    expect(sumOfSquares<f32>(IN, 0)).toBe(0);
  });
  it("show a NaN wherever it stands", () => {
    expect(hiddenNaN<f32>()).toBe(0);
    expect(hiddenNaN<f64>()).toBe(0);
  });
  it("sums of squares do not overflow f32", () => {
    store<f32>(IN, 1e30);
    expect(sumOfSquares<f32>(IN, 1)).toBe((1e30 as f32 as f64) * (1e30 as f32 as f64));
  });
  it("the largest is found at its first place", () => {
    for (let first: usize = 0; first < 8; first++) expect(indexOfOne(first)).toBe(first as i32);
  });
});

describe("casts and gathering", () => {
  it("casts round towards zero, clamp, and take NaN to 0", () => expect(wrongCasts()).toBe(0));
  it("gathered rows are one multiplication and one addition", () => {
    expect(wrongGathers<u8, f32>()).toBe(0);
    expect(wrongGathers<u8, f64>()).toBe(0);
    expect(wrongGathers<i32, f32>()).toBe(0);
    expect(wrongGathers<f32, f32>()).toBe(0);
    expect(wrongGathers<f64, f32>()).toBe(0);
    expect(wrongGathers<f64, f64>()).toBe(0);
  });
  it("scale 1 and shift 0 copy, -0 included", () => {
    memory.fill(IN, 0, 64);
    for (let i: usize = 0; i < 16; i++) store<f32>(IN + 4 * i, -0.0);
    gatherScaled<f32, f32>(OUT, ROWS, IN, 4, 4, 1, 0);
    expect(memory.compare(OUT, IN, 64)).toBe(0);
  });
});
