// Where and with what a run was made.

import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** @param {{ version_core: string }} tf */
export function describe(tf, simd) {
  const packageOf = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
  const { version } = packageOf("../package.json");
  const { devDependencies: pinned } = packageOf("package.json");
  return {
    thalweg: version,
    version: process.versions.node,
    node: `Node ${process.versions.node} (V8 ${process.versions.v8.replace(/-.*/, "")})`,
    cpu: `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${process.platform} ${process.arch}`,
    date: new Date().toISOString().slice(0, 10),
    peers: `tfjs-backend-wasm ${tf.version_core}, ${simd ? "SIMD" : "no SIMD"}; jax-js ${pinned["@jax-js/jax"]}`,
  };
}
