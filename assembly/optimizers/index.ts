// Every update rule the engine knows: a new one is one line here.

import { registerAdam } from "./adam";
import { registerMomentum } from "./momentum";
import { registerSgd } from "./sgd";

export function registerRules(): void {
  registerSgd();
  registerMomentum();
  registerAdam();
}
