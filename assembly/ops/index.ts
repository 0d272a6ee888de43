// Every op the engine knows: a new family is one line here. The core for browsers leaves out what needs linear algebra.

import { registerActivations } from "./activation";
import { registerAlong } from "./along";
import { registerArithmetic } from "./arithmetic";
import { registerComparisons } from "./comparison";
import { registerDistributions } from "./distribution";
import { registerGated } from "./gated";
import { registerIndexing } from "./indexing";
import { registerMovement } from "./movement";
import { registerOrthogonal } from "./orthogonal";
import { registerProduct } from "./product";
import { registerRandom } from "./random";
import { registerReductions } from "./reduction";
import { registerSources } from "./source";
import { registerTranscendental } from "./transcendental";

export function registerOps(): void {
  registerSources();
  registerRandom();
  registerMovement();
  registerArithmetic();
  registerComparisons();
  registerTranscendental();
  registerActivations();
  registerGated();
  registerDistributions();
  registerProduct();
  registerReductions();
  registerAlong();
  registerIndexing();
}

export function registerRarerOps(): void {
  registerOrthogonal();
}
