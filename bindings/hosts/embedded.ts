// The core as text, loaded on demand: gzip in base64, a third of the bytes that plain base64 takes.

import type { Build } from "../engine.js";
import { EngineError } from "../errors.js";

/** The embedded core, needed for the reason given. */
export async function embedded(build: Build, reason: string): Promise<WebAssembly.Module> {
  const advice = "Serve the file, or give createEngine({ wasm }).";
  if (build === "fast")
    throw new EngineError(`createEngine: ${reason}, and the fast build has no embedded copy. ${advice}`);
  let base64: string;
  try {
    ({ base64 } = await import("./thalweg.embedded.js"));
  } catch (cause) {
    throw new EngineError(`createEngine: ${reason}, and the embedded copy cannot be imported. ${advice}`, { cause });
  }
  const zipped = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}
