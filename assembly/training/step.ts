// The training step: place → run the program → finite check → sweep → commit. Everything that can fail comes before
// the first write to weights or state, so a step either happens whole or leaves the trainer as it was.

import {
  f32Type,
  faultGradient,
  faultLoss,
  spaceArguments,
  spaceGradients,
  spaceNextState,
  spaceParameters,
  spaceResults,
  spaceState,
} from "../abi";
import { accumulate, firstNonFinite } from "../kernels/accumulate";
import { sumOfSquares } from "../kernels/sum";
import { fault, faulted, randomAddress, setBase } from "../memory/engine";
import { applyRule, placeWeights } from "../optimizers/sweep";
import { reserveFor, run } from "../program/run";
import { groupAt, sweepOf, Trainer } from "./trainer";

/** Sets the bases of all operand spaces to the trainer's blocks. */
function bind(trainer: Trainer, weights: usize): void {
  setBase(spaceParameters, weights);
  setBase(spaceGradients, trainer.gradients);
  setBase(spaceState, trainer.state);
  setBase(spaceNextState, trainer.nextState);
  setBase(spaceArguments, trainer.arguments);
  setBase(spaceResults, trainer.results);
}

/** Addresses the random numbers of update `step`. */
function bindRandom(trainer: Trainer, step: f64): void {
  const r = randomAddress();
  const whole = <u64>step;
  store<u32>(r, trainer.seedLow);
  store<u32>(r, trainer.seedHigh, 4);
  store<u32>(r, <u32>whole, 8);
  store<u32>(r, <u32>(whole >> 32), 12);
}

/** Moves the weights to where the rule wants its gradient; once a step. */
export function placeStep(trainer: Trainer): void {
  if (trainer.placed === 0) return;
  for (let k: u32 = 0; k < trainer.groupCount; k++) {
    placeWeights(trainer.rule, sweepOf(trainer, groupAt(trainer, k), trainer.gradients));
  }
}

/** Runs the program over the arguments in place; false on a fault, with nothing changed. */
export function runStep(trainer: Trainer, program: usize, share: f64, fresh: bool): bool {
  if (!reserveFor(program)) return false;
  bind(trainer, trainer.placed !== 0 ? trainer.placed : trainer.parameters);
  bindRandom(trainer, trainer.step);
  run(program);
  if (faulted()) return false;
  const f32s = trainer.type === f32Type;
  const loss = f32s ? <f64>load<f32>(trainer.results) : load<f64>(trainer.results);
  trainer.stepLoss = fresh ? share * loss : trainer.stepLoss + share * loss;
  if (share !== 1) {
    if (f32s) accumulate<f32>(trainer.accumulator, trainer.gradients, trainer.elements, share, fresh);
    else accumulate<f64>(trainer.accumulator, trainer.gradients, trainer.elements, share, fresh);
  }
  return true;
}

/** Checks loss and gradient, then updates weights, state and counters; false on a fault, with nothing changed. */
export function commitStep(trainer: Trainer, gradients: usize): bool {
  const whole = <u64>trainer.step;
  if (!isFinite(trainer.stepLoss)) {
    fault(faultLoss, <i32>whole, <i32>(whole >> 32));
    return false;
  }
  const f32s = trainer.type === f32Type;
  const squares = f32s
    ? sumOfSquares<f32>(gradients, trainer.elements)
    : sumOfSquares<f64>(gradients, trainer.elements);
  if (!isFinite(squares)) {
    // An f64 gradient above 1e154 overflows its square without being infinite itself.
    const at = f32s
      ? firstNonFinite<f32>(gradients, trainer.elements)
      : firstNonFinite<f64>(gradients, trainer.elements);
    if (at >= 0) {
      fault(faultGradient, <i32>whole, <i32>(whole >> 32), at);
      return false;
    }
  }
  trainer.gradientNorm = sqrt<f64>(squares);
  for (let k: u32 = 0; k < trainer.groupCount; k++) {
    applyRule(trainer.rule, sweepOf(trainer, groupAt(trainer, k), gradients));
  }
  memory.copy(trainer.state, trainer.nextState, trainer.stateBytes);
  trainer.step += 1;
  if (trainer.historyCount < trainer.historyLimit) {
    store<f64>(<usize>trainer.history + (trainer.historyCount << 3), trainer.stepLoss);
    trainer.historyCount++;
  }
  return true;
}
