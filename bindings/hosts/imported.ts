// Hosts that compile nothing at run time: the core is a module that the program imports. The fast build is not imported
// here, as it would then be part of every bundle (258 kB), and of builds whose host cannot compile it.

import { engineFactory } from "../engine.js";
import { EngineError } from "../errors.js";

/** `createEngine` of a host that imports the core. */
export const importing = (core: WebAssembly.Module) =>
  engineFactory({
    async module(build) {
      if (build === "reproducible") return core;
      throw new EngineError(
        "createEngine: the fast build is not part of this program. " +
          'Import thalweg/thalweg.fast.wasm, and give createEngine({ build: "fast", wasm }) that module.',
      );
    },
  });
