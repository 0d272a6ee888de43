// Firefox without a window.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { browser, onPath } from "../browsers.js";

const preferences = {
  "app.normandy.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "dom.max_script_run_time": 0, // a page that computes is no page that hangs
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
};

export default browser({
  name: "firefox",
  advice: "apt-get install firefox-esr",
  find: () => onPath("firefox-esr") ?? onPath("firefox"),
  version: (command) => [command, ["--version"]],
  prepare(profile) {
    const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${value});\n`);
    writeFileSync(join(profile, "user.js"), lines.join(""));
  },
  launch: (run, command, url, { profile }) => run(command, ["--headless", "--no-remote", "--profile", profile, url]),
});
