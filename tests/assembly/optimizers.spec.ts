// The floor of optimizers: the sweep, every update rule and what is done to the gradient before.

import "./cases/clipping";
import "./cases/momentum";
import "./cases/rules";
