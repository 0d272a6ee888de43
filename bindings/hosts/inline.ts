// Any host that may compile bytes: the core is part of the program.

import { engineFactory } from "../engine.js";
import { threadsOf } from "../worker/threads.js";
import { embedded } from "./embedded.js";

export * from "../index.js";

export const createEngine = /* @__PURE__ */ engineFactory({
  module: (build) => embedded(build, "this entry of the package has no other"),
  threads() {
    // Without an import: bundlers for the web would look for Node's module.
    const node = typeof Worker === "undefined" && globalThis.process?.getBuiltinModule?.("node:worker_threads");
    return node ? Promise.resolve(threadsOf(node)) : import("../worker/web.js");
  },
});
