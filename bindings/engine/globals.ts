// Types of host classes. Where TypeScript knows the class, from `lib: ["DOM"]` or @types/node, the type is that class;
// elsewhere it has the members that this library uses.

/// <reference lib="esnext.disposable" preserve="true" />

type InstanceOf<Name extends string, Otherwise, Scope = typeof globalThis> =
  Scope extends Record<Name, { readonly prototype: infer Instance }> ? Instance : Otherwise;

type WebAssemblyScope = typeof globalThis extends { readonly WebAssembly: infer Scope } ? Scope : never;

/** WebAssembly.Module: a compiled module. */
export type WasmModule = InstanceOf<"Module", object, WebAssemblyScope>;

/** The memory of an instance. */
export type WasmMemory = InstanceOf<"Memory", object, WebAssemblyScope>;

/** AbortSignal: ends a run or a search when it is aborted. */
export type StopSignal = InstanceOf<"AbortSignal", { readonly aborted: boolean }>;

/** URL: an address. */
export type UrlObject = InstanceOf<"URL", { readonly href: string }>;

/** Response: the reply to a request, as `fetch` returns it. */
export type ResponseObject = InstanceOf<"Response", { readonly ok: boolean; arrayBuffer(): Promise<ArrayBuffer> }>;

/** Images that a page or a worker draws without waiting; none where TypeScript knows no such class. */
export type DrawableImage =
  | InstanceOf<"HTMLCanvasElement", never>
  | InstanceOf<"OffscreenCanvas", never>
  | InstanceOf<"HTMLImageElement", never>
  | InstanceOf<"HTMLVideoElement", never>
  | InstanceOf<"ImageBitmap", never>
  | InstanceOf<"VideoFrame", never>;

/** Blob or File with an encoded image. */
export type EncodedImage = InstanceOf<"Blob", never>;

/** Element of a page. */
export type PageElement = InstanceOf<"HTMLElement", object>;
