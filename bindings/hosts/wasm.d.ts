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
  export const base64: string;
}
