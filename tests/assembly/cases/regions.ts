// The allocator of regions, against what its first lines promise and against a model of 24 regions at a time.

import { allocateRegion, bytesInUse, freeRegion, limitPages, regionBytes } from "../../../assembly/memory/regions";

const UNIT: usize = 65536;
/** The most bytes that one unit holds: less a header of 64 and slack of 64. */
const ONE: u64 = 65536 - 128;
const REGIONS: usize = 24;
/** Address, bytes asked for, byte of fill: 12 bytes a region. */
const MODEL = memory.data(24 * 12, 16);
const SIZES = memory.data<u32>([0, 1, 63, 64, 65407, 65408, 65409, 65536, 130943, 130944, 130945, 400000]);
const NO_LIMIT: i32 = 65535;

memory.grow(256); // room for as-pect's heap, which takes every page above it for its own

/** So many units in one piece, as an address that was freed. */
function freePiece(units: u64): usize {
  const address = allocateRegion(units * UNIT - 128);
  freeRegion(address);
  return address;
}

function differences(at: usize, bytes: usize, value: u8): i32 {
  let count = 0;
  for (const end = at + bytes; at < end; at++) if (load<u8>(at) !== value) count++;
  return count;
}

/** Wrong units after the three neighbours of a piece were freed in the order first, second, third. */
function mendedAfter(first: usize, second: usize, third: usize): bool {
  const a = allocateRegion(2 * ONE);
  const b = allocateRegion(ONE);
  const c = allocateRegion(3 * ONE);
  const pages = memory.size();
  freeRegion(first === 0 ? a : first === 1 ? b : c);
  freeRegion(second === 0 ? a : second === 1 ? b : c);
  freeRegion(third === 0 ? a : third === 1 ? b : c);
  const whole = allocateRegion(6 * UNIT - 128);
  freeRegion(whole);
  return b === a + 2 * UNIT && c === b + UNIT && whole === a && memory.size() === pages;
}

/** Broken promises over `steps` random allocations and frees. */
function wrongAgainstModel(steps: i32): i32 {
  let wrong = 0;
  let s: u32 = 7;
  let units: usize = 0;
  const before = bytesInUse();
  memory.fill(MODEL, 0, REGIONS * 12);
  for (let step = 0; step < steps; step++) {
    s = s * 1664525 + 1013904223;
    const own = MODEL + <usize>((s >> 24) % <u32>REGIONS) * 12;
    const address = <usize>load<u32>(own);
    if (address !== 0) {
      if (differences(address, load<u32>(own, 4), load<u8>(own, 8)) !== 0) wrong++;
      units -= (regionBytes(address) + 128) / UNIT;
      freeRegion(address);
      store<u32>(own, 0);
    } else {
      const bytes = (s >> 8) % 150000;
      const fresh = allocateRegion(bytes);
      if (fresh === 0 || (fresh & 63) !== 0 || regionBytes(fresh) < bytes) wrong++;
      units += (regionBytes(fresh) + 128) / UNIT;
      memory.fill(fresh, <u8>step, bytes);
      store<u32>(own, <u32>fresh);
      store<u32>(own, bytes, 4);
      store<u8>(own, <u8>step, 8);
    }
    if (bytesInUse() - before !== <f64>(units * UNIT)) wrong++;
    if (step % 97 === 0) memory.grow(1); // the host's own
  }
  for (let k: usize = 0; k < REGIONS; k++) freeRegion(load<u32>(MODEL + k * 12));
  if (bytesInUse() !== before) wrong++;
  return wrong;
}

describe("a region", () => {
  it("starts at a multiple of 64, holds what was asked for and ends with 64 bytes of slack", () => {
    for (let k: usize = 0; k < 12; k++) {
      const bytes = <usize>load<u32>(SIZES + 4 * k);
      const address = allocateRegion(bytes);
      const size = regionBytes(address);
      expect(address & 63).toBe(0, bytes.toString());
      expect(size).toBeGreaterThanOrEqual(bytes, bytes.toString());
      expect((address - 64) % UNIT).toBe(0, bytes.toString());
      expect((size + 128) % UNIT).toBe(0, bytes.toString());
      expect(size).toBeLessThan(bytes + UNIT, "no unit more than needed");
      freeRegion(address);
    }
  });
  it("may be filled to its last byte and read 64 bytes further without meeting a neighbour", () => {
    freePiece(6);
    const a = allocateRegion(ONE);
    const b = allocateRegion(2 * ONE);
    memory.fill(a, 0xff, regionBytes(a));
    expect(regionBytes(b)).toBe(2 * UNIT - 128, "the header after it is whole");
    expect(b - 64).toBe(a + regionBytes(a) + 64, "slack");
    freeRegion(a);
    freeRegion(b);
  });
});

