// What the hosts import from beside the bundles in dist/.

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.embedded.js" {
  /** The bytes of the core. */
  export function core(): Uint8Array<ArrayBuffer>;
}
