// Node 20 that takes the machine for one without fused multiply-add: what relies on it gives other bits here.

import { node } from "../runtimes.js";

export default node(20, "node20-nofma", ["--no-enable-fma3"]);
