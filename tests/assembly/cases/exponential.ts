// exp, expm1, log, log1p, tanh, sigmoid, softplus, mish and the softmax family.

import { expLanes, expNegativeLanes, expNegativeScalar, expScalar } from "../../../assembly/kernels/exp";
import { expm1Lanes, expm1Scalar } from "../../../assembly/kernels/expm1";
import { map1 } from "../../../assembly/kernels/lanes";
import { logLanes, logScalar } from "../../../assembly/kernels/log";
import { log1pLanes, log1pScalar } from "../../../assembly/kernels/log1p";
import { mishLanes, mishScalar } from "../../../assembly/kernels/mish";
import { sigmoidLanes, sigmoidScalar } from "../../../assembly/kernels/sigmoid";
import {
  crossEntropyRows,
  logSoftmaxRows,
  logSumExpRows,
  softmaxRows,
  sumOfExponentials,
} from "../../../assembly/kernels/softmax";
import { softplusLanes, softplusScalar } from "../../../assembly/kernels/softplus";
import { tanhLanes, tanhScalar } from "../../../assembly/kernels/tanh";

const SAMPLES: u32 = 4096;
const IN = memory.data(40000, 16);
const OUT = memory.data(40000, 16);
const LABELS = memory.data(64, 16);
const COUNTS = memory.data<u32>([0, 1, 3, 4, 5, 8, 15, 16, 17, 33]);

class Exp {
  lanes<T>(x: v128): v128 {
    return inline.always(expLanes<T>(x));
  }
  scalar<T>(x: T): T {
    return expScalar<T>(x);
  }
  reference(x: f64): f64 {
    return NativeMath.exp(x);
  }
}

class ExpNegative {
  lanes<T>(x: v128): v128 {
    return inline.always(expNegativeLanes<T>(v128.neg<T>(v128.abs<T>(x))));
  }
  scalar<T>(x: T): T {
    return expNegativeScalar<T>(-abs<T>(x) as T);
  }
}

class Expm1 {
  lanes<T>(x: v128): v128 {
    return inline.always(expm1Lanes<T>(x));
  }
  scalar<T>(x: T): T {
    return expm1Scalar<T>(x);
  }
  reference(x: f64): f64 {
    return NativeMath.expm1(x);
  }
}

class Log {
  lanes<T>(x: v128): v128 {
    return inline.always(logLanes<T>(x));
  }
  scalar<T>(x: T): T {
    return logScalar<T>(x);
  }
  reference(x: f64): f64 {
    return NativeMath.log(x);
  }
}

class Log1p {
  lanes<T>(x: v128): v128 {
    return inline.always(log1pLanes<T>(x));
  }
  scalar<T>(x: T): T {
    return log1pScalar<T>(x);
  }
  reference(x: f64): f64 {
    return NativeMath.log1p(x);
  }
}

class Tanh {
  lanes<T>(x: v128): v128 {
    return inline.always(tanhLanes<T>(x));
  }
  scalar<T>(x: T): T {
    return tanhScalar<T>(x);
  }
  reference(x: f64): f64 {
    const e = NativeMath.expm1(2 * NativeMath.abs(x));
    return x !== x ? x : copysign<f64>(e === Infinity ? 1 : e / (e + 2), x);
  }
}

class Sigmoid {
  lanes<T>(x: v128): v128 {
    return inline.always(sigmoidLanes<T>(x));
  }
  scalar<T>(x: T): T {
    return sigmoidScalar<T>(x);
  }
  reference(x: f64): f64 {
    return x < -40 ? NativeMath.exp(x) : 1 / (1 + NativeMath.exp(-x));
  }
}

class Softplus {
  lanes<T>(x: v128): v128 {
    return inline.always(softplusLanes<T>(x));
  }
  scalar<T>(x: T): T {
    return softplusScalar<T>(x);
  }
  reference(x: f64): f64 {
    return x !== x ? x : NativeMath.max(x, 0) + NativeMath.log1p(NativeMath.exp(-NativeMath.abs(x)));
  }
}

class Mish {
  lanes<T>(x: v128): v128 {
    return inline.always(mishLanes<T>(x));
  }
  scalar<T>(x: T): T {
    return mishScalar<T>(x);
  }
  reference(x: f64): f64 {
    if (x > 40) return x;
    const e = NativeMath.exp(x);
    return x * ((e * (e + 2)) / (e * (e + 2) + 2));
  }
}

function sameBits<T>(a: T, b: T): bool {
  if (a !== a) return b !== b;
  if (sizeof<T>() === 4) return reinterpret<u32>(a) === reinterpret<u32>(b);
  else return reinterpret<u64>(a) === reinterpret<u64>(b);
}

