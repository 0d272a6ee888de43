// Line searches on the six functions of J. Moré and D. Thuente, Line search algorithms with guaranteed sufficient decrease,
// ACM TOMS 20, 1994, section 5, from first steps a million times apart: each step satisfies the search's own conditions.

import {
  searchBacktracking,
  searchFixed,
  searchGoldstein,
  searchHagerZhang,
  searchMoreThuente,
  searchQuadratic,
  searchStrongWolfe,
} from "../../../assembly/abi";
import { accepted, failed, Line, searching } from "../../../assembly/minimizers/line";
import { registerWholeSearches } from "../../../assembly/minimizers/searches/index";
import { beginSearch, nextStep } from "../../../assembly/minimizers/searches/search";
import { StrongWolfe } from "../../../assembly/minimizers/searches/strongWolfe";
import "../scenes/engine";

registerWholeSearches();

const LINE = memory.data(256, 8);
const SEARCH = memory.data(512, 8);
const PI: f64 = 3.141592653589793;

function gamma(beta: f64): f64 {
  return sqrt<f64>(1 + beta * beta) - beta;
}

/** γ(β₁) √((1 − t)² + β₂²) + γ(β₂) √(t² + β₁²), and its slope. */
function yanai(t: f64, first: f64, second: f64, slope: bool): f64 {
  const a = sqrt<f64>((1 - t) * (1 - t) + second * second);
  const b = sqrt<f64>(t * t + first * first);
  return slope ? (gamma(first) * (t - 1)) / a + (gamma(second) * t) / b : gamma(first) * a + gamma(second) * b;
}

/** Function `which` of the paper at t, or its slope. */
function phi(which: i32, t: f64, slope: bool): f64 {
  if (which === 1) {
    const d = t * t + 2;
    return slope ? (t * t - 2) / (d * d) : -t / d;
  }
  if (which === 2) {
    const u = t + 0.004;
    return slope ? 5 * u * u * u * u - 8 * u * u * u : u * u * u * u * u - 2 * u * u * u * u;
  }
  if (which === 3) {
    const beta: f64 = 0.01;
    const wave = 39 * PI * 0.5 * t;
    const rest = slope ? (1 - beta) * Math.cos(wave) : ((2 * (1 - beta)) / (39 * PI)) * Math.sin(wave);
    if (t <= 1 - beta) return rest + (slope ? -1 : 1 - t);
    if (t >= 1 + beta) return rest + (slope ? 1 : t - 1);
    return rest + (slope ? (t - 1) / beta : ((t - 1) * (t - 1)) / (2 * beta) + beta / 2);
  }
  if (which === 4) return yanai(t, 0.001, 0.001, slope);
  return which === 5 ? yanai(t, 0.01, 0.001, slope) : yanai(t, 0.001, 0.01, slope);
}

/** The line, from this value and slope, with room for so many trials. */
function lineFrom(value: f64, slope: f64, limit: u32): Line {
  const line = changetype<Line>(LINE);
  line.value0 = value;
  line.slope0 = slope;
  line.largest = 1e10;
  line.limit = limit;
  return line;
}

/** Searches from the first step; the line stands where the search ended. */
function search(code: i32, which: i32, first: f64): i32 {
  const line = lineFrom(phi(which, 0, false), phi(which, 0, true), 60);
  line.step = first;
  beginSearch(code, SEARCH, line);
  let verdict = searching;
  while (verdict === searching) {
    line.value = phi(which, line.step, false);
    line.slope = phi(which, line.step, true);
    verdict = nextStep(code, SEARCH, line);
  }
  return verdict;
}

function setOptions(a: f64, b: f64, c: f64): void {
  memory.fill(SEARCH, 0, 512);
  store<f64>(SEARCH, a);
  store<f64>(SEARCH, b, 8);
  store<f64>(SEARCH, c, 16);
}

/** μ and η as the paper has them for each function. */
function decreaseOf(which: i32): f64 {
  return which === 2 || which === 3 ? 0.1 : 0.001;
}

function curvatureOf(which: i32): f64 {
  return which <= 3 ? 0.1 : 0.001;
}

/** How many of the 24 searches end with a step that is not what the search promises. */
function wrong(code: i32): i32 {
  let count = 0;
  for (let which = 1; which <= 6; which++) {
    for (let first: f64 = 0.001; first < 2000; first *= 100) {
      const c = decreaseOf(which);
      // A condition of slopes that asks for more than one of values allows may be met nowhere.
      const eta = max(curvatureOf(which), c);
      if (code === searchBacktracking) setOptions(c, 0, 1);
      else if (code === searchHagerZhang) {
        setOptions(c, eta, 0);
        store<f64>(SEARCH, 0.5, 24);
        store<f64>(SEARCH, 0.66, 32);
        store<f64>(SEARCH, 5, 40);
      } else setOptions(c, eta, 0);
      const line = changetype<Line>(LINE);
      if (search(code, which, first) !== accepted) {
        count++;
        continue;
      }
      const t = line.step;
      const enough = line.value <= line.value0 + c * t * line.slope0;
      const flat = abs(line.slope) <= -eta * line.slope0;
      if (code === searchBacktracking) {
        if (!enough) count++;
      } else if (code === searchGoldstein) {
        if (!enough || line.value < line.value0 + (1 - c) * t * line.slope0) count++;
      } else if (code === searchHagerZhang) {
        const wolfe = enough && line.slope >= eta * line.slope0;
        const limit = line.value <= line.value0;
        const approximate = limit && line.slope <= (2 * c - 1) * line.slope0 && line.slope >= eta * line.slope0;
        if (!wolfe && !approximate) count++;
      } else if (!enough || !flat) count++;
    }
  }
  return count;
}

