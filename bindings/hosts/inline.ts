// Any host that may compile bytes: the core is part of the program.

import { engineFactory } from "../engine.js";
import { embedded } from "./embedded.js";

export const createEngine = /* @__PURE__ */ engineFactory({
  module: (build) => embedded(build, "this entry of the package has no other"),
  threads: () => import("../worker/web.js"),
});
