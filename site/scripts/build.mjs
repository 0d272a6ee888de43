// Builds the site: reference, pages, library, then VitePress, then the files for the base path "/". Scripts of the repository
// made dist/ and node_modules. Usage: node site/scripts/build.mjs

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { collectDigits } from "./digits.mjs";
import { collectLibrary } from "./library.mjs";
import { collectPages, site, tree } from "./pages.mjs";
import { rebase } from "./rebase.mjs";

/** Runs a program of site/; ends with its code if it fails. */
function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: site, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

run("scripts/reference.mjs");
collectPages();
await collectLibrary();
collectDigits(join(tree, "public"));
run("node_modules/vitepress/bin/vitepress.js", "build");
console.log(`${rebase("/", join(site, "dist"))} files in site/dist. npm run site:serve shows them.`);
