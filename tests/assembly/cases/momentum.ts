// The one recursion of momentum.ts against each form as its source writes it, in scalar code.

import { ruleMomentum } from "../../../assembly/abi";
import { registerMomentum } from "../../../assembly/optimizers/momentum";
import { applyRule } from "../../../assembly/optimizers/sweep";
import "../scenes/engine";
import {
  COUNT,
  gradientAt,
  near,
  place,
  placed,
  setHyper,
  startSweep,
  startWeight,
  update,
  weight,
  wrongPadding,
} from "../scenes/sweeping";

registerMomentum();

const STEPS: i32 = 6;
const H: f64 = 0.125;
const MU: f64 = 0.875;
const TAU: f64 = 0.25;

// Codes of the hyper-parameters `form` and `nesterov`.
const buffer: f64 = 0;
const velocity: f64 = 1;
const ema: f64 = 2;
const plain: f64 = 0;
const nesterov: f64 = 1;
const lookahead: f64 = 2;

/** One weight by the form's own definition. */
@unmanaged
class Form {
  w: f64;
  s: f64;
}

const FORM = memory.data(16, 8);

function start(i: usize): Form {
  const form = changetype<Form>(FORM);
  form.w = startWeight(i);
  form.s = 0;
  return form;
}

/** PyTorch SGD: b₁ = g, then b ← μ b + (1 − τ) g; w ← w − h b, with Nesterov w ← w − h (g + μ b). */
function torch(form: Form, g: f64, step: i32, dampening: f64, isNesterov: bool, fromGradient: bool): void {
  form.s = step === 1 && fromGradient ? g : MU * form.s + (1 - dampening) * g;
  form.w -= H * (isNesterov ? g + MU * form.s : form.s);
}

/** Sutskever et al. 2013, equations 1 and 2: v ← μ v − h g, w ← w + v; Keras with Nesterov: w ← w + μ v − h g. */
function sutskever(form: Form, g: f64, isKerasNesterov: bool): void {
  form.s = MU * form.s - H * g;
  form.w += isKerasNesterov ? MU * form.s - H * g : form.s;
}

/** Polyak 1964: w ← w − h g + μ (w − the weight before); s holds the weight before. */
function heavyBall(form: Form, g: f64, step: i32): void {
  const before = step === 1 ? form.w : form.s;
  form.s = form.w;
  form.w = form.w - H * g + MU * (form.w - before);
}

/** m ← β m + (1 − β) g, w ← w − h m. */
function lecture(form: Form, g: f64): void {
  form.s = MU * form.s + (1 - MU) * g;
  form.w -= H * form.s;
}

function setForm(form: f64, nesterovForm: f64, dampening: f64, firstGradient: f64): void {
  setHyper(0, H);
  setHyper(1, MU);
  setHyper(2, dampening);
  setHyper(3, form);
  setHyper(4, nesterovForm);
  setHyper(5, firstGradient);
}

/** Weights that differ after six steps from definition `definition` of the list in the tests below. */
function wrong<T>(definition: i32, form: f64, nesterovForm: f64, dampening: f64, firstGradient: f64): i32 {
  const sweep = startSweep<T>();
  setForm(form, nesterovForm, dampening, firstGradient);
  for (let step = 1; step <= STEPS; step++) update<T>(ruleMomentum, sweep, step);
  let count = wrongPadding<T>(1);
  for (let i: usize = 0; i < COUNT; i++) {
    const own = start(i);
    for (let step = 1; step <= STEPS; step++) {
      const g = gradientAt(i, step);
      if (definition === 0) torch(own, g, step, dampening, nesterovForm === nesterov, firstGradient === 1);
      else if (definition === 1) sutskever(own, g, nesterovForm === nesterov);
      else if (definition === 2) heavyBall(own, g, step);
      else lecture(own, g);
    }
    if (!near<T>(weight<T>(i), own.w)) count++;
  }
  return count;
}

