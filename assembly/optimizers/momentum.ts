// Momentum: all forms are one recursion with different coefficients:
//
//   s ← a s + b g        w ← w + c s + d g        gradient taken at w + e s
//
//   form             a    b        c      d     e        source
//   buffer           μ    1 − τ    −h     0     0        PyTorch (dampening τ), Optax trace
//   buffer Nesterov  μ    1        −h μ   −h    0        PyTorch
//   velocity         μ    −h       1      0     0        Sutskever et al. 2013; Polyak's heavy ball 1964 is the same
//   velocity Nest.   μ    −h       μ      −h    0        Keras
//   look-ahead       μ    −h       1      0     μ        Nesterov 1983 as stated by Sutskever et al. 2013
//   ema              β    1 − β    −h     0     0        lecture form
//   ema look-ahead   β    1 − β    −h     0     −h β
//   fista            k′   −h       k      −h    0        Beck and Teboulle 2009 as Optim.jl has it: k = (t − 1)/(t + 2),
//                                                        k′ the k of the step before
//
// With firstGradient 1 the buffer starts at the first gradient, not at b times it, as in PyTorch.

import { ruleMomentum } from "../abi";
import { constant, read, registerRule } from "./sweep";

// Codes of form (buffer is 0) and nesterov (none is 0).
const velocityForm: f64 = 1;
const emaForm: f64 = 2;
const shifted: f64 = 1; // Nesterov momentum in shifted weights, without a look-ahead point
const lookahead: f64 = 2;
const fista: f64 = 3;

@unmanaged
class Momentum {
  learningRate: f64;
  momentum: f64;
  dampening: f64;
  form: f64;
  nesterov: f64;
  firstGradient: f64;

  prepare<T>(step: f64, c: usize): void {
    const h = this.learningRate;
    const isFista = this.nesterov === fista;
    const mu = isFista ? (step - 1) / (step + 2) : this.momentum;
    const velocity = this.form === velocityForm;
    const isShifted = this.nesterov === shifted || isFista;
    const gain = velocity ? -h : this.form === emaForm ? 1 - mu : 1 - this.dampening;
    const first = step === 1 && this.firstGradient === 1;
    constant<T>(c, 0, isFista ? max<f64>(0, (step - 2) / (step + 1)) : mu);
    constant<T>(c, 1, first ? (velocity ? -h : 1) : gain);
    constant<T>(c, 2, velocity ? (isShifted ? mu : 1) : isShifted ? -h * mu : -h);
    constant<T>(c, 3, isShifted ? -h : 0);
    constant<T>(c, 4, this.nesterov === lookahead ? (velocity ? mu : -h * mu) : 0);
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const state = v128.add<T>(v128.mul<T>(read<T>(c, 0), v128.load(s)), v128.mul<T>(read<T>(c, 1), g));
    v128.store(s, state);
    const step = v128.add<T>(v128.mul<T>(read<T>(c, 2), state), v128.mul<T>(read<T>(c, 3), g));
    return v128.add<T>(w, step);
  }
  lookAhead<T>(w: v128, s: usize, stride: usize, c: usize): v128 {
    return v128.add<T>(w, v128.mul<T>(read<T>(c, 4), v128.load(s)));
  }
}

export function registerMomentum(): void {
  registerRule<Momentum>(ruleMomentum);
}
