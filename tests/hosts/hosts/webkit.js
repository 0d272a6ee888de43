// WebKit as WebKitGTK's MiniBrowser, on a screen that is not there.

import { randomInt } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { browser, onPath } from "../browsers.js";
import { firstOf } from "../runtimes.js";

const root = "/usr/lib";

/** The browser lies beside its library, in the folder of the machine's architecture. */
function miniBrowser() {
  if (!onPath("xvfb-run")) return null;
  const folders = process.platform === "linux" ? readdirSync(root).filter((name) => name.endsWith("-linux-gnu")) : [];
  return firstOf(
    ["4.1", "6.0"].flatMap((api) => folders.map((name) => join(root, name, `webkit2gtk-${api}/MiniBrowser`))),
  );
}

/** Runs a command on a screen of its own; two that look for a free one at once find the same. */
const screened = (...command) => ["xvfb-run", ["-n", String(randomInt(1000, 60_000)), ...command]];

// WebKitGTK 2.50.6 computes wrong numbers in one of ten runs of a debug core, whose loops are still interpreted while
// another thread compiles them; none of 60 runs of a release did so, nor of a debug core without that thread.

export default browser({
  name: "webkit",
  advice: "apt-get install webkit2gtk-driver xvfb",
  find: miniBrowser,
  version: (command) => screened(command, "--version"),
  launch: (run, command, url, { build }) =>
    run(...screened(command, url), {
      LANG: "en_US.UTF-8", // in the locale C its navigator.language is no language, and Intl throws
      WEBKIT_DISABLE_COMPOSITING_MODE: "1",
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", // the page is our own, and root has no sandbox
      ...(build === "debug" && { JSC_useConcurrentJIT: "0" }),
    }),
});