/** Fills IN: two vectors of edges, then by turns ±4, ±1500, every bit pattern, and every power of two in size. */
function fill<T>(): void {
  let s: u32 = 1;
  for (let i: u32 = 0; i < SAMPLES; i++) {
    s ^= s << 13;
    s ^= s >> 17;
    s ^= s << 5;
    const unit = (s as f64) / 4294967296 - 0.5;
    const turn = i & 3;
    let x = (unit * (turn === 0 ? 8 : 3000)) as T;
    if (turn === 2) {
      if (sizeof<T>() === 4) x = reinterpret<f32>(s) as T;
      else x = reinterpret<f64>(((s as u64) << 32) | s) as T;
    } else if (turn === 3) {
      x = copysign<f64>(NativeMath.pow(2, (unit - 0.5) * (sizeof<T>() === 4 ? 149 : 1074)), unit) as T;
    }
    if (i < 8) x = (i === 0 ? Infinity : i === 1 ? -Infinity : i === 2 ? NaN : i === 3 ? -1 : i === 4 ? -0.0 : 0) as T;
    store<T>(IN + i * sizeof<T>(), x);
  }
}

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

/** Distance in units in the last place of T, subnormal results included. */
function ulps<T>(actual: T, exact: f64): f64 {
  if (exact !== exact) return actual !== actual ? 0 : Infinity;
  if ((exact as T) === actual) return 0;
  let unit: f64;
  if (sizeof<T>() === 4) {
    const size = max<f64>(NativeMath.abs(exact), 1.1754943508222875e-38);
    unit = reinterpret<f64>(reinterpret<u64>(size) & 0x7ff0000000000000) * 1.1920928955078125e-7;
  } else {
    const size = max<f64>(NativeMath.abs(exact), 2.2250738585072014e-308);
    unit = reinterpret<f64>(reinterpret<u64>(size) & 0x7ff0000000000000) * 2.220446049250313e-16;
    if (unit === 0) unit = 5e-324;
  }
  return NativeMath.abs((actual as f64) - exact) / unit;
}

function worst<F, T>(): f64 {
  const f = changetype<F>(0);
  let most: f64 = 0;
  for (let i: u32 = 0; i < SAMPLES; i++) {
    const x = load<T>(IN + i * sizeof<T>());
    const error = ulps<T>(f.scalar<T>(x), f.reference(x as f64));
    if (!(error <= most)) most = error;
  }
  return most;
}

function one<F, T>(x: f64): f64 {
  const f = changetype<F>(0);
  return v128.extract_lane<T>(f.lanes<T>(v128.splat<T>(x as T)), 0) as f64;
}

function holds<F>(x: f64, y: f64): void {
  expect(sameBits<f64>(one<F, f32>(x), y)).toBe(true, `f32 at ${x.toString()}`);
  expect(sameBits<f64>(one<F, f64>(x), y)).toBe(true, `f64 at ${x.toString()}`);
}

function twins<F>(name: string): void {
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
    it("returns NaN for NaN", () => holds<F>(NaN, NaN));
  });
}

function suite<F>(name: string): void {
  twins<F>(name);
  describe(name, () => {
    it("stays within 2.5 ulp in f32 and 2 ulp in f64 (the f64 reference errs by up to 1.5 itself)", () => {
      fill<f32>();
      expect(worst<F, f32>()).toBeLessThanOrEqual(2.5);
      fill<f64>();
      expect(worst<F, f64>()).toBeLessThanOrEqual(3.5);
    });
  });
}

suite<Exp>("exp");
suite<Expm1>("expm1");
suite<Log>("log");
suite<Log1p>("log1p");
suite<Tanh>("tanh");
suite<Sigmoid>("sigmoid");
suite<Softplus>("softplus");
twins<Mish>("mish");

/** Replaces what lies below `least`, where e^x is subnormal, by 0. */
function above<T>(least: T): void {
  for (let at = IN; at < IN + SAMPLES * sizeof<T>(); at += sizeof<T>()) if (load<T>(at) < least) store<T>(at, 0 as T);
}

describe("mish", () => {
  it("stays within 3.5 ulp in f32 and f64 (the f64 reference errs by up to 3 itself)", () => {
    fill<f32>();
    above<f32>(-87);
    expect(worst<Mish, f32>()).toBeLessThanOrEqual(3.5);
    fill<f64>();
    above<f64>(-708);
    expect(worst<Mish, f64>()).toBeLessThanOrEqual(6.5);
  });
});

