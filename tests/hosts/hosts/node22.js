// Node 22.

import { node } from "../runtimes.js";

export default node(22);
