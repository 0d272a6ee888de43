// sin, cos, atan, erf and power.

import { atanLanes, atanScalar } from "../../../assembly/kernels/atan";
import { erfLanes, erfScalar } from "../../../assembly/kernels/erf";
import { map1, map2 } from "../../../assembly/kernels/lanes";
import { powerLanes, powerScalar } from "../../../assembly/kernels/power";
import { cosLanes, cosScalar, sinLanes, sinScalar } from "../../../assembly/kernels/trigonometric";

const SAMPLES: u32 = 4096;
const IN = memory.data(40000, 16);
const OUT = memory.data(40000, 16);
const COUNTS = memory.data<u32>([0, 1, 3, 4, 5, 8, 15, 16, 17, 33]);

// x, sin x, cos x, by mpmath 1.3 in 1300 bits.
const CIRCLE = memory.data<f64>([
  1e-8, 1e-8, 1, 0.5, 0.479425538604203, 0.8775825618903728, 0.7853981633974483, 0.7071067811865475, 0.7071067811865476,
  1, 0.8414709848078965, 0.5403023058681398, 1.5707963267948966, 1, 6.123233995736766e-17, 2.5, 0.5984721441039565,
  -0.8011436155469337, 3.141592653589793, 1.2246467991473532e-16, -1, -6.283185307179586, 2.4492935982947064e-16, 1, 22,
  -0.008851309290403876, -0.9999608263946371, 355, -3.014435335948845e-5, -0.999999999545659, 17.27875959474386, -1,
  -2.4499125789312946e-15, 100000, 0.03574879797201651, -0.9993608074382124, -999999.5, 0.756251087561678,
  0.654281508650351, 1000000.3575641671, 3.3827581869678064e-11, 1, 2097153, 0.9947150113373305, -0.10267446722615317,
  1e22, -0.8522008497671888, 0.523214785395139, 1.7976931348623157e308, 0.004961954789184062, -0.9999876894265599,
]);
const CIRCLE_ROWS: u32 = 17;

// x, erf x, by the same.
const ERROR_FUNCTION = memory.data<f64>([
  1e-300, 1.1283791670955126e-300, 1e-9, 1.1283791670955127e-9, 0.1, 0.1124629160182849, 0.5, 0.5204998778130465, 0.875,
  0.7840750610598597, 0.9, 0.7969082124228322, 0.96, 0.8254236496438182, 0.999999, 0.8427003778418023, 1,
  0.8427007929497149, 1.25, 0.9229001282564583, 2, 0.9953222650189527, 3, 0.9999779095030014, 4.5, 0.9999999998033839,
  5.8, 0.9999999999999998,
]);
const ERROR_FUNCTION_ROWS: u32 = 14;

// x, atan x, by the same.
const ARCTANGENT = memory.data<f64>([
  1e-300, 1e-300, 1e-9, 1e-9, 0.1, 0.09966865249116204, 0.3, 0.2914567944778671, 0.41421356237309503,
  0.39269908169872414, 0.4142135623730951, 0.3926990816987242, 0.45, 0.4228539261329407, 0.6, 0.5404195002705842, 0.75,
  0.6435011087932844, 1.0, 0.7853981633974483, 1.3, 0.9151007005533605, 2.0, 1.1071487177940904, 2.414213562373095,
  1.1780972450961724, 2.4142135623730954, 1.1780972450961724, 3.5, 1.2924966677897853, 100.0, 1.5607966601082315,
  100000000.0, 1.5707963167948966, 1e300, 1.5707963267948966,
]);
const ARCTANGENT_ROWS: u32 = 18;

class Sin {
  lanes<T>(x: v128): v128 {
    return inline.always(sinLanes<T>(x));
  }
  scalar<T>(x: T): T {
    return sinScalar<T>(x);
  }
}

class Cos {
  lanes<T>(x: v128): v128 {
    return inline.always(cosLanes<T>(x));
  }
  scalar<T>(x: T): T {
    return cosScalar<T>(x);
  }
}

class Atan {
  lanes<T>(x: v128): v128 {
    return inline.always(atanLanes<T>(x));
  }
  scalar<T>(x: T): T {
    return atanScalar<T>(x);
  }
}

class Erf {
  lanes<T>(x: v128): v128 {
    return inline.always(erfLanes<T>(x));
  }
  scalar<T>(x: T): T {
    return erfScalar<T>(x);
  }
}

class Power {
  lanes<T>(x: v128, y: v128): v128 {
    return powerLanes<T>(x, y);
  }
}

