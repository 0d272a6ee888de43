// The training step: place → run the program → penalty → finite check → transform the gradient → sweep → project →
// commit. Everything that
// can fail comes before the first write to weights or state, so a step either happens whole or leaves the trainer as it
// was.

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
  trainerPenalty,
} from "../abi";
import { accumulate, accumulateChange, firstNonFinite } from "../kernels/accumulate";
import { sumOfSquares } from "../kernels/sum";
import { fault, faulted, randomAddress, setBase } from "../memory/engine";
import { applyRule, placeWeights } from "../optimizers/sweep";
import { applyChain } from "../optimizers/transforms/chain";
import { reserveFor, run } from "../program/run";
import { updateAverage } from "./average";
import { addPenalty, penaltyOf, projectWeights } from "./penalty";
import { measureAfter, measureBefore, statisticsOf } from "./statistics";
import { chainOf, groupAt, isSummed, ruleOf, sweepOf, Trainer } from "./trainer";

/** Sets the bases of all operand spaces to the trainer's blocks. */
function bind(trainer: Trainer, weights: usize): void {
  setBase(spaceParameters, weights);
  setBase(spaceGradients, trainer.gradients);
  setBase(spaceState, trainer.state);
  setBase(spaceNextState, trainer.nextState);
  setBase(spaceArguments, trainer.arguments);
  setBase(spaceResults, trainer.results);
}

/** Addresses the random numbers of update `step` for a run that begins with row `row` of its batch. */
function bindRandom(trainer: Trainer, step: f64, row: u32): void {
  const r = randomAddress();
  const whole = <u64>step;
  store<u32>(r, trainer.seedLow);
  store<u32>(r, trainer.seedHigh, 4);
  store<u32>(r, <u32>whole, 8);
  store<u32>(r, <u32>(whole >> 32), 12);
  store<u32>(r, row, 16);
}

/** Moves the weights to where the rule wants its gradient; once a step. */
export function placeStep(trainer: Trainer): void {
  if (trainer.placed === 0) return;
  for (let k: u32 = 0; k < trainer.groupCount; k++) {
    const group = groupAt(trainer, k);
    placeWeights(ruleOf(group), sweepOf(trainer, group, trainer.gradients));
  }
}

/**
 * Runs the program over the rows `done` .. `done` + `rows` of a batch of `total`, which are in place; false on a fault,
 * with nothing changed. What several runs answer is added up, each by its share of the rows, or whole if the loss is a
 * sum; the next state moves from the state by each run's share of its change, so that an update moves a running mean
 * once, to the mean over the batch, whatever runs it took.
 */
export function runStep(trainer: Trainer, program: usize, done: u32, rows: u32, total: u32): bool {
  if (!reserveFor(program)) return false;
  bind(trainer, trainer.placed !== 0 ? trainer.placed : trainer.parameters);
  bindRandom(trainer, trainer.step, done);
  run(program);
  if (faulted()) return false;
  const fresh = done === 0;
  const share = <f64>rows / <f64>total;
  const weight = isSummed(trainer) ? 1 : share;
  const f32s = trainer.type === f32Type;
  const loss = f32s ? <f64>load<f32>(trainer.results) : load<f64>(trainer.results);
  trainer.stepLoss = fresh ? weight * loss : trainer.stepLoss + weight * loss;
  if (rows === total) return true;
  const bytes = trainer.stateBytes;
  const state = trainer.state;
  const next = trainer.nextState;
  if (f32s) {
    accumulate<f32>(trainer.accumulator, trainer.gradients, trainer.elements, weight, fresh);
    accumulateChange<f32>(next + bytes, state, next, bytes >> 2, share, fresh);
  } else {
    accumulate<f64>(trainer.accumulator, trainer.gradients, trainer.elements, weight, fresh);
    accumulateChange<f64>(next + bytes, state, next, bytes >> 3, share, fresh);
  }
  return true;
}

/** Checks loss and gradient of the run, or of several runs, then updates weights, state and counters; false on a fault, with nothing changed. */
export function commitStep(trainer: Trainer, several: bool): bool {
  const gradients: usize = several ? trainer.accumulator : trainer.gradients;
  const whole = <u64>trainer.step;
  const weights: usize = trainer.placed !== 0 ? trainer.placed : trainer.parameters;
  const penalty = penaltyOf(trainer, weights);
  if (!isFinite(trainer.stepLoss + penalty)) {
    fault(faultLoss, <i32>whole, <i32>(whole >> 32));
    return false;
  }
  addPenalty(trainer, gradients, weights);
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
  const statistics = statisticsOf(trainer);
  if (statistics !== 0) measureBefore(trainer, statistics, gradients);
  const chain = chainOf(trainer);
  if (chain !== null) {
    const at = applyChain(chain, gradients, squares);
    if (at >= 0) {
      fault(faultGradient, <i32>whole, <i32>(whole >> 32), at);
      return false;
    }
  }
  trainer.gradientNorm = sqrt<f64>(squares);
  store<f64>(changetype<usize>(trainer), penalty, trainerPenalty);
  for (let k: u32 = 0; k < trainer.groupCount; k++) {
    const group = groupAt(trainer, k);
    applyRule(ruleOf(group), sweepOf(trainer, group, gradients));
    projectWeights(trainer, group);
  }
  if (statistics !== 0) measureAfter(trainer, statistics, gradients);
  updateAverage(trainer);
  memory.copy(trainer.state, several ? trainer.nextState + trainer.stateBytes : trainer.nextState, trainer.stateBytes);
  trainer.step += 1;
  if (trainer.historyCount < trainer.historyLimit) {
    store<f64>(<usize>trainer.history + (trainer.historyCount << 3), trainer.stepLoss);
    trainer.historyCount++;
  }
  return true;
}