describe("edges of the exponential family", () => {
  it("are exact", () => {
    holds<Exp>(0, 1);
    holds<Exp>(-0.0, 1);
    holds<Exp>(Infinity, Infinity);
    holds<Exp>(-Infinity, 0);
    holds<Exp>(1e30, Infinity);
    holds<Exp>(-1e30, 0);
    holds<Expm1>(0, 0);
    holds<Expm1>(-0.0, -0.0);
    holds<Expm1>(Infinity, Infinity);
    holds<Expm1>(-Infinity, -1);
    holds<Log>(1, 0);
    holds<Log>(0, -Infinity);
    holds<Log>(-0.0, -Infinity);
    holds<Log>(-1, NaN);
    holds<Log>(-Infinity, NaN);
    holds<Log>(Infinity, Infinity);
    holds<Log1p>(0, 0);
    holds<Log1p>(-0.0, -0.0);
    holds<Log1p>(-1, -Infinity);
    holds<Log1p>(-2, NaN);
    holds<Log1p>(Infinity, Infinity);
    holds<Tanh>(0, 0);
    holds<Tanh>(-0.0, -0.0);
    holds<Tanh>(Infinity, 1);
    holds<Tanh>(-Infinity, -1);
    holds<Sigmoid>(0, 0.5);
    holds<Sigmoid>(Infinity, 1);
    holds<Sigmoid>(-Infinity, 0);
    holds<Softplus>(Infinity, Infinity);
    holds<Softplus>(-Infinity, 0);
  });
  it("overflow and underflow where they must", () => {
    expect(one<Exp, f32>(88.72283)).toBeLessThan(Infinity);
    expect(one<Exp, f32>(88.72284)).toBe(Infinity);
    expect(one<Exp, f64>(709.782712893384)).toBeLessThan(Infinity);
    expect(one<Exp, f64>(709.782712893385)).toBe(Infinity);
    expect(one<Exp, f32>(-103.97)).toBe(reinterpret<f32>(1) as f64);
    expect(one<Exp, f32>(-103.98)).toBe(0);
    expect(one<Exp, f64>(-745.13)).toBe(5e-324);
    expect(one<Exp, f64>(-745.14)).toBe(0);
    expect(one<Expm1, f32>(88.72283)).toBeLessThan(Infinity);
  });
  it("leave subnormal arguments alone", () => {
    holds<Expm1>(1.401298464324817e-45, 1.401298464324817e-45);
    holds<Log1p>(-1.401298464324817e-45, -1.401298464324817e-45);
    holds<Tanh>(1.401298464324817e-45, 1.401298464324817e-45);
  });
});

function softmaxError<T>(start: usize, rows: u32, n: u32): f64 {
  const unit: f64 = sizeof<T>() === 4 ? 1.1920928955078125e-7 : 2.220446049250313e-16;
  const total = rows * n;
  const out = OUT + sizeof<T>();
  let most: f64 = 0;
  for (let kind = 0; kind < 4; kind++) {
    memory.fill(OUT, 0x55, (total + 6) * sizeof<T>());
    if (kind === 0) softmaxRows<T>(out, start, rows, n);
    else if (kind === 1) logSoftmaxRows<T>(out, start, rows, n);
    else if (kind === 2) logSumExpRows<T>(out, start, rows, n);
    else crossEntropyRows<T>(out, start, LABELS, rows, n);
    const written = (kind < 2 ? total : rows) * sizeof<T>();
    for (let i: u32 = 0; i < 4 * sizeof<T>(); i++) if (load<u8>(out + written + i) !== 0x55) return Infinity;
    for (let r: u32 = 0; r < rows; r++) {
      const row = start + r * n * sizeof<T>();
      let sum: f64 = 0;
      for (let j: u32 = 0; j < n; j++) sum += NativeMath.exp(load<T>(row + j * sizeof<T>()) as f64);
      const log = NativeMath.log(sum);
      for (let j: u32 = 0; j < (kind < 2 ? n : 1); j++) {
        let exact = log;
        if (kind < 2) exact = (load<T>(row + j * sizeof<T>()) as f64) - log;
        if (kind === 3) exact = log - (load<T>(row + load<u32>(LABELS + 4 * r) * sizeof<T>()) as f64);
        if (kind === 0) exact = NativeMath.exp(exact);
        const at = kind < 2 ? r * n + j : r;
        const error = NativeMath.abs((load<T>(out + at * sizeof<T>()) as f64) - exact) / unit;
        if (!(error <= most)) most = error;
      }
    }
  }
  return most;
}

function alone<T>(n: u32): i32 {
  const rows: u32 = 5;
  const size = n * sizeof<T>();
  softmaxRows<T>(OUT, IN, rows, n);
  let different = 0;
  for (let r: u32 = 0; r < rows; r++) {
    const out = OUT + rows * size + sizeof<T>();
    softmaxRows<T>(out, IN + r * size, 1, n);
    different += memory.compare(out, OUT + r * size, size) !== 0 ? 1 : 0;
  }
  return different;
}

