// The floor of minimizers: what each line search promises of the step it takes, and the Cauchy point within bounds.

import "./cases/bounded";
import "./cases/searching";
