// Bun.

import { packaged, runtime } from "../runtimes.js";

export default runtime({ name: "bun", commands: packaged("@oven", "bin/bun", "bun/bin/bun.exe") });
