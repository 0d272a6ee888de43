// The training step: look-ahead → run the program → penalty → finite check → gradient transforms → sweep → constraints →
// commit. Everything that can fail comes before the first write to weights or state, so a step happens completely or leaves the
// trainer unchanged. A step may take its gradient a second time at other weights: the runs are repeated on the same rows with
// the same random numbers, and loss, gradient norm and running state stay those of the first evaluation. An update may
// accumulate several batches: then a step commits its loss and running state, and adds its gradient to the mean.

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
import { accumulateChange, accumulateScaled, firstNonFinite } from "../kernels/accumulate";
import { sumOfSquares } from "../kernels/sum";
import { combine } from "../kernels/vectors";
import { fault, faulted, refuse, setBase, squaresEntry } from "../memory/engine";
import { writeLookAhead } from "../optimizers/sweep";
import { applyChain } from "../optimizers/transforms/chain";
import { perturbWeights } from "../optimizers/wrappers/wrapper";
import { reserveFor, run } from "../program/run";
import { updateAverage } from "./average";
import { addPenalty, penaltyOf } from "./penalty";
import { measureAfter, measureBefore, statisticsOf } from "./statistics";
import { chainOf, dividesOnce, groupAt, isSummed, isWeighted, sweepOf, Trainer, wrappingOf } from "./trainer";
import { updateWeights } from "./update";

/** True if this is the second evaluation of a step. */
export function isSecond(trainer: Trainer): bool {
  return trainer.evaluation !== 0;
}

/** Begins the first (0) or second (1) evaluation. */
export function setEvaluation(trainer: Trainer, evaluation: u32): void {
  trainer.evaluation = evaluation;
}

/** Weights at which the gradient is taken. */
function pointOf(trainer: Trainer): usize {
  if (isSecond(trainer)) return wrappingOf(trainer)!.perturbed;
  return trainer.lookAhead !== 0 ? trainer.lookAhead : trainer.parameters;
}

/** Sets the bases of all operand spaces to the trainer's blocks. */
function bind(trainer: Trainer): void {
  setBase(spaceParameters, pointOf(trainer));
  setBase(spaceGradients, trainer.gradients);
  setBase(spaceState, trainer.state);
  setBase(spaceArguments, trainer.arguments);
  setBase(spaceResults, trainer.results);
}

/** Writes the look-ahead points of all groups; once a step. */
export function writeLookAheadPoints(trainer: Trainer): void {
  if (trainer.lookAhead === 0) return;
  for (let k: u32 = 0; k < trainer.groupCount; k++) {
    const group = groupAt(trainer, k);
    writeLookAhead(group.rule, sweepOf(trainer, group, trainer.gradients));
  }
}

/**
 * Runs the program over rows `done` .. `done` + `rows` of a batch of `total`, which are gathered; returns false on a fault, with
 * nothing changed. Results of several runs are added: means weighted by their fraction of the rows; sums, numerators and
 * denominators unweighted. The next state is the state plus each run's change times its fraction of the rows, so that an update
 * changes a running mean once, by the mean over the batch, in however many runs. State of the rows of a batch is not changed by a
 * run, which writes its own rows into the next state itself: see ops/batchRows.
 */
export function runStep(trainer: Trainer, program: usize, done: u32, rows: u32, total: u32): bool {
  if (!reserveFor(program)) return false;
  bind(trainer);
  const fresh = done === 0;
  const state = trainer.state;
  const bytes = trainer.stateBytes;
  const next = trainer.nextState + (isSecond(trainer) ? 2 * bytes : 0);
  setBase(spaceNextState, next);
  if (fresh) memory.copy(next + bytes, state, bytes);
  run(program);
  if (faulted()) return false;
  const fraction = <f64>rows / <f64>total;
  const weighted = isWeighted(trainer);
  const factor: f64 = weighted || isSummed(trainer) ? 1 : fraction;
  const f32s = trainer.type === f32Type;
  if (rows !== total) {
    if (f32s) accumulateScaled<f32>(trainer.accumulator, trainer.gradients, factor, fresh, trainer.elements);
    else accumulateScaled<f64>(trainer.accumulator, trainer.gradients, factor, fresh, trainer.elements);
  }
  if (isSecond(trainer)) return true;
  const loss = f32s && !weighted ? <f64>load<f32>(trainer.results) : load<f64>(trainer.results);
  const weight = weighted ? load<f64>(trainer.results, 8) : <f64>rows;
  trainer.stepLoss = fresh ? factor * loss : trainer.stepLoss + factor * loss;
  trainer.stepWeight = fresh ? weight : trainer.stepWeight + weight;
  if (rows === total) return true;
  if (f32s) accumulateChange<f32>(next + bytes, state, next, fraction, bytes >> 2);
  else accumulateChange<f64>(next + bytes, state, next, fraction, bytes >> 3);
  return true;
}

/**
 * Divides the sums over the runs of a step, loss and gradient of the numerator, by the denominator. If the weights of the rows
 * sum to 0, there is no mean: loss and gradient are then 0.
 */
export function divideByWeight(trainer: Trainer, gradients: usize): void {
  if (!dividesOnce(trainer)) return;
  const weight = trainer.stepWeight;
  const factor: f64 = weight === 0 ? 0 : 1 / weight;
  if (trainer.type === f32Type) accumulateScaled<f32>(gradients, gradients, factor, true, trainer.elements);
  else accumulateScaled<f64>(gradients, gradients, factor, true, trainer.elements);
  if (!isSecond(trainer)) trainer.stepLoss = weight === 0 ? 0 * trainer.stepLoss : trainer.stepLoss / weight;
}

/**
 * Adds the gradient of the penalty at the same weights, and returns the sum of squares in f64; −1 on a fault: loss, penalty or
 * gradient not finite.
 */
