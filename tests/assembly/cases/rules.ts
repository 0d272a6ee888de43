// The other update rules and the decay of the sweep against the papers' formulas in scalar f64 code.

import { ruleAdam, ruleAsgd, ruleCount, ruleMomentum, ruleSgd } from "../../../assembly/abi";
import { ruleEntry } from "../../../assembly/memory/engine";
import { registerDenseRules, registerWholeRules } from "../../../assembly/optimizers/index";
import { applyRule, Sweep } from "../../../assembly/optimizers/sweep";
import "../scenes/engine";
import {
  COUNT,
  gradientAt,
  near,
  setHyper,
  startSweep,
  startWeight,
  update,
  weight,
  wrongPadding,
} from "../scenes/sweeping";

registerDenseRules();
registerWholeRules();

const STEPS: i32 = 8;
const H: f64 = 0.0625;
const BETA1: f64 = 0.9;
const BETA2: f64 = 0.99;

/** Decay as it lies in a sweep: coupled λ, and the factor that is left of a weight. */
function setDecay(sweep: Sweep, penalty: f64, keep: f64): void {
  sweep.coupledDecay = penalty;
  sweep.decay = 1 - keep;
}

function wrongSgd<T>(penalty: f64, keep: f64): i32 {
  const sweep = startSweep<T>();
  setHyper(0, H);
  setDecay(sweep, penalty, keep);
  for (let step = 1; step <= STEPS; step++) update<T>(ruleSgd, sweep, step);
  let count = wrongPadding<T>(0);
  for (let i: usize = 0; i < COUNT; i++) {
    let w = startWeight(i);
    for (let step = 1; step <= STEPS; step++) w = keep * w - H * (gradientAt(i, step) + penalty * w);
    if (!near<T>(weight<T>(i), w)) count++;
  }
  return count;
}

/** Kingma and Ba 2015, algorithm 1; with `keep` AdamW, Loshchilov and Hutter 2019, algorithm 2. */
function wrongAdam<T>(penalty: f64, keep: f64, epsilon: f64): i32 {
  const sweep = startSweep<T>();
  setHyper(0, H);
  setHyper(1, BETA1);
  setHyper(2, BETA2);
  setHyper(3, epsilon);
  setHyper(6, 3); // both means are corrected
  setDecay(sweep, penalty, keep);
  for (let step = 1; step <= STEPS; step++) update<T>(ruleAdam, sweep, step);
  let count = wrongPadding<T>(2);
  for (let i: usize = 0; i < COUNT; i++) {
    let w = startWeight(i);
    let m: f64 = 0;
    let v: f64 = 0;
    let power1: f64 = 1;
    let power2: f64 = 1;
    for (let step = 1; step <= STEPS; step++) {
      const g = gradientAt(i, step) + penalty * w;
      m = BETA1 * m + (1 - BETA1) * g;
      v = BETA2 * v + (1 - BETA2) * g * g;
      power1 *= BETA1;
      power2 *= BETA2;
      w = keep * w - (H * (m / (1 - power1))) / (sqrt<f64>(v / (1 - power2)) + epsilon);
    }
    if (!near<T>(weight<T>(i), w)) count++;
  }
  return count;
}

/** Momentum with both kinds of decay: the coupled one enters the buffer, the other does not. */
function wrongDecayedMomentum<T>(penalty: f64, keep: f64): i32 {
  const sweep = startSweep<T>();
  setHyper(0, H);
  setHyper(1, 0.875);
  setHyper(5, 1);
  setDecay(sweep, penalty, keep);
  for (let step = 1; step <= STEPS; step++) update<T>(ruleMomentum, sweep, step);
  let count = wrongPadding<T>(1);
  for (let i: usize = 0; i < COUNT; i++) {
    let w = startWeight(i);
    let b: f64 = 0;
    for (let step = 1; step <= STEPS; step++) {
      const g = gradientAt(i, step) + penalty * w;
      b = step === 1 ? g : 0.875 * b + g;
      w = keep * w - H * b;
    }
    if (!near<T>(weight<T>(i), w)) count++;
  }
  return count;
}

/** Weights that are not numbers after two steps whose gradients are all 0. */
function wrongAtRest<T>(rule: i32, epsilon: f64): i32 {
  const sweep = startSweep<T>();
  setHyper(0, H);
  setHyper(1, BETA1);
  setHyper(2, rule === ruleAdam ? BETA2 : 0);
  setHyper(3, rule === ruleAdam ? epsilon : 0);
  sweep.elements = 16;
  let count = 0;
  for (let step = 1; step <= 2; step++) {
    sweep.step = <f64>step;
    memory.fill(sweep.gradients, 0, 128);
    applyRule(rule, sweep);
  }
  for (let i: usize = 0; i < COUNT; i++) if (weight<T>(i) !== startWeight(i)) count++;
  return count + wrongPadding<T>(0);
}

