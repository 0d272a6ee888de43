// Mutated checkpoints of random trainers: see checkpoints.ts for what has to hold, random.ts for the environment.

import { drawCheckpoint } from "./checkpoints.js";
import { drawnCases } from "./random.js";

drawnCases("checkpoints", "checkpoints.test.ts", 60, drawCheckpoint);
