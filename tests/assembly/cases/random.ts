// Philox, and the numbers and orders made from it.

import { philox } from "../../../assembly/kernels/philox";
import {
  bernoulli,
  bernoulliScalar,
  normal,
  normalScalar,
  shuffle,
  uniform,
  uniformScalar,
} from "../../../assembly/kernels/random";

const OUT = memory.data(140000, 16);
const COUNTS = memory.data<u32>([0, 1, 3, 4, 5, 8, 15, 16, 17, 33]);
const STARTS = memory.data<u32>([0, 1, 2, 3, 4, 7, 1001, 0x7ffffffd]);

class Uniform {
  fill<T>(out: usize, start: u32, count: u32): void {
    uniform<T>(out, start, count, 1, 2, 3, 4, 5);
  }
  scalar<T>(element: u32): T {
    return uniformScalar<T>(element, 1, 2, 3, 4, 5);
  }
}

class Normal {
  fill<T>(out: usize, start: u32, count: u32): void {
    normal<T>(out, start, count, 1, 2, 3, 4, 5);
  }
  scalar<T>(element: u32): T {
    return normalScalar<T>(element, 1, 2, 3, 4, 5);
  }
}

class Bernoulli {
  fill<T>(out: usize, start: u32, count: u32): void {
    bernoulli<T>(out, start, count, 0.3, 1, 2, 3, 4, 5);
  }
  scalar<T>(element: u32): T {
    return bernoulliScalar<T>(element, 0.3, 1, 2, 3, 4, 5);
  }
}

function wordsAre(words: v128, a: u32, b: u32, c: u32, d: u32): void {
  expect((i32x4.extract_lane(words, 0) as u32) === a).toBe(true);
  expect((i32x4.extract_lane(words, 1) as u32) === b).toBe(true);
  expect((i32x4.extract_lane(words, 2) as u32) === c).toBe(true);
  expect((i32x4.extract_lane(words, 3) as u32) === d).toBe(true);
}

/** Elements unlike their twins, plus bytes written outside the range. */
function differences<F, T>(start: u32, count: u32): i32 {
  const f = changetype<F>(0);
  const out = OUT + 4 * sizeof<T>() + sizeof<T>();
  memory.fill(OUT, 0x55, (count + 10) * sizeof<T>());
  f.fill<T>(out, start, count);
  let different = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (load<T>(out + i * sizeof<T>()) !== f.scalar<T>(start + i)) different++;
  }
  for (let i: u32 = 0; i < 5 * sizeof<T>(); i++) {
    if (load<u8>(OUT + i) !== 0x55) different++;
    if (load<u8>(out + count * sizeof<T>() + i) !== 0x55) different++;
  }
  return different;
}

function allDifferences<F, T>(): i32 {
  let different = 0;
  for (let s: usize = 0; s < 8; s++) {
    for (let c: usize = 0; c < 10; c++)
      different += differences<F, T>(load<u32>(STARTS + 4 * s), load<u32>(COUNTS + 4 * c));
  }
  return different;
}

function suite<F>(name: string): void {
  describe(name, () => {
    it("gives every element the number of its scalar twin, at every start and count, and writes no further", () => {
      expect(allDifferences<F, f32>()).toBe(0);
      expect(allDifferences<F, f64>()).toBe(0);
    });
    it("gives f32 the f64 number, rounded", () => {
      const f = changetype<F>(0);
      for (let i: u32 = 0; i < 100; i++) expect(f.scalar<f32>(i)).toBe(f.scalar<f64>(i) as f32);
    });
  });
}

describe("philox", () => {
  it("gives the known answers of Random123", () => {
    wordsAre(philox(0, 0, 0, 0, 0, 0), 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    wordsAre(philox(-1, -1, -1, -1, -1, -1), 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    wordsAre(
      philox(0xa4093822, 0x299f31d0, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344),
      0xd16cfe09,
      0x94fdcceb,
      0x5001e420,
      0x24126ea1,
    );
  });
});

suite<Uniform>("uniform");
suite<Normal>("normal");
suite<Bernoulli>("bernoulli");

/** Mean of x^power over the 16384 numbers at OUT. */
function moment(power: i32): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < 16384; i++) {
    let term: f64 = 1;
    for (let k = 0; k < power; k++) term *= load<f64>(OUT + i * 8);
    sum += term;
  }
  return sum / 16384;
}