function sameBits<T>(a: T, b: T): bool {
  if (a !== a) return b !== b;
  if (sizeof<T>() === 4) return reinterpret<u32>(a) === reinterpret<u32>(b);
  else return reinterpret<u64>(a) === reinterpret<u64>(b);
}

/** Fills IN: two vectors of edges, then by turns ±4, ±1e6, every bit pattern, and what lies next to k π/2. */
function fill<T>(): void {
  let s: u32 = 1;
  for (let i: u32 = 0; i < SAMPLES; i++) {
    s ^= s << 13;
    s ^= s >> 17;
    s ^= s << 5;
    const unit = (s as f64) / 4294967296 - 0.5;
    const turn = i & 3;
    let x = (unit * (turn === 0 ? 8 : 2e6)) as T;
    if (turn === 2) {
      if (sizeof<T>() === 4) x = reinterpret<f32>(s) as T;
      else x = reinterpret<f64>(((s as u64) << 32) | s) as T;
    } else if (turn === 3) {
      x = (((s & 0xffff) as f64) * 1.5707963267948966) as T;
    }
    if (i < 8) x = (i === 0 ? Infinity : i === 1 ? -Infinity : i === 2 ? NaN : i === 3 ? -1 : i === 4 ? -0.0 : 0) as T;
    store<T>(IN + i * sizeof<T>(), x);
  }
}

/** Lanes unlike their twins, plus bytes written past the end. */
function differences<F, T>(start: usize, count: u32): i32 {
  const f = changetype<F>(0);
  const out = OUT + sizeof<T>();
  memory.fill(OUT, 0x55, (count + 6) * sizeof<T>());
  map1<F, T>(out, start, count);
  let different = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = i * sizeof<T>();
    if (!sameBits<T>(load<T>(out + at), f.scalar<T>(load<T>(start + at)))) different++;
  }
  for (let i: u32 = 0; i < 4 * sizeof<T>(); i++) {
    if (load<u8>(out + count * sizeof<T>() + i) !== 0x55) different++;
  }
  return different;
}

/** Distance in units in the last place of T. */
function ulps<T>(actual: T, exact: f64): f64 {
  const bits = reinterpret<u64>(exact) & 0x7ff0000000000000;
  const unit = reinterpret<f64>(bits) * (sizeof<T>() === 4 ? 1.1920928955078125e-7 : 2.220446049250313e-16);
  return NativeMath.abs((actual as f64) - exact) / unit;
}

/** Greatest error against a column of a table of f64 values. */
function worstOfTable<F>(table: usize, rows: u32, columns: u32, column: u32): f64 {
  const f = changetype<F>(0);
  let most: f64 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const at = table + row * columns * 8;
    const error = ulps<f64>(f.scalar<f64>(load<f64>(at)), load<f64>(at + column * 8));
    if (!(error <= most)) most = error;
  }
  return most;
}

/** Greatest error of the f32 function against the f64 one, which the tables vouch for. */
function worstOfNarrow<F>(): f64 {
  const f = changetype<F>(0);
  let most: f64 = 0;
  for (let i: u32 = 8; i < SAMPLES; i++) {
    const x = load<f32>(IN + i * 4);
    if (!(abs<f32>(x) < Infinity) || abs<f32>(x) < 1e-37) continue;
    const error = ulps<f32>(f.scalar<f32>(x), f.scalar<f64>(x as f64));
    if (!(error <= most)) most = error;
  }
  return most;
}

function holds<F>(x: f64, y: f64): void {
  const f = changetype<F>(0);
  expect(sameBits<f32>(f.scalar<f32>(x as f32), y as f32)).toBe(true, `f32 at ${x.toString()}`);
  expect(sameBits<f64>(f.scalar<f64>(x), y)).toBe(true, `f64 at ${x.toString()}`);
}

function suite<F>(name: string): void {
  describe(name, () => {
    it("has the bits of its scalar twin in every lane", () => {
      fill<f32>();
      expect(differences<F, f32>(IN, SAMPLES)).toBe(0);
      fill<f64>();
      expect(differences<F, f64>(IN, SAMPLES)).toBe(0);
    });
    it("holds at every count and start, and writes no further", () => {
      for (let i: usize = 0; i < 10; i++) {
        const count = load<u32>(COUNTS + 4 * i);
        fill<f32>();
        expect(differences<F, f32>(IN + 4 * i, count)).toBe(0);
        fill<f64>();
        expect(differences<F, f64>(IN + 8 * i, count)).toBe(0);
      }
    });
    it("stays within 2.5 ulp in f32", () => {
      fill<f32>();
      expect(worstOfNarrow<F>()).toBeLessThanOrEqual(2.5);
    });
    it("returns NaN for NaN", () => holds<F>(NaN, NaN));
  });
}

