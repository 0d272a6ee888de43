// Types of "#worker": worker/serve.ts as one script, bundled by scripts/prepare.mjs.

declare module "#worker" {
  const source: string;
  export default source;
}
