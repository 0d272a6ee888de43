// Node 26.

import { node } from "../runtimes.js";

export default node(26);