describe("on the functions of Moré and Thuente", () => {
  it("Goldstein's search takes a step that is neither too long nor too short", () => {
    expect(wrong(searchGoldstein)).toBe(0);
  });
  it("backtracking takes a step of sufficient decrease", () => {
    expect(wrong(searchBacktracking)).toBe(0);
  });
  it("bracket and zoom meets the strong Wolfe conditions", () => {
    expect(wrong(searchStrongWolfe)).toBe(0);
  });
  it("Moré and Thuente's own search does", () => {
    expect(wrong(searchMoreThuente)).toBe(0);
  });
  it("Hager and Zhang's search meets the Wolfe conditions or the approximate ones", () => {
    expect(wrong(searchHagerZhang)).toBe(0);
  });

  it("Moré and Thuente's search takes as many trials as its authors report", () => {
    const counts = memory.data<u8>([6, 3, 1, 4, 12, 8, 8, 11, 12, 12, 10, 13, 4, 1, 3, 4, 6, 3, 7, 8, 13, 11, 8, 11]);
    let off = 0;
    for (let which = 1; which <= 6; which++) {
      let first: f64 = 0.001;
      for (let k = 0; k < 4; k++) {
        setOptions(decreaseOf(which), curvatureOf(which), 0);
        search(searchMoreThuente, which, first);
        const reported = <i32>load<u8>(counts + (which - 1) * 4 + k);
        if (<i32>changetype<Line>(LINE).trials !== reported) off++;
        first *= 100;
      }
    }
    expect(off).toBe(0);
  });
});

/** Functions whose steps are known by hand: t³/3 − t with its minimum at 1, −t, −t³ − t without one, the kink |t − 1|. */
const CUBIC: i32 = 0;
const LINE_DOWN: i32 = 1;
const CUBIC_DOWN: i32 = 2;
const KINK: i32 = 3;
/** (t − 1)² with a cliff behind 2 that no cubic can be laid through. */
const CLIFF: i32 = 4;

function simple(which: i32, t: f64, slope: bool): f64 {
  if (which === CUBIC) return slope ? t * t - 1 : (t * t * t) / 3 - t;
  if (which === LINE_DOWN) return slope ? -1 : -t;
  if (which === CUBIC_DOWN) return slope ? -3 * t * t - 1 : -t * t * t - t;
  if (which === KINK) return slope ? (t < 1 ? -1 : 1) : abs(t - 1);
  if (t > 2) return slope ? 1e300 : 1e308;
  return slope ? 2 * (t - 1) : (t - 1) * (t - 1);
}

const TRIALS = memory.data(8 * 256, 8);
/** A strong Wolfe search of one of them; the trials are kept, the verdict is the answer. */
function trace(which: i32, first: f64, most: f64, limit: u32): i32 {
  setOptions(1e-4, 0.1, 0);
  const line = lineFrom(simple(which, 0, false), simple(which, 0, true), limit);
  line.largest = most;
  line.step = first;
  beginSearch(searchStrongWolfe, SEARCH, line);
  let verdict = searching;
  while (verdict === searching) {
    store<f64>(TRIALS + 8 * <usize>line.trials, line.step);
    line.value = simple(which, line.step, false);
    line.slope = simple(which, line.step, true);
    verdict = nextStep(searchStrongWolfe, SEARCH, line);
  }
  return verdict;
}

function expectTrials(wanted: StaticArray<f64>): void {
  expect(changetype<Line>(LINE).trials).toBe(wanted.length);
  for (let k = 0; k < wanted.length; k++)
    expect(abs(load<f64>(TRIALS + 8 * <usize>k) - wanted[k])).toBeLessThan(1e-9 * wanted[k], `trial ${k}`);
}

