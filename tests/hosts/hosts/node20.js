// Node 20.

import { node } from "../runtimes.js";

export default node(20);
