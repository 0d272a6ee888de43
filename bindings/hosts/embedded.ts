// The core embedded in a JavaScript file that scripts/prepare.mjs writes, loaded on demand.

import type { EngineBuild } from "../engine/wasm.js";
import { EngineError } from "../values/errors.js";

/** Compiles the embedded core; errors begin with the reason why it was needed, a sentence. */
export async function embedded(build: EngineBuild, reason: string): Promise<WebAssembly.Module> {
  const advice = "Give createEngine({ wasm }).";
  if (build === "fast") throw new EngineError(`${reason} The fast build has no embedded copy. ${advice}`);
  let bytes: BufferSource;
  try {
    bytes = (await import("./thalweg.embedded.js")).core();
  } catch (cause) {
    throw new EngineError(`${reason} The embedded copy cannot be imported either. ${advice}`, { cause });
  }
  return WebAssembly.compile(bytes);
}
