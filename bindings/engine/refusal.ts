// Why there is no core: a server returned something else; or a module does not compile or link, found by probing, because each
// host words its errors differently. This file is loaded on demand; it gets the class of the error, as importing it would move that to one more file that every page would load.

import type { EngineError } from "../values/errors.js";

// (func (drop (i8x16.splat (i32.const 0)))): a module that is valid on every host with SIMD.
const simdProbe = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
  ...[10, 9, 1, 7, 0, 0x41, 0, 0xfd, 15, 0x1a, 11],
);

/**
 * Error of a kind that explains why a module does not compile or link.
 * @internal
 */
export async function refusal(cause: unknown, build: string, Kind: typeof EngineError): Promise<EngineError> {
  const because = (reason: string, advice: string): EngineError =>
    new Kind(`createEngine: ${reason} (${cause instanceof Error ? cause.message : cause}). ${advice}`, { cause });
  if (typeof WebAssembly === "undefined")
    return because(
      "this host has no WebAssembly, as node --jitless or a browser in lockdown mode",
      "Enable it, or use Node 20 or later or a current browser.",
    );
  if (!WebAssembly.validate(simdProbe))
    return because(
      "this host's WebAssembly lacks SIMD",
      "Use Node 20 or later or a current browser, on a CPU with SIMD.",
    );
  try {
    await WebAssembly.compile(simdProbe);
  } catch {
    return because(
      "this host forbids compiling WebAssembly at run time",
      "On a page, allow 'wasm-unsafe-eval' in script-src of the Content-Security-Policy; " +
        "in a Worker, import thalweg.wasm and give createEngine({ wasm }) that module.",
    );
  }
  if (build === "fast") return because("the fast build needs relaxed SIMD", 'Use build "reproducible".');
  return because("wasm is not Thalweg's core, or is damaged", "Give thalweg.wasm of this version.");
}

/** Sentence for a URL that returns no module: a status that is not ok, or another type. @internal */
export function otherAnswer(url: string, got: number | string | null): string {
  return typeof got === "number"
    ? `createEngine: ${url} returned status ${got}. Serve thalweg.wasm there, or give its URL.`
    : `createEngine: ${url} is not WebAssembly, got ${got ?? "no content type"}. ` +
        "Serve thalweg.wasm there rather than a page, or give its URL.";
}
