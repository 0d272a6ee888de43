// Every schedule law the engine knows: a new one is one line here.

import { registerConstant } from "./constant";
import { registerCosine } from "./cosine";
import { registerCyclic } from "./cyclic";
import { registerExponential } from "./exponential";
import { registerInverseSquareRoot } from "./inverseSquareRoot";
import { registerInverseTime } from "./inverseTime";
import { registerJoined } from "./joined";
import { registerLinear } from "./linear";
import { registerMultiStep } from "./multiStep";
import { registerOneCycle } from "./oneCycle";
import { registerPlateau } from "./plateau";
import { registerPolynomial } from "./polynomial";
import { registerScaled } from "./scaled";
import { registerStep } from "./step";
import { registerTable } from "./table";
import { registerWarmRestarts } from "./warmRestarts";
import { registerWarmUp } from "./warmUp";
import { registerWarmupStableDecay } from "./warmupStableDecay";

export function registerLaws(): void {
  registerConstant();
  registerStep();
  registerMultiStep();
  registerExponential();
  registerInverseTime();
  registerInverseSquareRoot();
  registerLinear();
  registerPolynomial();
  registerCosine();
  registerWarmRestarts();
  registerWarmUp();
  registerOneCycle();
  registerWarmupStableDecay();
  registerCyclic();
  registerPlateau();
  registerJoined();
  registerScaled();
  registerTable();
}
