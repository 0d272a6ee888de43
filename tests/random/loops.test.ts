// Random loops: see loops.ts for what has to agree, random.ts for the environment.

import { drawLoop } from "./loops.js";
import { drawnCases } from "./random.js";

drawnCases("loops", "loops.test.ts", 150, drawLoop);
