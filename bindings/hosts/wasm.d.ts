// Types of the files in dist/ that the hosts import.

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.embedded.js" {
  /** Returns the bytes of the core. */
  export function core(): Uint8Array<ArrayBuffer>;
}
