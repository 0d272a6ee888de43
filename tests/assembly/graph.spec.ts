// The graph floor: nodes, shapes and the faults of emitting.

import "./cases/nodes";
import "./cases/broadcasting";
import "./cases/refusals";
