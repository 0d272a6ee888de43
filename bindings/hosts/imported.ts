// Hosts that import WebAssembly: the core is a module of the program. The fast build is not imported here, as every
// bundle would then contain it (258 kB), even for hosts that cannot compile it.

import { engineFactory } from "../engine/engine.js";
import type { Threads } from "../engine/threads.js";
import { EngineError } from "../values/errors.js";

/** `createEngine` of a host that imports the core. */
export const importing = (core: WebAssembly.Module, threads?: Threads) =>
  engineFactory({
    ...(threads && { threads }),
    async module(build) {
      if (build === "reproducible") return core;
      throw new EngineError(
        "createEngine: the fast build is not part of this program. " +
          'Import thalweg/thalweg.fast.wasm, and give createEngine({ build: "fast", wasm }) that module.',
      );
    },
  });
