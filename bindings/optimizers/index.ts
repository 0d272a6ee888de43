// Every optimizer: a new one is one file of its family and one line here.

export {
  type AdaMaxOptions,
  type AdamOptions,
  type AdamWOptions,
  adaMax,
  adam,
  adamW,
  type RAdamOptions,
  radam,
} from "./adam.js";
export {
  type AdadeltaOptions,
  type AdagradOptions,
  adadelta,
  adagrad,
  type RmspropOptions,
  rmsprop,
} from "./adaptive.js";
export {
  type AsgdOptions,
  asgd,
  type ScheduleFreeAdamWOptions,
  type ScheduleFreeSgdOptions,
  scheduleFreeAdamW,
  scheduleFreeSgd,
} from "./averaged.js";
export { cautious } from "./cautious.js";
export type { Convention } from "./convention.js";
export type { Decay, DecayCoupling, DecayOptions } from "./decay.js";
export { type LookaheadOptions, lookahead } from "./lookahead.js";
export { type MuonOptions, muon, muonFlops } from "./muon.js";
export { type NadamOptions, type NadamWOptions, nadam, nadamW } from "./nadam.js";
export type { Optimizer, Wrapper } from "./optimizer.js";
export { type RandomSearchOptions, randomSearch } from "./randomSearch.js";
export { type SamOptions, sam } from "./sam.js";
export { type SgdOptions, sgd } from "./sgd.js";
export { type LionOptions, lion, type RpropOptions, rprop } from "./signs.js";
