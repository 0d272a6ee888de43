// Sources of the core for createEngine({ wasm }), and their compilation. Values may come from another realm, so they are
// recognized by their tag rather than by instanceof.

import { EngineError } from "../values/errors.js";
import { shown } from "../values/options.js";
import type { ResponseObject, UrlObject, WasmModule } from "./globals.js";

/** Build of the core: "reproducible" computes the same bits on every host, "fast" uses relaxed SIMD. */
export type EngineBuild = "reproducible" | "fast";

/** Compiled module, its bytes, its URL, or a Response with it. */
export type WasmSource = WasmModule | ArrayBuffer | ArrayBufferView | ResponseObject | UrlObject | string;

const tag = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Compiles or fetches the module that a user gave. @internal */
export async function moduleFrom(source: WasmSource | Promise<WasmSource>): Promise<WebAssembly.Module> {
  const wasm = await source;
  const kind = tag(wasm);
  if (kind === "WebAssembly.Module") return wasm as WebAssembly.Module;
  if (kind === "ArrayBuffer" || ArrayBuffer.isView(wasm)) return WebAssembly.compile(wasm as BufferSource);
  if (kind === "Response") return moduleOf(wasm as Response);
  if (kind === "URL" || typeof wasm === "string") return fetchModule(wasm as URL | string);
  throw new TypeError(
    `createEngine: wasm must be a WebAssembly.Module, bytes, a Response or a URL, got ${shown(wasm)}.`,
  );
}

/** Converts a module to one of this realm, as the loader recognizes it by instanceof. @internal */
export function ofThisRealm(module: WebAssembly.Module): WebAssembly.Module {
  if (module instanceof WebAssembly.Module) return module;
  // In isolates made by node:vm the clone belongs to the outer realm as well, so its prototype is set.
  return Object.setPrototypeOf(structuredClone(module), WebAssembly.Module.prototype);
}

/** Fetches and compiles the module at a URL. @internal */
export async function fetchModule(url: URL | string): Promise<WebAssembly.Module> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new EngineError(
      `createEngine: ${url} cannot be fetched (${messageOf(error)}). Allow it, as by connect-src, or give bytes.`,
      { cause: error },
    );
  }
  return moduleOf(response, String(url));
}

/** Compiles a response: streaming if its type is application/wasm, else from its bytes if they are a module. */
async function moduleOf(response: Response, name = response.url): Promise<WebAssembly.Module> {
  const { ok, status, headers } = response;
  const type = headers.get("content-type");
  if (ok) {
    if (type === "application/wasm" && typeof WebAssembly.compileStreaming === "function")
      return WebAssembly.compileStreaming(response);
    const bytes = await response.arrayBuffer();
    if (bytes.byteLength >= 8 && new DataView(bytes).getUint32(0) === 0x0061736d) return WebAssembly.compile(bytes);
  }
  const { otherAnswer } = await import("./refusal.js");
  throw new EngineError(otherAnswer(name, ok ? type : status));
}
