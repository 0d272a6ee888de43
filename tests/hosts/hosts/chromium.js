// Chromium without a window.

import { browser, onPath } from "../browsers.js";

const flags = [
  "--headless",
  "--no-sandbox", // it refuses to run as root otherwise
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--disable-sync",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
];

export default browser({
  name: "chromium",
  advice: "apt-get install chromium",
  find: () => onPath("chromium") ?? onPath("google-chrome"),
  version: (command) => [command, ["--version"]],
  launch: (run, command, url, { profile }) => run(command, [...flags, `--user-data-dir=${profile}`, url]),
});
