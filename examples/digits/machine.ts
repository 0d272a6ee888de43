/** Machine that the job runs on. */

import { arch, availableParallelism, cpus, platform } from "node:os";
import type { Machine } from "./types.js";

/** describeMachine: what seconds depend on. */
export function describeMachine(wasmBuild: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || "unknown processor",
    cores: availableParallelism(),
    node: process.version,
    platform: `${platform()} ${arch()}`,
    wasmBuild,
  };
}
