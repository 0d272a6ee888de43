// The floor of optimizers: the sweep and every update rule.

import "./cases/momentum";
import "./cases/rules";