suite<Sin>("sin");
suite<Cos>("cos");
suite<Atan>("atan");
suite<Erf>("erf");

describe("sin, cos, atan and erf", () => {
  it("stay within 2 ulp of the tables in f64", () => {
    expect(worstOfTable<Sin>(CIRCLE, CIRCLE_ROWS, 3, 1)).toBeLessThanOrEqual(2);
    expect(worstOfTable<Cos>(CIRCLE, CIRCLE_ROWS, 3, 2)).toBeLessThanOrEqual(2);
    expect(worstOfTable<Atan>(ARCTANGENT, ARCTANGENT_ROWS, 2, 1)).toBeLessThanOrEqual(2);
    expect(worstOfTable<Erf>(ERROR_FUNCTION, ERROR_FUNCTION_ROWS, 2, 1)).toBeLessThanOrEqual(2);
  });
  it("are exact at the edges", () => {
    holds<Sin>(0, 0);
    holds<Sin>(-0.0, -0.0);
    holds<Sin>(Infinity, NaN);
    holds<Sin>(-Infinity, NaN);
    holds<Sin>(1.401298464324817e-45, 1.401298464324817e-45);
    holds<Cos>(0, 1);
    holds<Cos>(-0.0, 1);
    holds<Cos>(Infinity, NaN);
    holds<Atan>(0, 0);
    holds<Atan>(-0.0, -0.0);
    holds<Atan>(Infinity, 1.5707963267948966);
    holds<Atan>(-Infinity, -1.5707963267948966);
    holds<Atan>(-1, -0.7853981633974483);
    holds<Atan>(1.401298464324817e-45, 1.401298464324817e-45);
    holds<Erf>(0, 0);
    holds<Erf>(-0.0, -0.0);
    holds<Erf>(Infinity, 1);
    holds<Erf>(-Infinity, -1);
    holds<Erf>(6, 1);
    holds<Erf>(-6, -1);
  });
});

function powerIs(x: f64, y: f64, z: f64): void {
  expect(sameBits<f64>(powerScalar<f64>(x, y), z)).toBe(true, `f64 ${x.toString()}^${y.toString()}`);
  expect(sameBits<f32>(powerScalar<f32>(x as f32, y as f32), z as f32)).toBe(
    true,
    `f32 ${x.toString()}^${y.toString()}`,
  );
}

function powerDifferences<T>(): i32 {
  let different = 0;
  for (let c: usize = 0; c < 10; c++) {
    const count = load<u32>(COUNTS + 4 * c);
    const a = IN + c * sizeof<T>();
    const b = a + 64 * sizeof<T>();
    const out = OUT + sizeof<T>();
    memory.fill(OUT, 0x55, (count + 6) * sizeof<T>());
    map2<Power, T>(out, a, b, count);
    for (let i: u32 = 0; i < count; i++) {
      const at = i * sizeof<T>();
      const twin = powerScalar<T>(load<T>(a + at), load<T>(b + at));
      if (!sameBits<T>(load<T>(out + at), twin)) different++;
    }
    if (load<u8>(out + count * sizeof<T>()) !== 0x55) different++;
  }
  return different;
}

describe("power", () => {
  it("has the bits of its scalar twin at every count and start", () => {
    fill<f32>();
    expect(powerDifferences<f32>()).toBe(0);
    fill<f64>();
    expect(powerDifferences<f64>()).toBe(0);
  });
  it("follows IEEE 754", () => {
    powerIs(0, 0, 1);
    powerIs(NaN, 0, 1);
    powerIs(1, NaN, 1);
    powerIs(1, Infinity, 1);
    powerIs(-1, -Infinity, 1);
    powerIs(NaN, 1, NaN);
    powerIs(2, NaN, NaN);
    powerIs(-2, 3, -8);
    powerIs(-2, 0.5, NaN);
    powerIs(2, 10, 1024);
    powerIs(0, -1, Infinity);
    powerIs(-0.0, -3, -Infinity);
    powerIs(-0.0, 3, -0.0);
    powerIs(0.5, Infinity, 0);
    powerIs(2, -Infinity, 0);
    powerIs(-Infinity, 3, -Infinity);
    powerIs(2, -149, 1.401298464324817e-45);
  });
});
