// Minimization of a function by an update rule: the trainer's rule moves x, which is its only parameter, and the record of a
// minimizer counts, decides when to stop, and keeps the best point. As with other methods, the function is evaluated by the
// host, request by request, or by a program, many times in one call.

import {
  programGradient,
  requestGradient,
  requestPause,
  requestValue,
  statusEvaluations,
  statusGradient,
  statusNotFinite,
} from "../abi";
import { compute, programOf } from "../minimizers/advance";
import {
  acceptedValue,
  clampInto,
  finish,
  gradient,
  keepBest,
  limitAt,
  Minimizer,
  normAt,
  swapPoints,
  trace,
  trialGradient,
  trialValue,
} from "../minimizers/minimizer";
import { applySchedules } from "./scheduled";
import { commitStep, endFirstEvaluation, isSecond, writeLookAheadPoints } from "./step";
import { Trainer, wrappingOf } from "./trainer";

/**
 * Uses value and gradient at the trial point; returns the request for the next one, 0 at the end, -1 on a fault. When the
 * accepted point fills the trace, it pauses before the step from there, so that the host can still change the learning rate.
 */
export function advanceByRule(t: Trainer, m: Minimizer): i32 {
  if (m.request !== 0) {
    const accepts = m.request !== requestPause && !isSecond(t);
    m.request = 0;
    const status = accepts ? accept(m) : 0;
    if (status !== 0) return finish(m, status);
    if (m.trace !== 0 && m.traceCount === m.traceLimit) {
      m.request = requestPause;
      return requestPause;
    }
    const again = update(t, m);
    if (again < 0) return -1;
    if (again > 0) return requestAt(m, wrappingOf(t)!.perturbed);
    m.iterations++;
  }
  // The last point is where the weights are, whatever point the rule would take its gradient at, and no update follows it.
  const isLast = m.iterations >= m.iterationLimit;
  if (!isLast) {
    if (!applySchedules(t)) return -1;
    writeLookAheadPoints(t);
  }
  return requestAt(m, isLast || t.lookAhead === 0 ? t.parameters : t.lookAhead);
}

/** Makes a point, within the bounds, the trial point; returns the request for it, 0 if no evaluation is left. */
function requestAt(m: Minimizer, point: usize): i32 {
  if (m.values >= m.evaluationLimit) return finish(m, statusEvaluations);
  if (m.lower !== 0) clampInto(m, point);
  memory.copy(m.trial, point, (<usize>m.elements) << 3);
  m.values++;
  m.gradients++;
  m.request = requestValue | requestGradient;
  return m.request;
}

/** The status that ends the search at the trial point, which becomes the accepted one if it is finite; 0 to go on. */
function accept(m: Minimizer): u32 {
  const norm = normAt(m, m.trial, trialGradient(m));
  if (!isFinite(trialValue(m) + norm)) return statusNotFinite;
  keepBest(m, true);
  swapPoints(m);
  m.gradientNorm = norm;
  trace(m, m.iterations === 0 ? 0 : 1);
  return norm <= m.gradientTolerance ? statusGradient : limitAt(m);
}

/** One step of the rule, within the bounds. Returns 0, 1 if it takes a second gradient at other weights, -1 on a fault. */
function update(t: Trainer, m: Minimizer): i32 {
  memory.copy(t.gradients, isSecond(t) ? trialGradient(m) : gradient(m), (<usize>m.elements) << 3);
  t.historyCount = 0;
  t.stepLoss = acceptedValue(m);
  const again = endFirstEvaluation(t, false);
  if (again !== 0) return again;
  if (!commitStep(t, false)) return -1;
  if (m.lower !== 0) clampInto(m, t.parameters);
  return 0;
}

/** Minimizes a traced function for a number of requests or until the trace is full. Returns 0 at the end, -1 on a fault. */
export function minimizeByRule(t: Trainer, m: Minimizer, requests: u32): i32 {
  while (requests-- > 0) {
    const wanted = advanceByRule(t, m);
    if (wanted <= 0 || wanted === requestPause) return wanted;
    if (!compute(programOf(m, programGradient), m.trial, m.trialResults)) return -1;
  }
  return requestPause;
}
