// Types of host classes. Where TypeScript knows the class, from `lib: ["DOM"]` or @types/node, the type is that class;
// elsewhere it has the members that this library uses.

/// <reference lib="esnext.disposable" preserve="true" />

type InstanceOf<Name extends string, Otherwise, Scope = typeof globalThis> =
  Scope extends Record<Name, { readonly prototype: infer Instance }> ? Instance : Otherwise;

type WebAssemblyScope = typeof globalThis extends { readonly WebAssembly: infer Scope } ? Scope : never;

/** A compiled module. */
export type WasmModule = InstanceOf<"Module", object, WebAssemblyScope>;

/** The memory of an instance. */
export type WasmMemory = InstanceOf<"Memory", object, WebAssemblyScope>;

/** AbortSignal. */
export type StopSignal = InstanceOf<"AbortSignal", { readonly aborted: boolean }>;

/** URL. */
export type UrlObject = InstanceOf<"URL", { readonly href: string }>;

/** Response to a request. */
export type Answer = InstanceOf<"Response", { readonly ok: boolean; arrayBuffer(): Promise<ArrayBuffer> }>;

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