function completeGradient(trainer: Trainer, gradients: usize, weights: usize): f64 {
  divideByWeight(trainer, gradients);
  const whole = <u64>trainer.step;
  const penalty = penaltyOf(trainer, weights);
  if (!isFinite(trainer.stepLoss + penalty)) {
    return fault(faultLoss, <i32>whole, <i32>(whole >> 32));
  }
  if (!isSecond(trainer)) trainer.penalty = penalty;
  if (trainer.gradientFree === 0) addPenalty(trainer, gradients, weights);
  return squaresOf(trainer, gradients);
}

/** Returns the sum of squares of the gradient; −1 on a fault: an element is not finite. */
function squaresOf(trainer: Trainer, gradients: usize): f64 {
  const f32s = trainer.type === f32Type;
  const count = trainer.elements;
  const squares =
    trainer.touched !== 0
      ? call_indirect<f64>(load<u32>(squaresEntry()), changetype<usize>(trainer), gradients)
      : f32s
        ? sumOfSquares<f32>(gradients, count)
        : sumOfSquares<f64>(gradients, count);
  if (isFinite(squares)) return squares;
  // The square of a finite f64 above 1e154 overflows.
  const at = f32s ? firstNonFinite<f32>(gradients, count) : firstNonFinite<f64>(gradients, count);
  if (at < 0) return squares;
  const whole = <u64>trainer.step;
  return fault(faultGradient, <i32>whole, <i32>(whole >> 32), at);
}

/**
 * Ends the first evaluation: returns 1 if a second one follows, for which the perturbed weights are written, 0 if not, −1 on a
 * fault.
 */
export function endFirstEvaluation(trainer: Trainer, several: bool): i32 {
  const wrapping = wrappingOf(trainer);
  if (wrapping === null || wrapping.perturbed === 0 || isSecond(trainer)) return 0;
  const gradients: usize = several ? trainer.accumulator : trainer.gradients;
  const squares = completeGradient(trainer, gradients, pointOf(trainer));
  if (squares < 0) return -1;
  trainer.firstNorm = sqrt<f64>(squares);
  perturbWeights(wrapping, pointOf(trainer), gradients, squares);
  setEvaluation(trainer, 1);
  return 1;
}

/**
 * Adds the gradient of a batch to the mean over the batches of its update, weighted by 1 / batches, or by its denominator if the
 * loss has one. Returns whether it was the last batch: then `gradients` holds the mean.
 */
function accumulateBatch(trainer: Trainer, gradients: usize, batches: u32): bool {
  const before = trainer.accumulatedCount;
  // Before the first batch there is no mean to read.
  const mean = before === 0 ? gradients : <usize>trainer.accumulated;
  const last = before + 1 === batches;
  const out = last ? gradients : <usize>trainer.accumulated;
  let p: f64 = before === 0 ? 0 : 1;
  let q: f64 = 1 / <f64>batches;
  if (dividesOnce(trainer)) {
    q = trainer.stepWeight;
    const total: f64 = before === 0 ? q : trainer.accumulatedWeight + q;
    if (last) {
      const factor: f64 = total === 0 ? 0 : 1 / total;
      p *= factor;
      q *= factor;
    } else trainer.accumulatedWeight = total;
  }
  if (trainer.type === f32Type) combine<f32>(out, mean, gradients, p, q, trainer.elements);
  else combine<f64>(out, mean, gradients, p, q, trainer.elements);
  if (!last) trainer.accumulatedCount = before + 1;
  return last;
}

/** Updates the weights, and the average; returns false on a fault, with nothing changed. */
function update(trainer: Trainer, gradients: usize, squares: f64): bool {
  const statistics = statisticsOf(trainer);
  if (statistics !== null) measureBefore(trainer, statistics, gradients);
  const chain = chainOf(trainer);
  if (chain !== null) {
    chain.seedLow = trainer.seedLow;
    chain.seedHigh = trainer.seedHigh;
    chain.step = trainer.step;
    const at = applyChain(chain, gradients, squares);
    if (at >= 0) {
      const whole = <u64>trainer.step;
      return refuse(faultGradient, <i32>whole, <i32>(whole >> 32), at);
    }
  }
  updateWeights(trainer, gradients);
  if (statistics !== null) measureAfter(trainer, statistics, gradients);
  updateAverage(trainer);
  trainer.step += 1;
  return true;
}

/**
 * Checks loss and gradient of one run or `several`, then updates weights, state and counters; returns false on a fault, with
 * nothing changed.
 */
export function commitStep(trainer: Trainer, several: bool): bool {
  const gradients: usize = several ? trainer.accumulator : trainer.gradients;
  let squares = completeGradient(trainer, gradients, pointOf(trainer));
  if (squares < 0) return false;
  const norm = isSecond(trainer) ? trainer.firstNorm : sqrt<f64>(squares);
  const batches = trainer.accumulate;
  if (batches === 0 || accumulateBatch(trainer, gradients, batches)) {
    if (batches !== 0) squares = squaresOf(trainer, gradients);
    if (squares < 0) {
      // The mean itself overflowed, and would do so again: the update starts anew.
      trainer.accumulatedCount = 0;
      trainer.accumulatedRows = 0;
      return false;
    }
    if (!update(trainer, gradients, squares)) return false;
    trainer.accumulatedCount = 0;
  }
  trainer.gradientNorm = norm;
  setEvaluation(trainer, 0);
  memory.copy(trainer.state, several ? trainer.nextState + trainer.stateBytes : trainer.nextState, trainer.stateBytes);
  if (trainer.historyCount < trainer.historyLimit) {
    store<f64>(<usize>trainer.history + (trainer.historyCount << 3), trainer.stepLoss);
    trainer.historyCount++;
  }
  return true;
}
