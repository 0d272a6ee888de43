// The floor of optimizers: the sweep, every update rule, what is done to the gradient before and what
// surrounds the update.

import "./cases/clipping";
import "./cases/momentum";
import "./cases/rules";
import "./cases/wrapping";
