// What "#worker" is: worker/serve.ts as one script, which scripts/prepare.mjs bundles.

declare module "#worker" {
  const source: string;
  export default source;
}
