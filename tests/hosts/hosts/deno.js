// Deno, with no permission at all.

import { packaged, runtime } from "../runtimes.js";

export default runtime({
  name: "deno",
  commands: packaged("@deno", "deno", "deno/deno"),
  args: ["run", "--quiet", "--no-prompt", "--cached-only", "--node-modules-dir=manual"],
  env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
});
