import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

// Tests import "thalweg" as its users do, bundled into dist/; so what they run has to be up to date, here as well.
execFileSync(process.execPath, [path("scripts/prepare.mjs")], { stdio: "inherit" });

const project = (build: string, include: string[]) => ({
  resolve: {
    alias: [
      { find: /^thalweg$/, replacement: path("dist/node.js") },
      { find: /^thalweg\/(\w+)$/, replacement: path("dist/$1.js") },
    ],
  },
  test: {
    name: build,
    include,
    env: { THALWEG_BUILD: build },
    // Nothing here measures time, and a busy machine takes its own.
    testTimeout: 120_000,
    server: { deps: { external: [/\/dist\//] } },
  },
});

export default defineConfig({
  test: {
    projects: [project("release", ["tests/**/*.test.ts"]), project("debug", ["tests/bindings/**/*.test.ts"])],
  },
});
