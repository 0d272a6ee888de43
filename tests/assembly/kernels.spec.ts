// The kernel floor: every lane function and loop against its scalar twin.

import "./cases/convolution";
import "./cases/exponential";
import "./cases/gemm";
import "./cases/pooling";
import "./cases/random";
import "./cases/reduction";
import "./cases/standardize";
import "./cases/trigonometric";
import "./cases/warp";
