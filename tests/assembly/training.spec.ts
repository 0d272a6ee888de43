// The floor of training: records, the order of rows, the step and the slice.

import "./cases/layout";
import "./cases/step";
import "./cases/touchedRows";