describe("the allocator", () => {
  it("takes the first free piece that is large enough, though a later one fits exactly", () => {
    const piece = freePiece(9);
    const a = allocateRegion(3 * ONE);
    const b = allocateRegion(ONE);
    const c = allocateRegion(2 * ONE);
    const d = allocateRegion(ONE);
    expect(a).toBe(piece);
    freeRegion(a);
    freeRegion(c);
    const first = allocateRegion(2 * ONE);
    const rest = allocateRegion(ONE);
    const exact = allocateRegion(2 * ONE);
    expect(first).toBe(a);
    expect(rest).toBe(a + 2 * UNIT, "what was split off");
    expect(exact).toBe(c);
    freeRegion(first);
    freeRegion(rest);
    freeRegion(exact);
    freeRegion(b);
    freeRegion(d);
    expect(freePiece(9)).toBe(piece, "one piece again");
  });
  it("joins a freed region with both neighbours, in whatever order the three are freed", () => {
    freePiece(6);
    expect(mendedAfter(0, 1, 2)).toBe(true);
    expect(mendedAfter(0, 2, 1)).toBe(true);
    expect(mendedAfter(1, 0, 2)).toBe(true);
    expect(mendedAfter(1, 2, 0)).toBe(true);
    expect(mendedAfter(2, 0, 1)).toBe(true);
    expect(mendedAfter(2, 1, 0)).toBe(true);
  });
  it("frees nothing at 0", () => {
    const bytes = bytesInUse();
    freeRegion(0);
    expect(bytesInUse()).toBe(bytes);
  });
  it("keeps memory and the byte counter flat over 10,000 makes and frees", () => {
    let s: u32 = 1;
    let pages = 0;
    const bytes = bytesInUse();
    for (let cycle = 0; cycle < 10000; cycle++) {
      s = s * 1664525 + 1013904223;
      const a = allocateRegion(<u64>((s >> 8) % 200000));
      const b = allocateRegion(<u64>((s >> 4) % 300000));
      freeRegion((s & 8) !== 0 ? a : b);
      freeRegion((s & 8) !== 0 ? b : a);
      if (cycle === 100) pages = memory.size();
    }
    expect(bytesInUse()).toBe(bytes);
    expect(memory.size()).toBe(pages);
  });
  it("holds what regions hold over 1,000 random steps, whatever pages others take in between", () => {
    expect(wrongAgainstModel(1000)).toBe(0);
  });
});

/** True if the region ends before or begins behind the two pages at `foreign`. */
function apart(address: usize, foreign: usize): bool {
  return address + regionBytes(address) + 64 <= foreign || address - 64 >= foreign + 2 * UNIT;
}

describe("pages of others", () => {
  it("are never joined with a region, nor touched", () => {
    const units = <u64>memory.size(); // larger than any free piece
    const a = allocateRegion(units * UNIT - 128);
    const foreign = <usize>memory.grow(2) * UNIT;
    memory.fill(foreign, 0x5a, 2 * UNIT);
    const b = allocateRegion(units * UNIT - 128);
    expect(apart(a, foreign)).toBe(true);
    expect(apart(b, foreign)).toBe(true);
    freeRegion(a);
    freeRegion(b);
    const c = allocateRegion(2 * units * UNIT);
    const d = allocateRegion(units * UNIT - 128);
    expect(apart(c, foreign)).toBe(true);
    expect(apart(d, foreign)).toBe(true);
    memory.fill(c, 0xff, regionBytes(c));
    memory.fill(d, 0xff, regionBytes(d));
    freeRegion(c);
    freeRegion(d);
    expect(differences(foreign, 2 * UNIT, 0x5a)).toBe(0);
  });
});

describe("the memory limit", () => {
  it("refuses with nothing changed, gives to the last page and what is free", () => {
    const pages = memory.size();
    const bytes = bytesInUse();
    const wanted = <u64>pages * UNIT - 128; // more than can be free
    limitPages(2 * pages - 1);
    expect(allocateRegion(wanted)).toBe(0);
    expect(memory.size()).toBe(pages);
    expect(bytesInUse()).toBe(bytes);
    limitPages(2 * pages);
    const all = allocateRegion(wanted);
    expect(all).toBeGreaterThan(0);
    expect(memory.size()).toBe(2 * pages);
    expect(bytesInUse()).toBe(bytes + <f64>pages * <f64>UNIT);
    freeRegion(all);
    limitPages(pages); // less than there is by now
    expect(freePiece(pages)).toBeGreaterThan(0);
    expect(allocateRegion(2 * wanted)).toBe(0);
    expect(bytesInUse()).toBe(bytes);
    limitPages(NO_LIMIT);
  });
  it("refuses more than can be addressed, however much that is", () => {
    const pages = memory.size();
    const bytes = bytesInUse();
    expect(allocateRegion(0x100000000)).toBe(0);
    expect(allocateRegion(0xffffffff)).toBe(0);
    expect(allocateRegion(1 << 47)).toBe(0);
    expect(allocateRegion(0xffffffffffff0000)).toBe(0);
    expect(allocateRegion(u64.MAX_VALUE)).toBe(0, "what a size beyond u64 becomes");
    expect(memory.size()).toBe(pages);
    expect(bytesInUse()).toBe(bytes);
  });
});
