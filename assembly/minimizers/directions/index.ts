// Every direction the engine knows: a new one is a line in each of these.

import {
  directionBfgs,
  directionBounded,
  directionConjugate,
  directionDamped,
  directionGaussNewton,
  directionLbfgs,
  directionLevenbergMarquardt,
  directionNewton,
  directionSaddleFree,
  directionSteepest,
  directionTrustRegion,
} from "../../abi";
import { levenbergMarquardtBytes } from "../levenbergMarquardt";
import { gradient, Minimizer, trialGradient } from "../minimizer";
import { combined } from "../vectors";
import { bfgsBytes, directBfgs, rememberBfgs } from "./bfgs";
import { boundedBytes, directBounded, rememberBounded } from "./bounded";
import { directConjugate } from "./conjugateGradient";
import { directGaussNewton, gaussNewtonBytes } from "./gaussNewton";
import { directLbfgs, lbfgsBytes, rememberLbfgs } from "./lbfgs";
import { directDamped, directNewton, directSaddleFree, newtonBytes } from "./newton";
import { directSteepest } from "./steepest";

/** Bytes a direction keeps for n elements, so many residuals, and so many pairs; in f64, so that none is too many. */
export function arenaBytes(code: u32, n: f64, residuals: f64, pairs: f64): f64 {
  switch (code) {
    case directionConjugate:
      return 8 * n;
    case directionBfgs:
      return bfgsBytes(n);
    case directionLbfgs:
      return lbfgsBytes(n, pairs);
    case directionBounded:
      return boundedBytes(n, pairs);
    case directionNewton:
    case directionDamped:
    case directionSaddleFree:
      return newtonBytes(n);
    case directionGaussNewton:
      return gaussNewtonBytes(n, residuals);
    case directionTrustRegion:
      return 32 * n;
    case directionLevenbergMarquardt:
      return levenbergMarquardtBytes(n, residuals);
  }
  return 0;
}

/** Writes the direction: 0 when it is there, what it asks for first, or -1 with the status. */
export function direct(m: Minimizer): i32 {
  switch (m.direction) {
    case directionSteepest:
      return directSteepest(m);
    case directionConjugate:
      return directConjugate(m);
    case directionBfgs:
      return directBfgs(m);
    case directionLbfgs:
      return directLbfgs(m);
    case directionBounded:
      return directBounded(m);
    case directionNewton:
      return directNewton(m);
    case directionDamped:
      return directDamped(m);
    case directionSaddleFree:
      return directSaddleFree(m);
    case directionGaussNewton:
      return directGaussNewton(m);
  }
  return unreachable();
}

/** Learns from the step to the trial point, which is about to be accepted. */
export function remember(m: Minimizer): void {
  m.sinceRestart++;
  switch (m.direction) {
    case directionConjugate:
      combined(m.arena, trialGradient(m), -1, gradient(m), m.elements);
      break;
    case directionBfgs:
      rememberBfgs(m);
      break;
    case directionLbfgs:
      rememberLbfgs(m);
      break;
    case directionBounded:
      rememberBounded(m);
      break;
  }
  m.fresh = 0;
}

/** Forgets what was learnt: the next direction is steepest descent. False if there is nothing to forget. */
export function forget(m: Minimizer): bool {
  if (m.fresh !== 0 || m.direction === directionSteepest || m.direction > <u32>directionBounded) return false;
  m.fresh = 1;
  m.pairs = 0;
  m.next = 0;
  m.sinceRestart = 0;
  return true;
}

/** Whether the natural length of the direction is 1. */
export function isScaled(m: Minimizer): bool {
  if (m.direction === directionBfgs || m.direction === directionLbfgs) return m.pairs > 0;
  return m.direction > <u32>directionConjugate;
}
