// Cyclic: up from the base to the peak in `up` counts, down in `down`; the height of cycle c = 0, 1, ... is multiplied
// by 1 (triangular), 2^−c (triangular2) or γ^t (expRange) (Smith, Cyclical learning rates for training neural networks,
// WACV 2017).

import { scheduleCyclic } from "../abi";
import { registerLaw } from "./schedule";

const halving: f64 = 1;
const fading: f64 = 2;

@unmanaged
class Cyclic {
  base: f64;
  peak: f64;
  up: f64;
  down: f64;
  mode: f64;
  gamma: f64;

  value(t: f64): f64 {
    const total = this.up + this.down;
    const cycle = floor<f64>(t / total);
    const since = t - cycle * total;
    const fraction = since <= this.up ? since / this.up : (total - since) / this.down;
    let height = (this.peak - this.base) * fraction;
    if (this.mode === halving) height *= NativeMath.pow(0.5, cycle);
    else if (this.mode === fading) height *= NativeMath.pow(this.gamma, t);
    return this.base + height;
  }
}

export function registerCyclic(): void {
  registerLaw<Cyclic>(scheduleCyclic);
}
