// Every update rule the engine knows: a new one is one line here.

import { registerAdadelta } from "./adadelta";
import { registerAdagrad } from "./adagrad";
import { registerAdaMax } from "./adaMax";
import { registerAdam } from "./adam";
import { registerAsgd } from "./asgd";
import { registerLion } from "./lion";
import { registerMomentum } from "./momentum";
import { registerMuon } from "./muon";
import { registerNadam } from "./nadam";
import { registerRAdam } from "./radam";
import { registerRandomSearch } from "./randomSearch";
import { registerRmsprop } from "./rmsprop";
import { registerRprop } from "./rprop";
import { registerScheduleFree } from "./scheduleFree";
import { registerSgd } from "./sgd";

export function registerRules(): void {
  registerSgd();
  registerMomentum();
  registerAdam();
  registerAdagrad();
  registerAdadelta();
  registerRmsprop();
  registerAdaMax();
  registerNadam();
  registerRAdam();
  registerLion();
  registerRprop();
  registerMuon();
  registerScheduleFree();
  registerAsgd();
  registerRandomSearch();
}
