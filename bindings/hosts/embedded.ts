// The core embedded in a JavaScript file that scripts/prepare.mjs writes, loaded on demand.

import type { EngineBuild } from "../engine/wasm.js";
import { EngineError } from "../values/errors.js";

/** Compiles the embedded core; errors give the reason why it was needed. */
export async function embedded(build: EngineBuild, reason: string): Promise<WebAssembly.Module> {
  const advice = "Serve the file, or give createEngine({ wasm }).";
  if (build === "fast")
    throw new EngineError(`createEngine: ${reason}, and the fast build has no embedded copy. ${advice}`);
  let bytes: BufferSource;
  try {
    bytes = (await import("./thalweg.embedded.js")).core();
  } catch (cause) {
    throw new EngineError(`createEngine: ${reason}, and the embedded copy cannot be imported. ${advice}`, { cause });
  }
  return WebAssembly.compile(bytes);
}
