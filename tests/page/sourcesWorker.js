// Runs the tests of sources.js in a worker.

import { everywhere, outcomes } from "./sources.js";

postMessage(await outcomes(everywhere));