/** Places of look-ahead that differ, over six steps; the place of the ema form is w − h β m. */
function wrongPlaces<T>(form: f64): i32 {
  const sweep = startSweep<T>();
  setForm(form, lookahead, 0, 0);
  let count = 0;
  for (let step = 1; step <= STEPS; step++) {
    place(ruleMomentum, sweep, step);
    for (let i: usize = 0; i < COUNT; i++) {
      const own = start(i);
      for (let done = 1; done < step; done++) {
        if (form === velocity) sutskever(own, gradientAt(i, done), false);
        else lecture(own, gradientAt(i, done));
      }
      if (!near<T>(weight<T>(i), own.w)) count++;
      if (!near<T>(placed<T>(i), form === velocity ? own.w + MU * own.s : own.w - H * MU * own.s)) count++;
    }
    for (let i: usize = COUNT; i < 16; i++) if (placed<T>(i) !== 0) count++;
    update<T>(ruleMomentum, sweep, step);
  }
  return count + wrongPadding<T>(1);
}

/** Nesterov 1983 in its own two sequences (y is where the gradient is taken) against look-ahead, for f(w) = w²/2. */
function wrongNesterov<T>(): i32 {
  const sweep = startSweep<T>();
  setForm(velocity, lookahead, 0, 0);
  let count = 0;
  let x = startWeight(0);
  let y = x;
  for (let step = 1; step <= STEPS; step++) {
    place(ruleMomentum, sweep, step);
    if (!near<T>(placed<T>(0), y)) count++;
    store<T>(sweep.gradients, <T>placed<T>(0));
    sweep.step = <f64>step;
    applyRule(ruleMomentum, sweep);
    const next = y - H * y;
    y = next + MU * (next - x);
    x = next;
    if (!near<T>(weight<T>(0), x)) count++;
  }
  return count;
}

describe("momentum", () => {
  it("in the buffer is that of PyTorch, from its first gradient or from 0", () => {
    expect(wrong<f32>(0, buffer, plain, 0, 1)).toBe(0);
    expect(wrong<f64>(0, buffer, plain, 0, 1)).toBe(0);
    expect(wrong<f32>(0, buffer, plain, 0, 0)).toBe(0);
    expect(wrong<f64>(0, buffer, plain, 0, 0)).toBe(0);
  });
  it("in the buffer takes dampening, and not of the first gradient", () => {
    expect(wrong<f32>(0, buffer, plain, TAU, 1)).toBe(0);
    expect(wrong<f64>(0, buffer, plain, TAU, 1)).toBe(0);
    expect(wrong<f64>(0, buffer, plain, TAU, 0)).toBe(0);
  });
  it("in the buffer with Nesterov is that of PyTorch", () => {
    expect(wrong<f32>(0, buffer, nesterov, 0, 1)).toBe(0);
    expect(wrong<f64>(0, buffer, nesterov, 0, 1)).toBe(0);
    expect(wrong<f64>(0, buffer, nesterov, 0, 0)).toBe(0);
  });
  it("as velocity is that of Sutskever and others", () => {
    expect(wrong<f32>(1, velocity, plain, 0, 0)).toBe(0);
    expect(wrong<f64>(1, velocity, plain, 0, 0)).toBe(0);
    expect(wrong<f64>(1, velocity, plain, 0, 1)).toBe(0, "a velocity starts at 0 either way");
  });
  it("as velocity is the heavy ball", () => {
    expect(wrong<f32>(2, velocity, plain, 0, 0)).toBe(0);
    expect(wrong<f64>(2, velocity, plain, 0, 0)).toBe(0);
  });
  it("as velocity with Nesterov is that of Keras", () => {
    expect(wrong<f32>(1, velocity, nesterov, 0, 0)).toBe(0);
    expect(wrong<f64>(1, velocity, nesterov, 0, 0)).toBe(0);
  });
  it("as an average is that of lectures", () => {
    expect(wrong<f32>(3, ema, plain, 0, 0)).toBe(0);
    expect(wrong<f64>(3, ema, plain, 0, 0)).toBe(0);
  });
  it("looking ahead takes the gradient at w + μ v, or at w − h β m", () => {
    expect(wrongPlaces<f32>(velocity)).toBe(0);
    expect(wrongPlaces<f64>(velocity)).toBe(0);
    expect(wrongPlaces<f32>(ema)).toBe(0);
    expect(wrongPlaces<f64>(ema)).toBe(0);
  });
  it("looking ahead is Nesterov's method of 1983", () => {
    expect(wrongNesterov<f32>()).toBe(0);
    expect(wrongNesterov<f64>()).toBe(0);
  });
});
