// Browsers and other hosts that fetch: compiled while it streams, or from bytes where the server names another type.

import type { Host } from "../engine.js";
import { EngineError } from "../errors.js";

export { startThread } from "../worker/web.js";

export const host: Host = async (build) => {
  const url = new URL(build === "fast" ? "../thalweg.fast.wasm" : "../thalweg.wasm", import.meta.url);
  const response = await fetch(url);
  if (!response.ok)
    throw new EngineError(
      `createEngine: ${url} answered ${response.status}. Serve the file beside the bundle, or give createEngine({ wasm }).`,
    );
  if (response.headers.get("content-type")?.startsWith("application/wasm"))
    return WebAssembly.compileStreaming(response);
  const bytes = await response.arrayBuffer();
  if (new DataView(bytes).getUint32(0) !== 0x0061736d)
    throw new EngineError(
      `createEngine: ${url} is not WebAssembly. Serve the file beside the bundle, or give createEngine({ wasm }).`,
    );
  return WebAssembly.compile(bytes);
};
