// The memory floor: regions, and the one record every floor knows.

import "./cases/regions";
import "./cases/record";