describe("the distributions", () => {
  it("uniform is word >> 8 in units of 2^-24", () => {
    uniform<f64>(OUT, 0, 4, 0, 0, 0, 0, 0);
    expect(load<f64>(OUT)).toBe((0x6627e8 as f64) / 16777216);
    expect(load<f64>(OUT, 24)).toBe((0x9b00db as f64) / 16777216);
  });
  it("uniform has the moments 1/2 and 1/3", () => {
    uniform<f64>(OUT, 0, 16384, 7, 0, 0, 0, 0);
    expect(NativeMath.abs(moment(1) - 0.5)).toBeLessThan(0.01);
    expect(NativeMath.abs(moment(2) - 1.0 / 3)).toBeLessThan(0.01);
  });
  it("normal is the formula of Box and Muller", () => {
    const radius = NativeMath.sqrt(-2 * NativeMath.log((0x6627e9 as f64) / 16777216));
    const angle = (2 * NativeMath.PI * (0xe169c5 as f64)) / 16777216;
    normal<f64>(OUT, 0, 2, 0, 0, 0, 0, 0);
    expect(NativeMath.abs(load<f64>(OUT) - radius * NativeMath.cos(angle))).toBeLessThan(1e-14);
    expect(NativeMath.abs(load<f64>(OUT, 8) - radius * NativeMath.sin(angle))).toBeLessThan(1e-14);
  });
  it("normal has the moments 0, 1, 0 and 3", () => {
    normal<f64>(OUT, 0, 16384, 7, 0, 0, 0, 0);
    expect(NativeMath.abs(moment(1))).toBeLessThan(0.03);
    expect(NativeMath.abs(moment(2) - 1)).toBeLessThan(0.04);
    expect(NativeMath.abs(moment(3))).toBeLessThan(0.12);
    expect(NativeMath.abs(moment(4) - 3)).toBeLessThan(0.3);
  });
  it("bernoulli is never 1 at probability 0, always at 1, and 0 for NaN", () => {
    bernoulli<f64>(OUT, 0, 16384, 0, 7, 0, 0, 0, 0);
    expect(moment(1)).toBe(0);
    bernoulli<f64>(OUT, 0, 16384, 1, 7, 0, 0, 0, 0);
    expect(moment(1)).toBe(1);
    bernoulli<f64>(OUT, 0, 16384, NaN, 7, 0, 0, 0, 0);
    expect(moment(1)).toBe(0);
    bernoulli<f64>(OUT, 0, 16384, 0.25, 7, 0, 0, 0, 0);
    expect(NativeMath.abs(moment(1) - 0.25)).toBeLessThan(0.015);
  });
});

describe("shuffle", () => {
  it("is the permutation its words define", () => {
    const count: u32 = 100;
    const expected = OUT + 1024;
    for (let i: u32 = 0; i < count; i++) store<u32>(expected + 4 * i, i);
    for (let i = count - 1; i > 0; i--) {
      const element = count - 1 - i;
      const words = philox(1, 2, element >> 2, 3, 4, 0);
      store<v128>(OUT, words);
      const j = (((load<u32>(OUT + 4 * (element & 3)) as u64) * (i + 1)) >> 32) as u32;
      const kept = load<u32>(expected + 4 * i);
      store<u32>(expected + 4 * i, load<u32>(expected + 4 * j));
      store<u32>(expected + 4 * j, kept);
    }
    shuffle(OUT, count, 1, 2, 3, 4);
    expect(memory.compare(OUT, expected, 400)).toBe(0);
  });
  it("holds every index once, and leaves what lies behind it alone", () => {
    for (let c: usize = 0; c < 10; c++) {
      const count = load<u32>(COUNTS + 4 * c);
      memory.fill(OUT, 0x55, 4 * count + 8);
      shuffle(OUT, count, 1, 2, 3, 4);
      let seen: u64 = 0;
      for (let i: u32 = 0; i < count; i++) seen |= (1 as u64) << load<u32>(OUT + 4 * i);
      expect(seen === ((1 as u64) << count) - 1).toBe(true);
      expect(load<u32>(OUT + 4 * count)).toBe(0x55555555);
    }
  });
  it("differs from epoch to epoch", () => {
    shuffle(OUT, 100, 1, 2, 3, 4);
    shuffle(OUT + 1024, 100, 1, 2, 3, 5);
    expect(memory.compare(OUT, OUT + 1024, 400) !== 0).toBe(true);
  });
});
