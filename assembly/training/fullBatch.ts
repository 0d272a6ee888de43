// Fits a trainer by a minimizer. The function is loss plus penalty over all rows; an accepted point is a step of the trainer.
// Order of rows, random numbers and running state change with a step only, so along a line search the function is the same at
// every evaluation. Trial points are kept apart from the weights; an accepted point becomes the weights, together with its
// running state. The minimizer computes in f64 with points rounded to the type of the weights.

import {
  f32Type,
  faultGradient,
  faultLoss,
  requestValue,
  resultsHeader,
  resultsLoss,
  resultsNorm,
  resultsPenalty,
  statusNotFinite,
} from "../abi";
import { firstNonFinite } from "../kernels/accumulate";
import { sumOfSquares } from "../kernels/sum";
import { fault } from "../memory/engine";
import { advance } from "../minimizers/advance";
import { at, put } from "../minimizers/elements";
import { Minimizer } from "../minimizers/minimizer";
import { gatherRun } from "./gather";
import { addPenalty, penaltyOf } from "./penalty";
import { countStep, endEpoch, programFor, runRows } from "./slice";
import { divideByWeight, runStep } from "./step";
import { Trainer } from "./trainer";

/**
 * Does up to `runs` runs and `steps` accepted steps, or until epochLimit epochs have ended. Returns 1, 0 at the end of the
 * minimizer, -1 on a fault. `point` has room for trial weights.
 */
export function fitByMinimizer(t: Trainer, m: Minimizer, point: usize, runs: u32, steps: u32): i32 {
  t.historyCount = 0;
  t.epochCount = 0;
  // A step takes its gradient at the look-ahead point: here that is the trial point.
  const lookAhead = t.lookAhead;
  t.lookAhead = <u32>point;
  const result = search(t, m, runs, steps);
  t.lookAhead = lookAhead;
  if (result <= 0) t.stepRows = 0;
  return result;
}

function search(t: Trainer, m: Minimizer, runs: u32, steps: u32): i32 {
  while (true) {
    // A gradient alone is requested only where the value was evaluated last, which computed it too.
    if (m.request & requestValue) {
      if (t.stepRows === 0) writeTrial(t, m);
      while (t.stepRows < t.rows) {
        if (runs === 0) return 1;
        runs--;
        const take = runRows(t, t.stepRows, t.rows);
        gatherRun(t, t.step, t.accumulatedRows, t.order, t.stepRows, take, t.rows);
        if (!runStep(t, programFor(t, take), t.stepRows, take, t.rows)) return -1;
        t.stepRows += take;
      }
      t.stepRows = 0;
      writeResults(t, m);
    }
    const before = <usize>m.results;
    const loss = load<f64>(before, resultsLoss);
    const penalty = load<f64>(before, resultsPenalty);
    const iterations = m.iterations;
    const wanted = advance(m);
    const accepted = m.iterations !== iterations;
    if (accepted) {
      commit(t, m, loss, penalty);
      steps--;
    }
    if (wanted === 0) return m.status === statusNotFinite && m.iterations === 0 ? refuseStart(t, m) : 0;
    if (accepted && (steps === 0 || t.epochCount === t.epochLimit)) return 1;
  }
}

/** Writes the trial point as weights, and rounds the point to their type. */
function writeTrial(t: Trainer, m: Minimizer): void {
  const w = <usize>t.lookAhead;
  for (let k: u32 = 0; k < t.elements; k++) {
    if (t.type === f32Type) {
      const weight = <f32>at(m.trial, k);
      store<f32>(w + ((<usize>k) << 2), weight);
      put(m.trial, k, <f64>weight);
    } else put(w, k, at(m.trial, k));
  }
}

function isSeveral(t: Trainer): bool {
  return t.rows > t.microBatch;
}

function gradientsOf(t: Trainer): usize {
  return isSeveral(t) ? t.accumulator : t.gradients;
}

/** Writes value and gradient, which are in the trainer's type, as results of the minimizer. */
function writeResults(t: Trainer, m: Minimizer): void {
  const gradients = gradientsOf(t);
  divideByWeight(t, gradients);
  const penalty = penaltyOf(t, t.lookAhead);
  addPenalty(t, gradients, t.lookAhead);
  const f32s = t.type === f32Type;
  const squares = f32s ? sumOfSquares<f32>(gradients, t.elements) : sumOfSquares<f64>(gradients, t.elements);
  const results = <usize>m.trialResults;
  store<f64>(results, t.stepLoss + penalty);
  store<f64>(results, t.stepLoss, resultsLoss);
  store<f64>(results, penalty, resultsPenalty);
  store<f64>(results, sqrt<f64>(squares), resultsNorm);
  const out = results + resultsHeader;
  if (!f32s) memory.copy(out, gradients, (<usize>t.elements) << 3);
  else for (let k: u32 = 0; k < t.elements; k++) put(out, k, <f64>load<f32>(gradients + ((<usize>k) << 2)));
}

/** Makes the accepted point, the last that was evaluated, the weights of the trainer; `loss` is that before the step. */
function commit(t: Trainer, m: Minimizer, loss: f64, penalty: f64): void {
  memory.copy(t.parameters, t.lookAhead, (<usize>t.elements) << (t.type === f32Type ? 2 : 3));
  memory.copy(t.state, isSeveral(t) ? t.nextState + t.stateBytes : t.nextState, t.stateBytes);
  t.step += 1;
  t.stepLoss = loss;
  t.penalty = penalty;
  t.gradientNorm = load<f64>(m.results, resultsNorm);
  if (t.historyCount < t.historyLimit) {
    store<f64>(<usize>t.history + (t.historyCount << 3), loss);
    t.historyCount++;
  }
  countStep(t);
  endEpoch(t);
}

/** Records that the loss or the gradient is not finite at the start. */
function refuseStart(t: Trainer, m: Minimizer): i32 {
  const whole = <u64>t.step;
  if (!isFinite(load<f64>(m.trialResults))) return fault(faultLoss, <i32>whole, <i32>(whole >> 32));
  const gradient = <usize>m.trialResults + resultsHeader;
  return fault(faultGradient, <i32>whole, <i32>(whole >> 32), <i32>firstNonFinite<f64>(gradient, t.elements));
}