/** Bytes that a sweep over the first `elements` weights changes behind them. */
function writtenBehind<T>(rule: i32, elements: u32): i32 {
  const sweep = startSweep<T>();
  setHyper(0, H);
  setHyper(1, BETA1);
  setHyper(2, rule === ruleAdam ? BETA2 : 0);
  setHyper(3, rule === ruleAdam ? 1e-8 : 0);
  sweep.elements = elements;
  update<T>(rule, sweep, 1);
  let count = 0;
  for (let i: usize = elements; i < COUNT; i++) if (weight<T>(i) !== startWeight(i)) count++;
  for (let i: usize = 0; i < <usize>elements; i++) if (weight<T>(i) === startWeight(i)) count++;
  return count;
}

describe("an update rule", () => {
  it("is sgd: w ← w − h g", () => {
    expect(wrongSgd<f32>(0, 1)).toBe(0);
    expect(wrongSgd<f64>(0, 1)).toBe(0);
  });
  it("is adam: algorithm 1 of Kingma and Ba", () => {
    expect(wrongAdam<f32>(0, 1, 1e-8)).toBe(0);
    expect(wrongAdam<f64>(0, 1, 1e-8)).toBe(0);
    expect(wrongAdam<f64>(0, 1, 0.5)).toBe(0, "ε stands outside the root");
  });
  it("leaves a weight alone whose gradient was always 0, whatever ε", () => {
    expect(wrongAtRest<f32>(ruleSgd, 0)).toBe(0);
    expect(wrongAtRest<f32>(ruleMomentum, 0)).toBe(0);
    expect(wrongAtRest<f32>(ruleAdam, 1e-8)).toBe(0);
    expect(wrongAtRest<f64>(ruleAdam, 1e-8)).toBe(0);
    expect(wrongAtRest<f64>(ruleAdam, 1e-300)).toBe(0);
    expect(wrongAtRest<f32>(ruleAdam, 1e-60)).toBe(0, "0/0, because ε is 0 in f32");
  });
  it("writes to its own group only", () => {
    expect(writtenBehind<f32>(ruleSgd, 8)).toBe(0);
    expect(writtenBehind<f64>(ruleSgd, 8)).toBe(0);
    expect(writtenBehind<f32>(ruleMomentum, 8)).toBe(0);
    expect(writtenBehind<f64>(ruleAdam, 8)).toBe(0);
  });
  it("is in the table under its code", () => {
    for (let rule = 0; rule <= ruleAsgd; rule++) expect(load<u32>(ruleEntry(rule))).toBeGreaterThan(0);
    expect(ruleAsgd).toBeLessThan(ruleCount);
    expect(load<u32>(ruleEntry(ruleSgd), 4)).toBe(0, "sgd takes its gradient at the weights");
    expect(load<u32>(ruleEntry(ruleMomentum), 4)).toBeGreaterThan(0);
  });
});

describe("decay", () => {
  it("comes before the rule: w ← (1 − h λ) w − h g", () => {
    expect(wrongSgd<f32>(0, 1 - H * 0.25)).toBe(0);
    expect(wrongSgd<f64>(0, 1 - H * 0.25)).toBe(0);
  });
  it("that is coupled enters the gradient with the weight before the step", () => {
    expect(wrongSgd<f32>(0.25, 1)).toBe(0);
    expect(wrongSgd<f64>(0.25, 1)).toBe(0);
    expect(wrongDecayedMomentum<f32>(0.25, 1)).toBe(0);
    expect(wrongDecayedMomentum<f64>(0.25, 1)).toBe(0);
  });
  it("of both kinds at once takes both from the weight before the step", () => {
    expect(wrongSgd<f64>(0.25, 0.875)).toBe(0);
    expect(wrongDecayedMomentum<f32>(0.25, 0.875)).toBe(0);
    expect(wrongDecayedMomentum<f64>(0.25, 0.875)).toBe(0);
    expect(wrongAdam<f32>(0.25, 0.875, 1e-8)).toBe(0);
    expect(wrongAdam<f64>(0.25, 0.875, 1e-8)).toBe(0);
  });
  it("makes AdamW of Adam", () => {
    expect(wrongAdam<f32>(0, 1 - H * 0.01, 1e-8)).toBe(0);
    expect(wrongAdam<f64>(0, 1 - H * 0.01, 1e-8)).toBe(0);
  });
});
