// Node 24.

import { node } from "../runtimes.js";

export default node(24);
