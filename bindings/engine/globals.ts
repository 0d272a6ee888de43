// Types of what hosts have, for projects with and without the types of a host: where TypeScript knows the class, as by
// `lib: ["DOM"]` or @types/node, it is that; where it does not, what is used of it.

/// <reference lib="esnext.disposable" preserve="true" />

type InstanceOf<Name extends string, Otherwise, Scope = typeof globalThis> =
  Scope extends Record<Name, { readonly prototype: infer Instance }> ? Instance : Otherwise;

type WebAssemblyScope = typeof globalThis extends { readonly WebAssembly: infer Scope } ? Scope : never;

/** A compiled module. */
export type WasmModule = InstanceOf<"Module", object, WebAssemblyScope>;

/** The memory of an instance. */
export type WasmMemory = InstanceOf<"Memory", object, WebAssemblyScope>;

/** What says when to stop. */
export type StopSignal = InstanceOf<"AbortSignal", { readonly aborted: boolean }>;

/** An address. */
export type UrlObject = InstanceOf<"URL", { readonly href: string }>;

/** An answer to a request. */
export type Answer = InstanceOf<"Response", { readonly ok: boolean; arrayBuffer(): Promise<ArrayBuffer> }>;
