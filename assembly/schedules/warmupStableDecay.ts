// Warm-up, stable, decay: a linear rise to the peak, the peak, then a decay by 1 − x, a cosine, or 1 − √x, where x is the
// fraction of the decay that is done (Hu et al., MiniCPM, 2024; Hägele et al., Scaling laws and compute-optimal training
// beyond fixed training durations, NeurIPS 2024).

import { scheduleWarmupStableDecay } from "../abi";
import { halfCosine } from "./cosine";
import { registerLaw } from "./schedule";

const cosineShape: f64 = 1;
const rootShape: f64 = 2;

@unmanaged
class WarmupStableDecay {
  start: f64;
  peak: f64;
  end: f64;
  warmup: f64;
  stable: f64;
  decay: f64;
  shape: f64;

  value(t: f64): f64 {
    if (t < this.warmup) return this.start + (this.peak - this.start) * (t / this.warmup);
    const since = t - this.warmup - this.stable;
    if (since <= 0) return this.peak;
    if (since >= this.decay) return this.end;
    const x = since / this.decay;
    const left = this.shape === cosineShape ? halfCosine(x) : 1 - (this.shape === rootShape ? sqrt<f64>(x) : x);
    return this.end + (this.peak - this.end) * left;
  }
}

export function registerWarmupStableDecay(): void {
  registerLaw<WarmupStableDecay>(scheduleWarmupStableDecay);
}
