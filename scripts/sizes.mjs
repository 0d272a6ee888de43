// What a user downloads, against ceilings: raise one knowingly, with the reason in the commit.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Everything the package gives a browser, bundled and minified as an application would; libraries load on demand. */
async function browserBundle() {
  const { outputFiles } = await build({
    entryPoints: ["dist/browser.js"],
    bundle: true,
    minify: true,
    format: "esm",
    external: ["*.wasm", "*.embedded.js"],
    tsconfigRaw: {},
    write: false,
  });
  return outputFiles[0].contents;
}

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} kB`.padStart(10);
const rows = [
  { name: "dist/thalweg.wasm", bytes: readFileSync("dist/thalweg.wasm"), ceiling: 128 },
  { name: "dist/thalweg.fast.wasm", bytes: readFileSync("dist/thalweg.fast.wasm"), ceiling: 128 },
  { name: "browser bundle, minified", bytes: await browserBundle(), ceiling: 64 },
].map((row) => ({ ...row, zipped: gzipSync(row.bytes, { level: 9 }).length }));

console.log(`${"".padEnd(26)}${"raw".padStart(10)}${"gzip".padStart(10)}${"ceiling".padStart(10)}`);
for (const { name, bytes, zipped, ceiling } of rows) {
  const verdict = zipped > ceiling * 1024 ? "  too large" : "";
  console.log(name.padEnd(26) + kilobytes(bytes.length) + kilobytes(zipped) + kilobytes(ceiling * 1024) + verdict);
  if (verdict) process.exitCode = 1;
}
