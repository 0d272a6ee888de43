// Reduce on plateau: h ← max(φ h, least) after the losses of several epochs were not better than the best so far, where better
// means below best (1 − relative) − absolute. The libraries reduce at different epochs:
//
//   pytorch   after more than `patience` bad epochs; epochs of a cool-down do not count
//   keras     after `patience` bad epochs; the last epoch of a cool-down counts; a better loss always becomes the best
//   optax     after `patience` bad epochs; epochs of a cool-down do not count
//
// Its state is in the record, after the parameters, and is saved with it.

import { schedulePlateau } from "../abi";
import { registerLaw } from "./schedule";

const kerasWay: f64 = 1;

/** @record */
@unmanaged
export class Plateau {
  factor: f64;
  patience: f64; // bad epochs after which it reduces: PyTorch's patience plus 1
  relative: f64;
  absolute: f64;
  maximize: f64;
  cooldown: f64;
  least: f64;
  smallestChange: f64;
  way: f64;
  average: f64; // losses averaged into one
  rate: f64; // the first word of state
  /** @state */
  best: f64;
  hasBest: f64;
  bad: f64;
  cooling: f64;
  sum: f64;
  summed: f64;

  value(t: f64): f64 {
    return this.rate;
  }
  observe(loss: f64): void {
    this.sum += loss;
    this.summed += 1;
    if (this.summed < this.average) return;
    const mean = this.sum / this.summed;
    this.sum = 0;
    this.summed = 0;
    this.judge(mean);
  }
  judge(loss: f64): void {
    const keras = this.way === kerasWay;
    if (keras && this.cooling > 0) {
      this.cooling -= 1;
      this.bad = 0;
    }
    const better = this.isBetter(loss);
    if (better) {
      this.best = loss;
      this.hasBest = 1;
      this.bad = 0;
    } else if (!keras || this.cooling === 0) this.bad += 1;
    if (!keras && this.cooling > 0) {
      this.cooling -= 1;
      this.bad = 0;
    }
    if (better || this.bad === 0 || this.bad < this.patience) return;
    const reduced = max<f64>(this.rate * this.factor, this.least);
    if (keras && this.rate <= this.least) return;
    if (this.rate - reduced > this.smallestChange) this.rate = reduced;
    this.cooling = this.cooldown;
    this.bad = 0;
  }
  /** NaN is never better. */
  isBetter(loss: f64): bool {
    if (loss !== loss) return false;
    if (this.hasBest === 0) return true;
    if (this.maximize !== 0) return loss > this.best * (1 + this.relative) + this.absolute;
    return loss < this.best * (1 - this.relative) - this.absolute;
  }
}

export function registerPlateau(): void {
  registerLaw<Plateau>(schedulePlateau);
}
