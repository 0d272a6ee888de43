// Any host that may compile bytes: the core is part of the program.

import { engineFactory } from "../engine.js";
import { startThread } from "../worker/web.js";
import { embedded } from "./embedded.js";

export const createEngine = /* @__PURE__ */ engineFactory({
  module: (build) => embedded(build, "this entry of the package has no other"),
  worker: startThread,
});
