// The floor of programs: planning and running, against an interpreter that plans nothing.

import "./cases/planning";
import "./cases/outputs";
import "./cases/loops";