describe("bracket and zoom, step by step", () => {
  it("goes to the minimizer of the cubic, in the interval and beyond it", () => {
    expect(trace(CUBIC, 3, 1e10, 40)).toBe(accepted);
    expectTrials([3, 1]);
    expect(trace(CUBIC, 0.25, 1e10, 40)).toBe(accepted);
    expectTrials([0.25, 1]);
  });
  it("keeps a tenth of the interval away from its ends", () => {
    expect(trace(CUBIC, 15, 1e10, 40)).toBe(accepted);
    expectTrials([15, 1.5, 1]);
    // From the end 1.05 the cubic's minimizer is too near: a tenth before it.
    expect(trace(CUBIC, 1.05, 1e10, 40)).toBe(accepted);
    expectTrials([1.05, 0.945, 1]);
  });
  it("grows at most tenfold, and by half of what it has moved at least", () => {
    expect(trace(CUBIC, 0.01, 1e10, 40)).toBe(accepted);
    expectTrials([0.01, 0.1, 1]);
    // The minimizer, 1, is not so far beyond 0.8: twice as far.
    expect(trace(CUBIC, 0.8, 1e10, 40)).toBe(accepted);
    expectTrials([0.8, 1.6, 1]);
  });
  it("doubles where the cubic has no minimizer, and takes the largest step where it still falls", () => {
    expect(trace(CUBIC_DOWN, 1, 6, 40)).toBe(accepted);
    expectTrials([1, 2, 4, 6]);
    expect(trace(LINE_DOWN, 1, 60, 40)).toBe(accepted);
    expectTrials([1, 10, 60]);
    expect(trace(CUBIC_DOWN, 1, 1e10, 5)).toBe(failed);
    expectTrials([1, 2, 4, 8, 16]);
  });
  it("halves the interval where the cubic overflows", () => {
    expect(trace(CLIFF, 16, 1e10, 40)).toBe(accepted);
    expectTrials([16, 8, 4, 2, 1]);
  });
  it("fails where no slope is flat, once the interval is as narrow as numbers are or the trials are over", () => {
    expect(trace(KINK, 3, 1e10, 1000)).toBe(failed);
    const line = changetype<Line>(LINE);
    expect(abs(line.step - 1)).toBeLessThan(1e-14);
    // The interval halves in two trials at the latest, but for those in which it is cut to two thirds.
    expect(line.trials).toBeGreaterThan(30);
    expect(line.trials).toBeLessThan(100);
    expect(trace(KINK, 3, 1e10, 7)).toBe(failed);
    expect(line.trials).toBe(7);
  });
  it("has its least value and a slope into the interval at one end, and narrows it, always", () => {
    let wrong = 0;
    let zooms = 0;
    for (let which = 1; which <= 6; which++) {
      for (let first: f64 = 0.001; first < 2000; first *= 10) {
        const c = decreaseOf(which);
        setOptions(c, 1e-3, 0);
        const line = lineFrom(phi(which, 0, false), phi(which, 0, true), 60);
        line.step = first;
        beginSearch(searchStrongWolfe, SEARCH, line);
        const s = changetype<StrongWolfe>(SEARCH);
        let least = line.value0;
        let before: f64 = Infinity;
        let beforeThat: f64 = Infinity;
        let verdict = searching;
        while (true) {
          const t = line.step;
          const low = s.low;
          line.value = phi(which, t, false);
          line.slope = phi(which, t, true);
          if (line.value <= line.value0 + c * t * line.slope0) least = min(least, line.value);
          verdict = nextStep(searchStrongWolfe, SEARCH, line);
          if (verdict !== searching) break;
          if (s.zooms === 0) {
            // It grows, by half of what it has moved last or more.
            if (line.step < t + 0.4999 * (t - low) || line.step > 10 * t || s.low !== t) wrong++;
            continue;
          }
          zooms++;
          const width = abs(s.high - s.low);
          const margin = min(abs(line.step - s.low), abs(line.step - s.high));
          if (s.lowValue !== least || s.lowSlope * (s.high - s.low) >= 0) wrong++;
          if (margin < 0.0999 * width || (line.step - s.low) * (line.step - s.high) >= 0) wrong++;
          if (width >= before || width > 0.67 * beforeThat) wrong++;
          beforeThat = before;
          before = width;
        }
      }
    }
    expect(zooms).toBeGreaterThan(50);
    expect(wrong).toBe(0);
  });
});

describe("the searches of one formula", () => {
  it("the exact one goes to the minimum of a parabola", () => {
    setOptions(0, 0, 0);
    const line = lineFrom(1, -3, 5);
    line.curvature = 6;
    beginSearch(searchQuadratic, SEARCH, line);
    expect(line.step).toBe(0.5);
    line.value = 0.25;
    line.slope = 0;
    expect(nextStep(searchQuadratic, SEARCH, line)).toBe(accepted);
  });
  it("the fixed one takes its step whatever happens", () => {
    setOptions(0.125, 0, 0);
    const line = changetype<Line>(LINE);
    beginSearch(searchFixed, SEARCH, line);
    line.value = Infinity;
    expect(line.step).toBe(0.125);
    expect(nextStep(searchFixed, SEARCH, line)).toBe(accepted);
  });
  it("where the function is not finite, the step shrinks to a tenth", () => {
    setOptions(1e-4, 0, 1);
    const line = lineFrom(1, -1, 5);
    line.step = 2;
    beginSearch(searchBacktracking, SEARCH, line);
    line.value = NaN;
    line.slope = 0;
    expect(nextStep(searchBacktracking, SEARCH, line)).toBe(searching);
    expect(line.step).toBe(0.2);
    expect(line.largest).toBe(2);
  });
});