/** How many softmaxes of a row of n are not e^(x - m) times 1 / S, S summed as its definition says. */
function unlike<T>(start: usize, n: u32): i32 {
  let m = load<T>(start);
  for (let j: u32 = 1; j < n; j++) m = max<T>(m, load<T>(start + j * sizeof<T>()));
  const scale = (1 / sumOfExponentials<T>(start, n, m)) as T;
  const out = OUT + sizeof<T>();
  memory.fill(OUT, 0x55, (n + 6) * sizeof<T>());
  softmaxRows<T>(out, start, 1, n);
  let different = 0;
  for (let j: u32 = 0; j < n; j++) {
    const e = expNegativeScalar<T>((load<T>(start + j * sizeof<T>()) - m) as T);
    if (!sameBits<T>(load<T>(out + j * sizeof<T>()), (e * scale) as T)) different++;
  }
  for (let i: u32 = 0; i < 4 * sizeof<T>(); i++) {
    if (load<u8>(out + n * sizeof<T>() + i) !== 0x55) different++;
  }
  return different;
}

function uniform<T>(count: u32): void {
  let s: u32 = 7;
  for (let i: u32 = 0; i < count; i++) {
    s ^= s << 13;
    s ^= s >> 17;
    s ^= s << 5;
    store<T>(IN + i * sizeof<T>(), ((s as f64) / 536870912 - 4) as T);
  }
}

function row(a: f32, b: f32, c: f32): void {
  store<f32>(IN, a);
  store<f32>(IN, b, 4);
  store<f32>(IN, c, 8);
  store<u32>(LABELS, 2);
}

describe("softmax, logSoftmax, logSumExp and crossEntropy", () => {
  it("agree with f64 at every length and start, and write no further", () => {
    for (let i: usize = 1; i < 10; i++) {
      const n = load<u32>(COUNTS + 4 * i);
      for (let r: u32 = 0; r < 5; r++) store<u32>(LABELS + 4 * r, (3 * r) % n);
      uniform<f32>(256);
      expect(softmaxError<f32>(IN + 4 * i, 5, n)).toBeLessThanOrEqual(8);
      uniform<f64>(256);
      expect(softmaxError<f64>(IN + 8 * i, 5, n)).toBeLessThanOrEqual(24);
    }
  });
  it("have the bits of their definition at every length", () => {
    uniform<f32>(SAMPLES);
    for (let n: u32 = 1; n < 70; n++) expect(unlike<f32>(IN + 4 * (n % 5), n)).toBe(0);
    for (let n: u32 = 1000; n < 4000; n += 1025) expect(unlike<f32>(IN, n)).toBe(0);
    uniform<f64>(SAMPLES);
    for (let n: u32 = 1; n < 70; n++) expect(unlike<f64>(IN + 8 * (n % 5), n)).toBe(0);
    expect(unlike<f64>(IN, 1025)).toBe(0);
  });
  it("give a row the same bits alone, in a batch and at another alignment", () => {
    for (let i: usize = 1; i < 10; i++) {
      const n = load<u32>(COUNTS + 4 * i);
      uniform<f32>(256);
      expect(alone<f32>(n)).toBe(0);
      uniform<f64>(256);
      expect(alone<f64>(n)).toBe(0);
    }
  });
  it("treat a single -∞ as a mask", () => {
    row(1, -Infinity, 1);
    softmaxRows<f32>(OUT, IN, 1, 3);
    expect(load<f32>(OUT)).toBe(0.5);
    expect(load<f32>(OUT, 4)).toBe(0);
    logSoftmaxRows<f32>(OUT, IN, 1, 3);
    expect(load<f32>(OUT, 4)).toBe(-Infinity);
    crossEntropyRows<f32>(OUT, IN, LABELS, 1, 3);
    expect(load<f32>(OUT)).toBe(0.6931471805599453 as f32);
  });
  it("give NaN for NaN, for +∞ and for nothing but -∞, except that logSumExp gives ∞ and -∞", () => {
    for (let edge = 0; edge < 3; edge++) {
      if (edge === 0) row(-Infinity, -Infinity, -Infinity);
      else row(1, edge === 1 ? Infinity : NaN, -Infinity);
      for (let kind = 0; kind < 3; kind++) {
        if (kind === 0) softmaxRows<f32>(OUT, IN, 1, 3);
        else if (kind === 1) logSoftmaxRows<f32>(OUT, IN, 1, 3);
        else crossEntropyRows<f32>(OUT, IN, LABELS, 1, 3);
        for (let j: usize = 0; j < (kind < 2 ? 3 : 1); j++) expect(isNaN(load<f32>(OUT + 4 * j))).toBe(true);
      }
      logSumExpRows<f32>(OUT, IN, 1, 3);
      const expected: f32 = edge === 0 ? -Infinity : edge === 1 ? Infinity : NaN;
      expect(sameBits<f32>(load<f32>(OUT), expected)).toBe(true);
    }
  });
});
