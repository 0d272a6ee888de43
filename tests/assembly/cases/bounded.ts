// The step of L-BFGS-B: without pairs the gradient step within the box, with one as low in the model, B by the BFGS
// formula, as anything on the projected path up to its first minimum.

import { directionBounded } from "../../../assembly/abi";
import { registerBounded } from "../../../assembly/minimizers/directions/bounded";
import { arenaBytes, direct, remember } from "../../../assembly/minimizers/directions/direction";
import { at, put } from "../../../assembly/minimizers/elements";
import { gradient, Minimizer, swapPoints, trialGradient } from "../../../assembly/minimizers/minimizer";
import "../scenes/engine";

registerBounded();

const N: u32 = 5;
const RECORD = memory.data(1024, 16);
const BLOCKS = memory.data(4096, 64);
const ARENA = memory.data(16384, 64);
const S = memory.data(64, 16);
const Y = memory.data(64, 16);

function block(k: u32): u32 {
  return <u32>BLOCKS + k * 256;
}

/** A minimizer at x with gradient g, within −1 .. 1. */
function made(pairs: u32): Minimizer {
  assert(arenaBytes(directionBounded, N, 0, 4) < 16384);
  memory.fill(RECORD, 0, 1024);
  memory.fill(BLOCKS, 0, 4096);
  const m = changetype<Minimizer>(RECORD);
  m.direction = directionBounded;
  m.elements = N;
  m.x = block(0);
  m.results = block(1);
  m.trial = block(2);
  m.trialResults = block(3);
  m.step = block(4);
  m.vector = block(5);
  m.lower = block(6);
  m.upper = block(7);
  m.arena = <u32>ARENA;
  m.options = block(8);
  put(m.options, 0, 4);
  for (let k: u32 = 0; k < N; k++) {
    put(m.lower, k, -1);
    put(m.upper, k, 1);
    put(m.x, k, -0.9 + 0.35 * <f64>k);
    put(gradient(m), k, k % 2 === 0 ? 1.5 : -2 - <f64>k);
  }
  if (pairs === 0) return m;
  for (let k: u32 = 0; k < N; k++) {
    put(m.trial, k, at(m.x, k) + 0.02 * <f64>(k + 1));
    put(trialGradient(m), k, at(gradient(m), k) + 0.05 * <f64>(k + 1) + 0.01 * <f64>(k % 3));
    put(S, k, at(m.trial, k) - at(m.x, k));
    put(Y, k, at(trialGradient(m), k) - at(gradient(m), k));
  }
  remember(m);
  swapPoints(m);
  return m;
}

/** g'd + d'B d / 2, B = θ I − θ s s' / s's + y y' / y's with θ = y'y / y's. */
function model(m: Minimizer, d: usize): f64 {
  let ss: f64 = 0;
  let sy: f64 = 0;
  let yy: f64 = 0;
  let sd: f64 = 0;
  let yd: f64 = 0;
  let dd: f64 = 0;
  let gd: f64 = 0;
  for (let k: u32 = 0; k < N; k++) {
    ss += at(S, k) * at(S, k);
    sy += at(S, k) * at(Y, k);
    yy += at(Y, k) * at(Y, k);
    sd += at(S, k) * at(d, k);
    yd += at(Y, k) * at(d, k);
    dd += at(d, k) * at(d, k);
    gd += at(gradient(m), k) * at(d, k);
  }
  const theta = yy / sy;
  return gd + 0.5 * (theta * dd - (theta * sd * sd) / ss + (yd * yd) / sy);
}

describe("the step of L-BFGS-B", () => {
  it("without pairs is the gradient step, cut at the bounds", () => {
    const m = made(0);
    direct(m);
    for (let k: u32 = 0; k < N; k++) {
      const end = min(max(at(m.x, k) - at(gradient(m), k), -1), 1);
      expect(abs(at(m.x, k) + at(m.step, k) - end)).toBeLessThan(1e-15);
    }
  });

  it("with a pair is no higher in the model than the first minimum along the projected path, and inside", () => {
    const m = made(1);
    direct(m);
    const reached = model(m, m.step);
    for (let k: u32 = 0; k < N; k++) expect(abs(at(m.x, k) + at(m.step, k))).toBeLessThanOrEqual(1);
    const d = <usize>block(8);
    let lowest: f64 = 0;
    for (let i = 1; i < 4000; i++) {
      const t = <f64>i * 0.0005;
      for (let k: u32 = 0; k < N; k++) put(d, k, min(max(at(m.x, k) - t * at(gradient(m), k), -1), 1) - at(m.x, k));
      const value = model(m, d);
      if (value > lowest) break;
      lowest = value;
    }
    expect(lowest).toBeLessThan(-0.1);
    expect(reached).toBeLessThanOrEqual(lowest + 1e-9);
  });

  it("a variable that stands at its bound and would leave it stays", () => {
    const m = made(0);
    put(m.x, 0, -1);
    direct(m);
    expect(at(m.step, 0)).toBe(0);
  });
});
