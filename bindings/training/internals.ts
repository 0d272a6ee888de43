// The parts of a trainer that its other files share, each of which takes those it needs.

import type { Engine } from "../engine/engine.js";
import type { TrainerLock } from "./lock.js";
import type { TrainerMemory } from "./memory.js";
import type { TrainerParts } from "./parts.js";
import type { ModelPrograms } from "./programs.js";

export interface TrainerInternals {
  readonly engine: Engine;
  readonly options: TrainerParts;
  readonly memory: TrainerMemory;
  readonly programs: ModelPrograms;
  readonly lock: TrainerLock;
}
