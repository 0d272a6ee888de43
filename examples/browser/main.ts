/**
 * Serves the page on this machine: bundles it from examples/browser/page, and hands out the digits from the installed
 * package. `npm run page -- --port 8080`.
 */

import { PageError, parsePort } from "./options.js";
import { pageFiles } from "./page.js";
import { serve } from "./server.js";

try {
  const { port, help } = parsePort(process.argv.slice(2));
  if (help) process.stdout.write("Serves the page in which a network learns to read.\n\nnpm run page -- [--port N]\n");
  else {
    const url = await serve(await pageFiles(), port);
    process.stdout.write(`The page: ${url}\nCtrl-C ends it.\n`);
  }
} catch (error) {
  if (!(error instanceof PageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
